import Testing
import VedetteCore

@testable import VedetteTracking

@Suite struct ByteTrackerTests {
    private func face(_ x: Float, _ y: Float = 100, size: Float = 80, score: Float = 0.9) -> Detection {
        Detection(box: Box(x: x, y: y, width: size * 0.8, height: size), score: score)
    }

    @Test func confirmsAtTheThirdDetectionAndNotBefore() {
        var tracker = ByteTracker()
        var states: [Track.State] = []
        for frame in 0..<4 {
            let tracks = tracker.update(detections: [face(100)], at: Double(frame) / 30)
            #expect(tracks.map(\.id) == [1])
            states += tracks.map(\.state)
        }
        #expect(states == [.tentative, .tentative, .confirmed, .confirmed])
    }

    @Test func confirmsTheSecondDetectionWhenFramesAreRare() {
        var tracker = ByteTracker()
        _ = tracker.update(detections: [face(100)], at: 0)
        #expect(tracker.update(detections: [face(104)], at: 0.34).map(\.state) == [.confirmed])
    }

    @Test func reportsWhatWasDetectedAndWhere() throws {
        var tracker = ByteTracker()
        let faces = [face(500), face(100)]
        _ = tracker.update(detections: [face(100)], at: 10)
        _ = tracker.update(detections: faces, at: 10.1)
        let tracks = tracker.update(detections: faces, at: 10.2)
        #expect(tracks.map(\.id) == [1, 2])
        #expect(tracks.map(\.detectionIndex) == [1, 0])
        #expect(tracks.map(\.lastDetection) == [faces[1], faces[0]])
        #expect(tracks.map(\.hits) == [3, 2])
        #expect(tracks.map(\.firstSeen) == [10, 10.1])
        #expect(tracks.map(\.lastSeen) == [10.2, 10.2])
    }

    @Test(arguments: [30.0, 10, 3])
    func losesKeepsAndEndsByTheClock(rate: Double) throws {
        var tracker = ByteTracker()
        var frame = 0
        func next() -> Double {
            frame += 1
            return Double(frame) / rate
        }
        while frame < 4 { _ = tracker.update(detections: [face(100)], at: next()) }
        let lastSeen = Double(frame) / rate
        var endedAt: Double?
        while endedAt == nil, frame < 100 {
            let now = next()
            let tracks = tracker.update(detections: [], at: now)
            if let ended = tracker.removed.first {
                endedAt = now
                #expect(tracks.isEmpty)
                #expect(ended.state == .removed && ended.id == 1 && ended.lastSeen == lastSeen)
                #expect(ended.lastDetection == nil)
            } else {
                #expect(tracks.map(\.state) == [.lost])
                #expect(tracks.first?.detectionIndex == nil && tracks.first?.lastDetection == nil)
            }
        }
        let patience = try #require(endedAt) - lastSeen
        #expect(patience > 1 && patience <= 1 + 1 / rate + 1e-9)
        #expect(tracker.update(detections: [], at: next()).isEmpty)
        #expect(tracker.removed.isEmpty)
        let again = tracker.update(detections: [face(100)], at: next())
        #expect(again.map(\.id) == [2])
    }

    @Test func dropsATentativeTrackSoon() {
        var tracker = ByteTracker()
        _ = tracker.update(detections: [face(100)], at: 0)
        #expect(tracker.update(detections: [], at: 0.1).map(\.state) == [.tentative])
        #expect(tracker.update(detections: [], at: 0.25).isEmpty)
        #expect(tracker.removed.map(\.id) == [1])
    }

    @Test func findsALostFaceAgainUnderItsOldNumber() {
        var tracker = ByteTracker()
        // Walks to the right at 120 pixels a second; hidden for 0.6 s.
        for frame in 0..<60 {
            let seconds = Double(frame) / 30
            let isHidden = (20..<38).contains(frame)
            let tracks = tracker.update(detections: isHidden ? [] : [face(100 + 4 * Float(frame))], at: seconds)
            #expect(tracks.map(\.id) == [1])
            if isHidden {
                #expect(tracks[0].state == .lost)
                #expect(abs(tracks[0].box.x - (100 + 4 * Float(frame))) < 12)
                #expect(abs(tracks[0].velocity.x - 120) < 20)
            }
        }
    }

    @Test func weakDetectionsContinueATrackButBeginNone() {
        var tracker = ByteTracker()
        for frame in 0..<3 { _ = tracker.update(detections: [face(100)], at: Double(frame) / 30) }
        let tracks = tracker.update(detections: [face(102, score: 0.2), face(700, score: 0.4)], at: 0.1)
        #expect(tracks.map(\.id) == [1])
        #expect(tracks[0].state == .confirmed && tracks[0].detectionIndex == 0 && tracks[0].score == 0.2)
        let nothing = tracker.update(detections: [face(102, score: 0.05)], at: 0.13)
        #expect(nothing.map(\.state) == [.lost])
    }

