import CImages

/// Encodes JPEG, with a canvas to draw on first; a pool of them serves several threads.
///
/// `@unchecked Sendable`: ``HandlePool`` hands it to one caller at a time.
final class JPEGEncoder: @unchecked Sendable {
    private let handle: OpaquePointer

    init() throws(ImageError) {
        guard let handle = vi_encoder_new() else { throw ImageError(.failed, "no memory for a JPEG encoder") }
        self.handle = handle
    }

    deinit { vi_encoder_free(handle) }

    /// Bytes kept for the next picture.
    var footprint: Int { vi_encoder_footprint(handle) }

    /// Planes to write in, used again by the next call of the same size.
    func canvas(width: Int, height: Int) throws(ImageError) -> vi_planes {
        var canvas = vi_planes()
        let status = vi_encoder_canvas(handle, Int32(width), Int32(height), &canvas)
        guard status == VI_OK else { throw ImageError(status, "a picture of \(width)x\(height)", detail: "") }
        return canvas
    }

    /// - Parameter picture: full range; the canvas, or of even width and height.
    func encode(_ picture: vi_view, quality: Int) throws(ImageError) -> [UInt8] {
        var bytes: UnsafePointer<UInt8>?
        var count = 0
        var message = vi_message()
        let status = vi_encode_jpeg(handle, picture, Int32(min(max(quality, 1), 100)), &bytes, &count, &message)
        guard status == VI_OK else { throw ImageError(status, "the picture", detail: message.string) }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }
}
