import VedetteCore

/// Which frames of a recording are looked at.
struct FrameFilter: Sendable {
    private let skip: Int
    private let period: Double
    private var count = 0
    private var nextAt = -Double.infinity

    /// - Parameters:
    ///   - skip: frames left out after each one looked at.
    ///   - rate: most frames a second; nil for all.
    init(skip: Int, rate: Double?) {
        self.skip = skip
        period = rate.map { 1 / $0 } ?? 0
    }

    mutating func takes(time: Double) -> Bool {
        defer { count += 1 }
        guard count % (skip + 1) == 0 else { return false }
        guard period > 0 else { return true }
        // Half a millisecond of slack: rounded timestamps must not halve the rate.
        guard time >= nextAt - 0.0005 else { return false }
        nextAt = max(nextAt + period, time)
        if nextAt == time { nextAt += period }
        return true
    }
}
