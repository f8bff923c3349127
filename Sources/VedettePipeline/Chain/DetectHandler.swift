package import VedetteCore

/// Finds the faces of a frame, unless nothing can have come into view since the last one.
package final class DetectHandler: FrameHandler {
    package struct Options: Sendable {
        /// The least detector score that reaches the tracker. Weak detections only continue tracks, they never start one; so
        /// lowering this holds tracks through bad frames and costs a little time, raising it loses them earlier.
        package var minimumScore: Float = 0.15
        /// Seconds between two looks at a picture in which nothing moves and nobody is. Raising it saves power, lowering it
        /// notices a face that appears without movement (a poster, a light switched on) sooner. 0 looks at every frame.
        package var idleInterval: Double = 0.5
        /// Change of a picture's coarse luma, in grey levels, that counts as movement.
        package var motionThreshold: Float = 2.5
        /// Most looks a second while somebody is there; 0 for every frame. In the frames between, faces are where they are predicted.
        /// Lowering it saves most of the time that analysis takes; below about 5 fast faces are lost.
        package var maximumRate: Double = 0

        package init() {}
    }

    package let name = "detect"
    private let detector: any FaceDetector
    private let options: Options
    private var motion = MotionGate()
    private var lookedAt = -Double.infinity

    package init(detector: any FaceDetector, options: Options = Options()) {
        self.detector = detector
        self.options = options
    }

    package func handle(_ context: inout FrameContext) throws {
        if options.maximumRate > 0, context.isOccupied {
            // Half a millisecond of slack: rounded timestamps must not halve the rate.
            let elapsed = context.time - lookedAt
            guard elapsed >= 1 / options.maximumRate - 0.0005 || elapsed < 0 else { return }
        }
        if options.idleInterval > 0 {
            let moved = motion.hasMoved(context.frame, threshold: options.motionThreshold)
            let elapsed = context.time - lookedAt
            guard moved || context.isOccupied || elapsed >= options.idleInterval || elapsed < 0 else { return }
        }
        lookedAt = context.time
        context.detections = try detector.detect(in: context.frame, minimumScore: options.minimumScore)
        context.isDetected = true
    }
}

/// Notices movement between frames from a coarse grid of luma samples: a few microseconds a frame.
struct MotionGate {
    private static let columns = 64
    private static let rows = 36
    private var reference: [Int16] = []
    private var current = [Int16](repeating: 0, count: columns * rows)

    /// Whether any of the picture's 16 by 9 blocks changed by more than `threshold` grey levels on average since the frame
    /// that was last found to differ.
    mutating func hasMoved(_ frame: Frame, threshold: Float) -> Bool {
        sample(frame)
        guard reference.count == current.count else {
            reference = current
            return true
        }
        let block = 4
        for top in stride(from: 0, to: Self.rows, by: block) {
            for left in stride(from: 0, to: Self.columns, by: block) {
                var sum = 0
                for row in top..<top + block {
                    for column in left..<left + block {
                        let at = row * Self.columns + column
                        sum += abs(Int(current[at]) - Int(reference[at]))
                    }
                }
                if Float(sum) > threshold * Float(block * block) {
                    swap(&reference, &current)
                    return true
                }
            }
        }
        return false
    }

    private mutating func sample(_ frame: Frame) {
        let planes = frame.planes
        for row in 0..<Self.rows {
            let line = planes.y + (row * frame.height / Self.rows) * planes.yStride
            for column in 0..<Self.columns {
                // Two neighbours halve the sensor's noise.
                let x = column * frame.width / Self.columns
                let next = min(x + 1, frame.width - 1)
                current[row * Self.columns + column] = (Int16(line[x]) + Int16(line[next])) / 2
            }
        }
    }
}
