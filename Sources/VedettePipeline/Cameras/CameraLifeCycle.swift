package import VedetteCore

/// A camera's life as a pure state machine: events go in with their time, actions come out; no I/O, no clock, no task.
///
///     stopped ──start──► connecting ──frame──► live ──no frame──► stalled ──frame──► live
///                           ▲    │              │                    │
///                           │    └── ended ──┐  └──── ended ──────┐  └── given up, or ended
///                           │                ▼                    ▼            ▼
///                           └──── delay over, or reachable ──── backing off ◄──┘
///
/// The delay doubles from ``Options/firstDelay`` to ``Options/maximumDelay``, with jitter so that a hundred cameras behind one
/// switch do not come back at once. A camera that was live a short time ago is tried more often
/// (``Options/recentMaximumDelay``), so that a short outage ends a short time after its cause. A wrong password always
/// takes the long way: many cameras lock an account after a few wrong ones.
package struct CameraLifeCycle: Sendable {
    package struct Options: Sendable {
        /// Seconds without a frame before a live camera counts as stalled. Raising it hides short freezes, lowering it
        /// alarms for slow cameras: it must exceed the longest time between two frames.
        package var stallAfter: Double = 2
        /// Seconds a stalled connection is kept in the hope that it goes on by itself before it is given up.
        package var abandonAfter: Double = 3
        /// Seconds a new connection may take to its first frame.
        package var connectTimeout: Double = 10
        package var firstDelay: Double = 0.5
        package var maximumDelay: Double = 30
        /// The longest delay while the camera was live within ``recentSpan`` seconds.
        package var recentMaximumDelay: Double = 0.9
        package var recentSpan: Double = 300

        package init() {}
    }

    package enum Event: Sendable, Hashable {
        case start
        case stop
        /// A frame came in.
        case frame
        /// The connection ended, by itself (nil) or with a failure.
        case ended(SourceFailure?)
        /// Time goes by: sent a few times a second.
        case tick
        /// Whether the camera's host answers at all, found out while backing off.
        case reachable(Bool)
    }

    package enum Action: Sendable, Hashable {
        /// Open a new connection; there is none.
        case connect
        /// Close the connection; `ended` must follow.
        case disconnect
        /// Tell the world.
        case report(CameraState, reason: String?)
    }

    package private(set) var state = CameraState.stopped
    package private(set) var reason: String?
    private let options: Options
    private var random: SeededGenerator
    private var isConnected = false
    private var enteredAt = 0.0
    private var lastFrameAt: Double?
    private var failures = 0
    private var retryAt = 0.0
    private var wasUnreachable = false

    /// - Parameter seed: of the jitter.
    package init(options: Options = Options(), seed: UInt64) {
        self.options = options
        random = SeededGenerator(seed: seed)
    }

    /// - Parameter now: seconds of any clock that never goes back.
    package mutating func handle(_ event: Event, at now: Double) -> [Action] {
        switch event {
        case .start: return start(now)
        case .stop: return stop(now)
        case .frame: return frame(now)
        case .ended(let failure): return ended(failure, now)
        case .tick: return tick(now)
        case .reachable(let answer): return reachable(answer, now)
        }
    }

    private mutating func start(_ now: Double) -> [Action] {
        guard state == .stopped, !isConnected else { return [] }
        failures = 0
        return connect(now)
    }

    private mutating func stop(_ now: Double) -> [Action] {
        guard state != .stopped else { return [] }
        return (isConnected ? [.disconnect] : []) + enter(.stopped, nil, now)
    }

    private mutating func frame(_ now: Double) -> [Action] {
        // Frames that were on their way when the connection was given up revive nothing.
        guard isConnected, state.isOpen else { return [] }
        lastFrameAt = now
        failures = 0
        return state == .live ? [] : enter(.live, nil, now)
    }

    private mutating func ended(_ failure: SourceFailure?, _ now: Double) -> [Action] {
        isConnected = false
        switch state {
        case .stopped, .backingOff: return []
        case .connecting, .live, .stalled:
            // Only a recording ends by itself; a live source that closes says so.
            guard let failure else { return enter(.stopped, "the recording is over", now) }
            return backOff(failure, now)
        }
    }

    private mutating func tick(_ now: Double) -> [Action] {
        switch state {
        case .live where now - (lastFrameAt ?? now) > options.stallAfter:
            return enter(.stalled, "no picture for \(Int(options.stallAfter.rounded())) s", now)
        case .stalled where now - enteredAt > options.abandonAfter:
            return [.disconnect] + backOff(SourceFailure(.lost, "the stream froze"), now)
        case .connecting where now - enteredAt > options.connectTimeout:
            let text = "connected, but no picture came within \(Int(options.connectTimeout)) s"
            return [.disconnect] + backOff(SourceFailure(.timedOut, text), now)
        case .backingOff where now >= retryAt && !isConnected:
            return connect(now)
        default: return []
        }
    }

    private mutating func reachable(_ answer: Bool, _ now: Double) -> [Action] {
        guard state == .backingOff else { return [] }
        defer { wasUnreachable = !answer }
        guard answer, wasUnreachable else { return [] }
        // The host is back: the count of failures starts anew, for it may need a moment until it has pictures.
        failures = 0
        retryAt = now
        return isConnected ? [] : connect(now)
    }

    private mutating func connect(_ now: Double) -> [Action] {
        isConnected = true
        // A camera that comes and goes keeps its reason until it is live again: "connecting" says nothing to a person.
        return [.connect] + enter(.connecting, reason, now)
    }

    private mutating func backOff(_ failure: SourceFailure, _ now: Double) -> [Action] {
        failures += 1
        let recent = lastFrameAt.map { now - $0 < options.recentSpan } ?? false
        let longest = recent && failure.reason != .unauthorized ? options.recentMaximumDelay : options.maximumDelay
        let delay = min(longest, options.firstDelay * Double(1 << min(failures - 1, 16)))
        retryAt = now + delay * (0.8 + 0.4 * random.unit())
        return enter(.backingOff, failure.description, now)
    }

    private mutating func enter(_ new: CameraState, _ why: String?, _ now: Double) -> [Action] {
        guard new != state || why != reason else { return [] }
        if new != state { enteredAt = now }
        state = new
        reason = why
        return [.report(new, reason: why)]
    }
}
