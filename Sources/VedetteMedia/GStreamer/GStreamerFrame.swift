import CGStreamer
import VedetteCore

/// A picture in a decoder's own memory; gives it back in `deinit`.
///
/// `@unchecked Sendable`: the handle is a constant, only read until `deinit`, and may be freed on any thread.
final class GStreamerFrame: Frame, @unchecked Sendable {
    private let handle: OpaquePointer

    /// Takes over the handle.
    ///
    /// - Parameter firstSequence: the number of the pipeline's first picture in the session.
    init(_ handle: OpaquePointer, firstSequence: UInt64) {
        self.handle = handle
        let info = vg_frame_get(handle)
        super.init(
            width: Int(info.width), height: Int(info.height),
            planes: Planes(
                y: info.planes.0, u: info.planes.1, v: info.planes.2,
                yStride: Int(info.strides.0), uStride: Int(info.strides.1), vStride: Int(info.strides.2)),
            colorimetry: info.full_range ? .full601 : info.matrix == VG_MATRIX_709 ? .limited709 : .limited601,
            captureTime: .at(monotonic: info.capture),
            sequence: firstSequence + info.sequence,
            mediaTime: info.stream_time < 0 ? nil : Double(info.stream_time) / 1e9)
    }

    deinit { vg_frame_free(handle) }
}
