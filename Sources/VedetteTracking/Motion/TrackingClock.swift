/// A clock that only runs forward, driven by one that may jump.
struct TrackingClock: Sendable {
    /// Seconds since the first frame.
    private(set) var now = 0.0
    /// The usual time between two frames, in seconds.
    private(set) var interval = 1.0 / 30
    private var latest: Double?

    /// What one frame did to the clock.
    struct Step {
        /// The frame's own time, or the best guess at it.
        var seconds: Double
        /// Time since the frame before; 0 for the first.
        var elapsed: Double
        /// How far the given clock moved beside `elapsed`: not 0 after a jump back.
        var shift: Double
    }

    mutating func advance(to seconds: Double) -> Step {
        guard let latest else {
            let start = seconds.isFinite ? seconds : 0
            self.latest = start
            return Step(seconds: start, elapsed: 0, shift: 0)
        }
        let given = seconds.isFinite ? seconds : latest + interval
        var elapsed = given - latest
        if elapsed <= 0 || !elapsed.isFinite {
            elapsed = interval
        } else if elapsed <= 1 {
            interval = elapsed
        }
        self.latest = given
        now += elapsed
        return Step(seconds: given, elapsed: elapsed, shift: given - latest - elapsed)
    }
}
