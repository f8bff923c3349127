import CImages
import VedetteCore

/// The planes of a decoded picture. `@unchecked Sendable`: written by the decoder before anybody else sees them, then
/// only read.
final class PictureMemory: @unchecked Sendable {
    private var picture: vi_picture

    /// Takes over the memory of `picture`.
    init(owning picture: vi_picture) { self.picture = picture }

    deinit { vi_picture_free(&picture) }

    var view: vi_view { vi_view(picture.planes) }
}

/// A frame over decoded memory, which several frames may share: a still camera delivers one picture many times.
final class StillFrame: Frame, @unchecked Sendable {
    private let memory: PictureMemory

    init(_ memory: PictureMemory, captureTime: CaptureTime = .now(), sequence: UInt64 = 0, mediaTime: Double? = nil) {
        self.memory = memory
        let view = memory.view
        super.init(
            width: Int(view.width), height: Int(view.height),
            planes: Planes(
                y: view.y, u: view.u, v: view.v,
                yStride: Int(view.y_stride), uStride: Int(view.u_stride), vStride: Int(view.v_stride)),
            colorimetry: .full601, captureTime: captureTime, sequence: sequence, mediaTime: mediaTime)
    }
}
