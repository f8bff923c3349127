import VedetteCore

/// Faces that cross a 1920x1080 picture at walking speed, as a detector would see them.
struct Walkers {
    struct Walker {
        var enters: Double
        var start: Point
        /// Pixels per second.
        var velocity: Point
        var size: Float

        func box(at seconds: Double) -> Box? {
            let elapsed = Float(seconds - enters)
            // A nod of a tenth of the face, as people walk.
            let x = start.x + velocity.x * elapsed
            let y = start.y + velocity.y * elapsed + 0.1 * size * Self.triangle(elapsed * 1.8)
            guard elapsed >= 0, (0...1920).contains(x), (0...1080).contains(y) else { return nil }
            return Box(x: x - size * 0.4, y: y - size / 2, width: size * 0.8, height: size)
        }

        /// -1...1, once per unit.
        private static func triangle(_ phase: Float) -> Float { 4 * abs(phase - phase.rounded()) - 1 }
    }

    let walkers: [Walker]
    /// Share of the faces that are missed altogether, and share that score low.
    var missed: Double = 0.03
    var weak: Double = 0.1

    /// Lanes of one walker after the other, in turns to the right and to the left; the faces of neighbouring lanes
    /// overlap, so that people who meet hide each other.
    static func crossing(seed: UInt64) -> Walkers {
        var random = SeededGenerator(seed: seed)
        var walkers: [Walker] = []
        for lane in 0..<6 {
            let toTheRight = lane % 2 == 0
            for number in 0..<2 {
                let size = Float.random(in: 70...90, using: &random)
                // Up to five faces a second: 1.4 m/s for a face 0.25 m high.
                let speed = size * Float.random(in: 3...5, using: &random)
                walkers.append(
                    Walker(
                        enters: Double(number) * 3.5 + Double.random(in: 0...1, using: &random),
                        start: Point(x: toTheRight ? 0 : 1920, y: 200 + Float(lane) * 130),
                        velocity: Point(x: toTheRight ? speed : -speed, y: Float.random(in: -8...8, using: &random)),
                        size: size))
            }
        }
        return Walkers(walkers: walkers)
    }

    /// The faces that a detector finds, with the walker each belongs to. Of two that overlap by more than half, the
    /// nearer (larger) hides the other.
    func seen(at seconds: Double, using random: inout SeededGenerator) -> [(walker: Int, detection: Detection)] {
        let boxes = walkers.map { $0.box(at: seconds) }
        var found: [(walker: Int, detection: Detection)] = []
        for (index, box) in boxes.enumerated() {
            guard let box else { continue }
            let isHidden = boxes.contains { other in
                guard let other, other.height > box.height else { return false }
                return box.intersectionOverUnion(other) > 0.5
            }
            let chance = Double.random(in: 0...1, using: &random)
            let noise = { (random: inout SeededGenerator) in Float.random(in: -0.03...0.03, using: &random) * box.height
            }
            let jittered = Box(
                x: box.x + noise(&random), y: box.y + noise(&random), width: box.width + noise(&random),
                height: box.height + noise(&random))
            if isHidden || chance < missed { continue }
            let score =
                chance < missed + weak
                ? Float.random(in: 0.3...0.45, using: &random) : Float.random(in: 0.55...0.95, using: &random)
            found.append((index, Detection(box: jittered, score: score)))
        }
        return found.shuffled(using: &random)
    }
}