    @Test(arguments: [30.0, 15, 10, 5, 3], [UInt64(1), 2, 3, 4])
    func walkersKeepTheirNumbersAtAnyFrameRate(rate: Double, seed: UInt64) throws {
        let scene = Walkers.crossing(seed: seed)
        var random = SeededGenerator(seed: seed &+ 100)
        var tracker = ByteTracker()
        var tracksOf: [Int: Set<Int>] = [:]
        var walkersOf: [Int: Set<Int>] = [:]
        for frame in 0..<Int(12 * rate) {
            let seconds = Double(frame) / rate
            let seen = scene.seen(at: seconds, using: &random)
            for track in tracker.update(detections: seen.map(\.detection), at: seconds) where track.state == .confirmed
            {
                let index = try #require(track.detectionIndex)
                tracksOf[seen[index].walker, default: []].insert(track.id)
                walkersOf[track.id, default: []].insert(seen[index].walker)
            }
        }
        #expect(tracksOf.count == scene.walkers.count, "everybody is followed")
        #expect(tracksOf.values.allSatisfy { $0.count == 1 }, "nobody gets a second number: \(tracksOf)")
        #expect(walkersOf.values.allSatisfy { $0.count == 1 }, "no number goes over to somebody else: \(walkersOf)")
    }

    @Test func walkersKeepTheirNumbersWhenTheFrameRateChanges() throws {
        let scene = Walkers.crossing(seed: 9)
        var random = SeededGenerator(seed: 10)
        var tracker = ByteTracker()
        var tracksOf: [Int: Set<Int>] = [:]
        var seconds = 0.0
        while seconds < 12 {
            let seen = scene.seen(at: seconds, using: &random)
            for track in tracker.update(detections: seen.map(\.detection), at: seconds) where track.state == .confirmed
            {
                tracksOf[seen[try #require(track.detectionIndex)].walker, default: []].insert(track.id)
            }
            seconds += [1.0 / 30, 1.0 / 4, 1.0 / 10][Int(seconds) % 3]
        }
        #expect(tracksOf.count == scene.walkers.count)
        #expect(tracksOf.values.allSatisfy { $0.count == 1 }, "\(tracksOf)")
    }

    @Test(arguments: [-3600.0, -0.5, 0, .nan, .infinity])
    func survivesAClockThatJumpsBackOrStandsStill(jump: Double) throws {
        var tracker = ByteTracker()
        var seconds = 5000.0
        for frame in 0..<60 {
            seconds += frame == 30 ? jump : 0.1
            let tracks = tracker.update(detections: [face(100 + Float(frame)), face(400 - Float(frame))], at: seconds)
            #expect(tracks.map(\.id) == [1, 2], "frame \(frame)")
            #expect(tracks.map(\.detectionIndex) == [0, 1])
            #expect(tracks.allSatisfy { $0.lastSeen >= $0.firstSeen })
            if !seconds.isFinite { seconds = 5003 }
        }
    }

    @Test func aStoppedClockStillEndsTracks() {
        var tracker = ByteTracker()
        for frame in 0..<5 { _ = tracker.update(detections: [face(100)], at: Double(frame) * 0.1) }
        var updates = 0
        while !tracker.update(detections: [], at: 0.4).isEmpty, updates < 100 { updates += 1 }
        #expect(updates >= 9 && updates <= 11)
    }

    @Test func aMinuteWithoutFramesEndsAllTracksAndSwapsNone() {
        var tracker = ByteTracker()
        for frame in 0..<5 { _ = tracker.update(detections: [face(100), face(400)], at: Double(frame) * 0.1) }
        let tracks = tracker.update(detections: [face(400), face(100)], at: 60.4)
        #expect(tracks.map(\.id) == [3, 4])
        #expect(tracks.map(\.state) == [.tentative, .tentative])
        #expect(tracker.removed.map(\.id) == [1, 2])
    }

    @Test(arguments: [
        Box(x: .nan, y: 0, width: 10, height: 10), Box(x: 0, y: .infinity, width: 10, height: 10),
        Box(x: 0, y: 0, width: 0, height: 10), Box(x: 0, y: 0, width: 10, height: -4),
        Box(x: 0, y: 0, width: .nan, height: 10), Box(x: 0, y: 0, width: .infinity, height: 10),
        Box(x: 1e30, y: 0, width: 10, height: 10),
    ])
    func ignoresBoxesThatAreNone(box: Box) {
        var tracker = ByteTracker()
        for frame in 0..<5 {
            let tracks = tracker.update(
                detections: [Detection(box: box, score: 0.9), face(100), Detection(box: box, score: 0.2)],
                at: Double(frame) / 30)
            #expect(tracks.map(\.detectionIndex) == [1])
        }
    }

    @Test func ignoresAScoreThatIsNotANumber() {
        var tracker = ByteTracker()
        #expect(tracker.update(detections: [face(100, score: .nan)], at: 0).isEmpty)
    }

    @Test func followsTenThousandDetections() {
        var tracker = ByteTracker()
        let crowd = (0..<10_000).map { face(Float($0 % 100) * 100, Float($0 / 100) * 100) }
        for frame in 0..<3 { _ = tracker.update(detections: crowd, at: Double(frame) / 30) }
        let tracks = tracker.update(detections: crowd, at: 0.1)
        #expect(tracks.count == 10_000)
        #expect(tracks.allSatisfy { $0.state == .confirmed && $0.detectionIndex == $0.id - 1 })
    }

    @Test func endsEverythingWhenAsked() {
        var tracker = ByteTracker()
        _ = tracker.update(detections: [face(100), face(400)], at: 0)
        #expect(tracker.endAll().map(\.id) == [1, 2])
        #expect(tracker.update(detections: [face(100)], at: 0.1).map(\.id) == [3])
    }
}
