/// How the numbers of an I420 picture stand for colours.
///
/// Cameras send limited range (luma 16...235) in BT.601 or, from 720 lines on, usually BT.709; photographs in JPEG are
/// full range (0...255) BT.601. A wrong guess shifts every colour that the models see.
package enum Colorimetry: Sendable, Hashable, CaseIterable {
    case limited601
    case limited709
    case full601
}

/// One decoded picture in I420 (a plane of luma, two planes of chroma at half width and height, rounded up).
///
/// Frames are immutable once made and shared by reference; the memory belongs to the subclass, which gives it back in
/// `deinit` (a decoder's buffer to the decoder, a pooled buffer to its pool). Nobody writes through the plane pointers.
///
/// It is `open`, the one thing in Vedette that is, because only an open class can have subclasses in other modules.
///
/// `@unchecked Sendable`: every stored property is a constant, and the planes are only read until `deinit`.
open class Frame: @unchecked Sendable {
    /// Pixels of the upright picture.
    package let width: Int
    package let height: Int
    package let planes: Planes
    package let colorimetry: Colorimetry
    package let captureTime: CaptureTime
    /// Counts the frames of one source session from 0, without gaps at the source.
    package let sequence: UInt64
    /// Seconds from the start of a file; nil for a live source.
    package let mediaTime: Double?
    /// The moment on the clock that analysis runs on, in seconds: the file's own time, or the monotonic clock at capture.
    package var seconds: Double { mediaTime ?? Double(captureTime.monotonic) / 1e9 }

    /// The three planes: addresses of the first byte of each, and bytes from one row to the next.
    package struct Planes {
        package var y: UnsafePointer<UInt8>
        package var u: UnsafePointer<UInt8>
        package var v: UnsafePointer<UInt8>
        package var yStride: Int
        package var uStride: Int
        package var vStride: Int

        package init(
            y: UnsafePointer<UInt8>, u: UnsafePointer<UInt8>, v: UnsafePointer<UInt8>,
            yStride: Int, uStride: Int, vStride: Int
        ) {
            self.y = y
            self.u = u
            self.v = v
            self.yStride = yStride
            self.uStride = uStride
            self.vStride = vStride
        }
    }

    package init(
        width: Int, height: Int, planes: Planes, colorimetry: Colorimetry,
        captureTime: CaptureTime, sequence: UInt64, mediaTime: Double? = nil
    ) {
        precondition(width > 0 && height > 0, "a frame has at least one pixel")
        self.width = width
        self.height = height
        self.planes = planes
        self.colorimetry = colorimetry
        self.captureTime = captureTime
        self.sequence = sequence
        self.mediaTime = mediaTime
    }

    package var chromaWidth: Int { (width + 1) / 2 }
    package var chromaHeight: Int { (height + 1) / 2 }
}
