import CImages
package import VedetteCore

/// A virtual camera that pans and zooms over a photograph with real faces, for those who have no camera at hand.
///
/// What it shows at a moment depends on nothing but the options and the time since its start.
package struct DemoSource: FrameSource {
    private let photo: String
    private let faces: [Box]
    private let options: DemoOptions
    private let pacing: FramePacing
    private let codec: ImageCodec

    /// - Parameters:
    ///   - photo: path of the photograph.
    ///   - faces: where its faces are, in its pixels, so that the camera visits them; empty when that is not known.
    package init(
        photo: String, faces: [Box] = [], options: DemoOptions = DemoOptions(),
        pacing: FramePacing = .realTime(loop: true),
        codec: ImageCodec = ImageCodec()
    ) {
        self.photo = photo
        self.faces = faces
        self.options = options
        self.pacing = pacing
        self.codec = codec
    }

    /// Ends after ``DemoOptions/duration`` seconds of pictures, or with `realTime(loop: true)` only when the task is
    /// cancelled.
    ///
    /// - Throws: ``SourceFailure`` when the photograph is missing or cannot be read.
    package func run(deliver: @escaping @Sendable (Frame) -> Void) async throws(SourceFailure) {
        try await SourceThread.run(named: "vedette.demo") { thread in
            Result { () throws(SourceFailure) in try deliverAll(thread, deliver) }
        }
    }

    private func deliverAll(_ thread: SourceThread, _ deliver: (Frame) -> Void) throws(SourceFailure) {
        let lens = DemoLens(try load(), width: options.width, height: options.height)
        let path = DemoPath(
            photo: lens.photoSize, output: (Double(options.width), Double(options.height)), faces: faces)
        let isPaced = pacing != .everyFrame
        let frameCount: Int64 =
            pacing == .realTime(loop: true) ? .max : Int64((options.duration * options.framesPerSecond).rounded())
        var ticks = FrameTicks(start: Clock.monotonic(), framesPerSecond: options.framesPerSecond)
        var sequence: UInt64 = 0
        var index: Int64 = 0
        while thread.isRunning {
            if isPaced {
                guard thread.wait(until: ticks.next(now: Clock.monotonic())) else { return }
                index = ticks.index
            }
            guard index < frameCount else { return }
            let time = Double(index) / options.framesPerSecond
            let frame = lens.frame(
                path.view(at: options.phase + time), sequence: sequence, mediaTime: isPaced ? nil : time)
            deliver(frame)
            sequence += 1
            index += 1
        }
    }

    private func load() throws(SourceFailure) -> PictureMemory {
        do {
            return try codec.memory(file: photo)
        } catch let error as ImageError where error.code == .unreadable {
            throw SourceFailure(
                .notFound, "the photograph of the demo camera is missing: \(error.message)", remedy: "run `make setup`")
        } catch {
            throw SourceFailure(
                .corrupt, "the photograph of the demo camera cannot be read: \(error)", remedy: "run `make setup`")
        }
    }
}

/// Takes frames of any part of a photograph, at fractions of a pixel: a camera that moved by whole pixels would
/// tremble.
private final class DemoLens {
    private let photo: PictureMemory
    /// The same at half the size: skipping pixels of the large one would make fine detail flicker.
    private let half: PictureMemory?
    private let pool: FramePool
    private let scratch: UnsafeMutableRawPointer

    init(_ photo: PictureMemory, width: Int, height: Int) {
        self.photo = photo
        var picture = vi_picture()
        half = vi_halve(photo.view, &picture) == VI_OK ? PictureMemory(owning: picture) : nil
        pool = FramePool(width: width, height: height)
        scratch = .allocate(byteCount: vi_sample_scratch(Int32(width)), alignment: 16)
    }

    deinit { scratch.deallocate() }

    var photoSize: (width: Double, height: Double) { (Double(photo.view.width), Double(photo.view.height)) }

    func frame(_ view: DemoPath.View, sequence: UInt64, mediaTime: Double?) -> Frame {
        let step = view.width / Double(pool.width)
        let left = view.x - view.width / 2
        let top = view.y - step * Double(pool.height) / 2
        return pool.frame(
            colorimetry: .full601, captureTime: .now(), sequence: sequence, mediaTime: mediaTime
        ) { planes in
            let target = vi_planes(planes, width: pool.width, height: pool.height)
            if let half, step > 1.42 {
                vi_sample(half.view, left / 2, top / 2, step / 2, target, scratch)
            } else {
                vi_sample(photo.view, left, top, step, target, scratch)
            }
        }
    }
}
