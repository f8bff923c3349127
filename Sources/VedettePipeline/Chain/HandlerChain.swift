import Metrics
package import VedetteCore

/// The handlers of one camera, in order.
///
/// `@unchecked Sendable`: the scheduler runs a camera's chain on one thread at a time and orders the runs by its lock.
package final class HandlerChain: @unchecked Sendable {
    private let camera: CameraID
    private let handlers: [any FrameHandler]
    private let timers: [Timer]
    private let whole: Timer
    private let failures: Counter
    private var isOccupied = false
    private let onFailure: @Sendable (String, any Error) -> Void

    /// - Parameter onFailure: told the handler and the error each time a handler fails.
    package init(
        camera: CameraID, handlers: [any FrameHandler], onFailure: @escaping @Sendable (String, any Error) -> Void
    ) {
        self.camera = camera
        self.handlers = handlers
        self.onFailure = onFailure
        timers = handlers.map { Timer(label: "vedette_stage_duration", dimensions: [("stage", $0.name)]) }
        whole = Timer(label: "vedette_frame_latency", dimensions: [("camera", camera.rawValue)])
        failures = Counter(label: "vedette_frames_failed", dimensions: [("camera", camera.rawValue)])
    }

    /// Takes one frame through all handlers. Blocks for the time of the inference.
    package func analyse(_ frame: Frame) {
        var context = FrameContext(camera: camera, frame: frame, isOccupied: isOccupied)
        for (handler, timer) in zip(handlers, timers) {
            let start = Clock.monotonic()
            do {
                try handler.handle(&context)
            } catch {
                failures.increment()
                onFailure(handler.name, error)
                return
            }
            timer.recordNanoseconds(Clock.monotonic() - start)
        }
        isOccupied = !context.tracks.isEmpty
        whole.recordNanoseconds(Clock.monotonic() - frame.captureTime.monotonic)
    }

    package func finish() {
        for handler in handlers { handler.finish() }
    }
}
