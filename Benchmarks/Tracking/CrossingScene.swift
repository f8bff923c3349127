import VedetteCore

/// People who cross a square at walking speed, as a detector sees them; the same in every run.
///
/// The square grows with the number of people, so that the crowd is as dense at 10 as at 200: each is overlapped by
/// somebody now and then.
struct CrossingScene {
    static let rate = 30.0
    static let frames = 900

    /// The detections of every frame.
    let detections: [[Detection]]

    init(people: Int) {
        var random = SeededGenerator(seed: 42)
        let side = 260 * Float(people).squareRoot()
        var centres: [SIMD2<Float>] = []
        var velocities: [SIMD2<Float>] = []
        for _ in 0..<people {
            centres.append(SIMD2(random.number(0, side), random.number(0, side)))
            velocities.append(SIMD2(random.number(-120, 120), random.number(-120, 120)))
        }
        var detections: [[Detection]] = []
        for _ in 0..<Self.frames {
            var seen: [Detection] = []
            for person in 0..<people {
                centres[person] += velocities[person] / Float(Self.rate)
                for axis in 0..<2 where !(0...side).contains(centres[person][axis]) {
                    velocities[person][axis] = -velocities[person][axis]
                    centres[person][axis] = min(side, max(0, centres[person][axis]))
                }
                let chance = random.number(0, 1)
                let size = 80 + random.number(-2, 2)
                let box = Box(
                    x: centres[person].x - 40 + random.number(-2, 2), y: centres[person].y - 40 + random.number(-2, 2),
                    width: size, height: size)
                // One in thirty is missed, one in ten is seen poorly.
                if chance < 0.03 { continue }
                seen.append(
                    Detection(box: box, score: chance < 0.13 ? random.number(0.3, 0.45) : random.number(0.7, 0.95)))
            }
            detections.append(seen)
        }
        self.detections = detections
    }

    /// The scene as MOTChallenge text.
    var text: String {
        var text = ""
        for (index, seen) in detections.enumerated() {
            for found in seen {
                let box = found.box
                text += "\(index + 1),-1,\(box.x),\(box.y),\(box.width),\(box.height),\(found.score),-1,-1,-1\n"
            }
        }
        return text
    }
}

extension SeededGenerator {
    mutating func number(_ low: Float, _ high: Float) -> Float {
        low + (high - low) * Float(next() >> 40) / Float(1 << 24)
    }
}
