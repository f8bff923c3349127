import VedetteCore

/// The latest detections of a track, and its filter as the last of them left it.
struct ObservationMemory: Sendable {
    private static let capacity = 8

    private var boxes = InlineArray<8, Box>(repeating: Box(x: 0, y: 0, width: 0, height: 0))
    private var times = InlineArray<8, Double>(repeating: 0)
    /// How many there were in all.
    private var count = 0
    private(set) var filter: KalmanFilter?

    /// The latest detection.
    var last: Box? { count > 0 ? boxes[(count - 1) % Self.capacity] : nil }
    /// When that was, on the tracker's own clock.
    var lastTime: Double { count > 0 ? times[(count - 1) % Self.capacity] : 0 }

    mutating func add(_ box: Box, at time: Double, filter: KalmanFilter) {
        boxes[count % Self.capacity] = box
        times[count % Self.capacity] = time
        count += 1
        self.filter = filter
    }

    /// Direction of motion, of unit length, between the last detection and the latest one at least `seconds` before
    /// it, or the oldest that is remembered. Nil while there is only one, or no motion.
    func direction(over seconds: Double) -> SIMD2<Float>? {
        guard count > 1, let last else { return nil }
        return Self.direction(from: box(before: lastTime - seconds, from: count - 2), to: last)
    }

    /// Direction from where the track was `seconds` before `now`, or at its latest, to a new box.
    func direction(to box: Box, over seconds: Double, now: Double) -> SIMD2<Float>? {
        guard count > 0 else { return nil }
        return Self.direction(from: self.box(before: now - seconds, from: count - 1), to: box)
    }

    private func box(before time: Double, from newest: Int) -> Box {
        var number = newest
        let oldest = max(0, count - Self.capacity)
        while number > oldest, times[number % Self.capacity] > time + 1e-6 { number -= 1 }
        return boxes[number % Self.capacity]
    }

    private static func direction(from: Box, to: Box) -> SIMD2<Float>? {
        let motion = SIMD2(to.center.x - from.center.x, to.center.y - from.center.y)
        let length = (motion * motion).sum().squareRoot()
        return length > 1e-3 ? motion / length : nil
    }
}
