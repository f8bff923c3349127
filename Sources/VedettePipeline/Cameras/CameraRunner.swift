import Synchronization
import VedetteCore

/// Lives one camera's life: opens its source, offers its frames to the scheduler, notices when they stop, and connects again.
///
/// ``run()`` ends when its task is cancelled.
struct CameraRunner: Sendable {
    let camera: Camera
    let hub: LiveHub
    let scheduler: AnalysisScheduler
    let opener: any SourceOpener
    let pacing: FramePacing
    /// Most analysed frames a second; nil for all that can be had.
    let targetRate: Double?
    /// Composes the handlers for one connection: what a lost connection knew of tracks and people ends with it.
    let makeChain: @Sendable (Camera) -> HandlerChain
    let options: CameraLifeCycle.Options
    let report: @Sendable (CameraState, String?) -> Void

    func run() async {
        let (events, post) = AsyncStream.makeStream(of: CameraLifeCycle.Event.self)
        let signs = Signs()
        await withDiscardingTaskGroup { group in
            var cycle = CameraLifeCycle(options: options, seed: UInt64.random(in: 0 ... .max))
            var session: Session?
            var seen = 0
            group.addTask { await keepTime(post, signs) }
            post.yield(.start)
            for await event in events {
                let now = Double(Clock.monotonic()) / 1e9
                var actions: [CameraLifeCycle.Action] = []
                let count = signs.frames.load(ordering: .relaxed)
                if count != seen {
                    seen = count
                    actions += cycle.handle(.frame, at: now)
                }
                if event != .frame { actions += cycle.handle(event, at: now) }
                signs.isBackingOff.store(cycle.state == .backingOff, ordering: .relaxed)
                for action in actions {
                    switch action {
                    case .connect:
                        let opened = Session()
                        session = opened
                        group.addTask { await connect(opened, signs, post) }
                    case .disconnect:
                        session?.cancel()
                    case .report(let state, let reason):
                        hub.setState(state, reason: reason, of: camera.id)
                        report(state, reason)
                    }
                }
            }
            session?.cancel()
            group.cancelAll()
        }
        hub.setState(.stopped, reason: nil, of: camera.id)
    }

    /// Sends a tick five times a second and, while the camera is gone, asks every second whether it answers.
    private func keepTime(_ post: AsyncStream<CameraLifeCycle.Event>.Continuation, _ signs: Signs) async {
        var ticks = 0
        while (try? await Task.sleep(for: .milliseconds(200))) != nil {
            post.yield(.tick)
            ticks += 1
            if ticks.isMultiple(of: 5), signs.isBackingOff.load(ordering: .relaxed) {
                post.yield(.reachable(await opener.isReachable(camera.uri)))
            }
        }
        post.finish()
    }

    /// One connection from start to end. Posts `ended` exactly once.
    private func connect(
        _ session: Session, _ signs: Signs, _ post: AsyncStream<CameraLifeCycle.Event>.Continuation
    ) async {
        let failure: SourceFailure?
        do {
            let source = try opener.open(camera.uri, pacing: pacing)
            let chain = makeChain(camera)
            let place = scheduler.add(
                camera.id, targetRate: targetRate, analyse: { chain.analyse($0) }, finish: { chain.finish() })
            failure = await withTaskGroup(of: SourceFailure?.self) { group in
                group.addTask { await deliver(from: source, to: place, session, signs, post) }
                group.addTask {
                    await session.cancelled()
                    return nil
                }
                let first = await group.next() ?? nil
                group.cancelAll()
                return first
            }
            await scheduler.remove(place)
        } catch {
            failure = error
        }
        post.yield(.ended(failure))
    }

    private func deliver(
        from source: any FrameSource, to place: AnalysisScheduler.Place, _ session: Session, _ signs: Signs,
        _ post: AsyncStream<CameraLifeCycle.Event>.Continuation
    ) async -> SourceFailure? {
        do {
            try await source.run { frame in
                guard session.isOpen else { return }
                signs.frames.add(1, ordering: .relaxed)
                let replaced = scheduler.offer(frame, at: place)
                hub.countReceived(frame, replaced: replaced, of: camera.id)
                // Later frames are noticed at the next tick; the first makes the camera live at once.
                if session.isFirstFrame() { post.yield(.frame) }
            }
            return nil
        } catch {
            return error
        }
    }
}

/// What the media thread tells the camera's task without waking it.
private final class Signs: Sendable {
    let frames = Atomic<Int>(0)
    let isBackingOff = Atomic<Bool>(false)
}

/// One connection: open until it is cancelled once.
private final class Session: Sendable {
    private let signal: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation
    private let open = Atomic<Bool>(true)
    private let fresh = Atomic<Bool>(true)

    init() {
        (signal, continuation) = AsyncStream.makeStream(of: Never.self)
    }

    var isOpen: Bool { open.load(ordering: .relaxed) }

    func cancel() {
        open.store(false, ordering: .relaxed)
        continuation.finish()
    }

    /// Returns when ``cancel()`` was called or the task is cancelled.
    func cancelled() async {
        for await _ in signal {}
    }

    /// True for the first caller only.
    func isFirstFrame() -> Bool { fresh.exchange(false, ordering: .relaxed) }
}
