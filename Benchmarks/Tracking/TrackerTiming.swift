import CAllocations
import VedetteTracking

/// What one tracker costs per frame, in steady state.
struct TrackerTiming: Encodable {
    /// The scene goes by once before anything is measured, and begins once more: so all storage has its size.
    private static let warmUp = CrossingScene.frames + 300
    private static let measured = 600

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
        func follow(_ frames: Range<Int>, _ tracker: inout any Tracker) {
            for frame in frames {
                tracker.update(
                    detections: scene.detections[frame % CrossingScene.frames], at: Double(frame) / CrossingScene.rate,
                    appearance: nil)
            }
        }
        for _ in 0..<rounds {
            var tracker = kind.make(options: options)
            follow(0..<Self.warmUp, &tracker)
            let before = va_allocations()
            let start = ContinuousClock.now
            follow(Self.warmUp..<Self.warmUp + Self.measured, &tracker)
            let spent = ContinuousClock.now - start
            allocations = Int(va_allocations() - before)
            let (seconds, attoseconds) = spent.components
            means.append((Double(seconds) * 1e6 + Double(attoseconds) / 1e12) / Double(Self.measured))
            believed = tracker.tracks.count { $0.isConfirmed }
        }
        tracker = kind.rawValue
        self.objects = objects
        microsecondsPerFrame = means.sorted()[rounds / 2]
        allocationsPerFrame = Double(allocations) / Double(Self.measured)
        tracks = believed
    }
}
