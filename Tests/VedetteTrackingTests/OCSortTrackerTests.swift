import Testing
import VedetteCore

@testable import VedetteTracking

@Suite struct OCSortTrackerTests {
    private func face(_ x: Float, _ y: Float = 100) -> Detection {
        Detection(box: Box(x: x, y: y, width: 64, height: 80), score: 0.9)
    }

    @Test func findsAgainWhoStoppedWhereHeWasLastSeen() {
        // Runs, hides behind something and stops there: the prediction has long gone on.
        func lastID(_ tracker: inout any Tracker) -> Int? {
            for frame in 0..<30 {
                let faces = frame < 20 ? [face(12 * Float(frame))] : []
                tracker.update(detections: frame < 29 ? faces : [face(12 * 19)], at: Double(frame) / 30)
            }
            return tracker.tracks.first { $0.detectionIndex != nil }?.id
        }
        var recovering: any Tracker = OCSortTracker()
        var plain: any Tracker = SortTracker()
        #expect(lastID(&recovering) == 1)
        #expect(lastID(&plain) == 2)
    }

    @Test func takesTheDriftOutOfTheVelocityWhenFoundAgain() throws {
        // A face that turned round while it was hidden: after the re-update the velocity is that of the way between.
        var tracker = OCSortTracker()
        for frame in 0..<20 { tracker.update(detections: [face(4 * Float(frame))], at: Double(frame) / 30) }
        for frame in 20..<30 { tracker.update(detections: [], at: Double(frame) / 30) }
        tracker.update(detections: [face(76 - 24)], at: 1)
        let track = try #require(tracker.tracks.first)
        #expect(track.id == 1 && track.detectionIndex == 0)
        #expect(track.velocity.x < 0, "\(track.velocity)")
    }

    @Test func theDirectionDecidesBetweenEqualOverlaps() throws {
        // To the right at first, then one detection ahead and one behind, as near and as large.
        var tracker = OCSortTracker()
        var x: Float = 0
        for frame in 0..<20 {
            tracker.update(detections: [face(x)], at: Double(frame) / 30)
            x += 3
        }
        let expected = try #require(tracker.tracks.first).box.x + 3
        tracker.update(detections: [face(expected - 16), face(expected + 16)], at: 20.0 / 30)
        #expect(tracker.tracks.first?.detectionIndex == 1)
    }
}
