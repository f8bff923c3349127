import CGStreamer
import Dispatch
import VedetteCore

/// One GStreamer pipeline. Whoever makes one calls ``stop()`` before letting go of it, unless ``prepare()`` was never
/// called.
///
/// `@unchecked Sendable`: the handle is a constant; everything that changes the pipeline's state runs on `control`, one
/// after the other, and the rest of the C functions may be called from any thread.
final class Pipeline: @unchecked Sendable {
    /// In the order in which they happened; ends when the reading task is cancelled.
    let events: AsyncStream<PipelineEvent>
    private let reports: AsyncStream<PipelineEvent>.Continuation
    private let handle: OpaquePointer
    private let context: UnsafeMutableRawPointer
    /// GStreamer's state changes block on devices and servers, so they are kept off the threads that Swift shares.
    private let control = DispatchQueue(label: "vedette.media.pipeline")

    /// - Throws: ``SourceFailure`` `missingPlugin` that names the Debian package.
    init(_ recipe: PipelineRecipe, delivery: Delivery) throws(SourceFailure) {
        let (events, continuation) = AsyncStream.makeStream(of: PipelineEvent.self)
        self.events = events
        reports = continuation
        let receiver = Unmanaged.passRetained(PipelineReceiver(delivery: delivery, events: continuation))
        let context = receiver.toOpaque()
        self.context = context
        var missing: String?
        let handle = recipe.source.withCString { source in
            withOptionalCString(recipe.caps) { caps in
                var configuration = vg_configuration(
                    source: source, pacing: recipe.pacing.value, caps: caps, raw: recipe.isRaw, clock: recipe.drawsClock
                )
                var absent: UnsafePointer<CChar>?
                let handle = vg_pipeline_new(&configuration, receiveFrame, receiveEvent, context, &absent)
                missing = absent.map { String(cString: $0) }
                return handle
            }
        }
        guard let handle else {
            receiver.release()
            let element = missing ?? recipe.source
            throw SourceFailure(
                .missingPlugin, "GStreamer's element '\(element)' is not installed",
                remedy: DebianPackage.providing(element).map { "install the Debian package \($0)" }, isRetriable: false)
        }
        self.handle = handle
        for (property, value) in recipe.properties {
            let known = vg_pipeline_set(handle, property, value)
            precondition(known, "\(recipe.source) has no property \(property)")
        }
    }

    deinit {
        vg_pipeline_free(handle)
        Unmanaged<PipelineReceiver>.fromOpaque(context).release()
    }

    /// Opens the source; how that went comes as an event.
    func prepare() {
        control.async { _ = vg_pipeline_prepare(self.handle) }
    }

    /// Starts delivering.
    func play() {
        control.async { _ = vg_pipeline_play(self.handle) }
    }

    /// See `vg_pipeline_rewind`.
    func rewind(flush: Bool) async -> Bool {
        await OffPool.run(on: control, atMost: .seconds(5)) { vg_pipeline_rewind(self.handle, flush, true) } ?? false
    }

    /// Closes the source and ends all callbacks.
    ///
    /// - Returns: false when that takes longer than the 0.8 s after which the caller is let go; it is then finished behind
    ///   the caller's back.
    @discardableResult
    func stop() async -> Bool {
        await OffPool.run(on: control, atMost: .milliseconds(800)) {
            vg_pipeline_stop(self.handle)
            return true
        } ?? false
    }

    /// Adds an event as if the library had told of it.
    func report(_ event: PipelineEvent) { reports.yield(event) }

    /// Whether no thread reads or decodes any more.
    var isIdle: Bool { vg_pipeline_is_idle(handle) }

    /// Whether the stream turned out to be one that cannot be waited for.
    var isLive: Bool { vg_pipeline_is_live(handle) }

    /// What is known about the stream by now.
    var stream: StreamDescription {
        var info = vg_stream_info()
        vg_pipeline_describe(handle, &info)
        return StreamDescription(info)
    }
}

/// What the C callbacks are given as their context.
private final class PipelineReceiver: Sendable {
    let delivery: Delivery
    let events: AsyncStream<PipelineEvent>.Continuation

    init(delivery: Delivery, events: AsyncStream<PipelineEvent>.Continuation) {
        self.delivery = delivery
        self.events = events
    }
}

// Called by C: free functions, so that they belong to no actor. The context lives until the pipeline is freed.

private func receiveFrame(_ context: UnsafeMutableRawPointer?, _ frame: OpaquePointer) {
    Unmanaged<PipelineReceiver>.fromOpaque(context!).takeUnretainedValue().delivery.accept(frame)
}

private func receiveEvent(_ context: UnsafeMutableRawPointer?, _ event: UnsafePointer<vg_event>) {
    guard let event = PipelineEvent(event.pointee) else { return }
    Unmanaged<PipelineReceiver>.fromOpaque(context!).takeUnretainedValue().events.yield(event)
}

private func withOptionalCString<Value>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Value) -> Value {
    guard let text else { return body(nil) }
    return text.withCString(body)
}
