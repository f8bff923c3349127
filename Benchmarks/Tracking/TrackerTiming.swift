import CAllocations
import VedetteTracking

/// What one tracker costs per frame, in steady state.
struct TrackerTiming: Encodable {
    /// Frames that fill the storage before anything is measured.
    static let warmUp = 300

    var tracker: String
    var objects: Int
    /// Median over the rounds of the mean over the frames.
    var microsecondsPerFrame: Double
    /// Heap allocations in the last round.
    var allocationsPerFrame: Double
    /// Believed tracks at the end, to see that it tracked at all.
    var tracks: Int

    init(_ kind: TrackerKind, objects: Int, scene: CrossingScene, rounds: Int = 7) {
        var options = TrackerKind.Options()
        options.highScore = 0.6
        options.reachSpeed = 0
        var means: [Double] = []
        var allocations = 0
        var believed = 0
        let measured = CrossingScene.frames - Self.warmUp
        for _ in 0..<rounds {
            var tracker = kind.make(options: options)
            for frame in 0..<Self.warmUp {
                tracker.update(
                    detections: scene.detections[frame], at: Double(frame) / CrossingScene.rate, appearance: nil)
            }
            let before = va_allocations()
            let start = ContinuousClock.now
            for frame in Self.warmUp..<CrossingScene.frames {
                tracker.update(
                    detections: scene.detections[frame], at: Double(frame) / CrossingScene.rate, appearance: nil)
            }
            let spent = ContinuousClock.now - start
            allocations = Int(va_allocations() - before)
            let (seconds, attoseconds) = spent.components
            means.append((Double(seconds) * 1e6 + Double(attoseconds) / 1e12) / Double(measured))
            believed = tracker.tracks.count { $0.isConfirmed }
        }
        tracker = kind.rawValue
        self.objects = objects
        microsecondsPerFrame = means.sorted()[rounds / 2]
        allocationsPerFrame = Double(allocations) / Double(measured)
        tracks = believed
    }
}
