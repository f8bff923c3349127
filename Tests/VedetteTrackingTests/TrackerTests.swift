import Testing
import VedetteCore

@testable import VedetteTracking

/// What every kind of tracker promises.
@Suite struct TrackerTests {
    private func face(_ x: Float, _ y: Float = 100, size: Float = 80, score: Float = 0.9) -> Detection {
        Detection(box: Box(x: x, y: y, width: size * 0.8, height: size), score: score)
    }

    @Test(arguments: TrackerKind.allCases)
    func confirmsAtTheThirdDetectionAndReportsIt(kind: TrackerKind) {
        var tracker = kind.make()
        for frame in 0..<4 {
            let tracks = tracker.update(detections: [face(500), face(100)], at: Double(frame) / 30)
            #expect(tracks.map(\.id) == [1, 2])
            #expect(tracks.map(\.detectionIndex) == [0, 1])
            #expect(tracks.map(\.hits) == [frame + 1, frame + 1])
            #expect(tracks.allSatisfy { $0.state == (frame < 2 ? .tentative : .confirmed) })
        }
    }

    @Test(arguments: TrackerKind.allCases, [30.0, 10, 5])
    func losesKeepsAndEndsByTheClock(kind: TrackerKind, rate: Double) throws {
        var tracker = kind.make()
        for frame in 0..<4 { tracker.update(detections: [face(100)], at: Double(frame) / rate) }
        var frame = 4
        while tracker.removed.isEmpty, frame < 100 {
            let tracks = tracker.update(detections: [], at: Double(frame) / rate)
            if tracker.removed.isEmpty { #expect(tracks.map(\.state) == [.lost]) }
            frame += 1
        }
        let ended = try #require(tracker.removed.first)
        let patience = Double(frame - 1) / rate - ended.lastSeen
        #expect(ended.state == .removed && patience > 1 && patience <= 1 + 1 / rate + 1e-9)
        #expect(tracker.update(detections: [face(100)], at: Double(frame) / rate).map(\.id) == [2])
    }

    @Test(arguments: TrackerKind.allCases, [-3600.0, -0.5, 0, 60, .nan, .infinity])
    func noIdentityIsInventedOrSwappedWhenTheClockJumps(kind: TrackerKind, jump: Double) {
        var tracker = kind.make()
        var seconds = 5000.0
        for frame in 0..<60 {
            seconds += frame == 30 ? jump : 0.1
            let faces = [face(100 + Float(frame)), face(400 - Float(frame))]
            let tracks = tracker.update(detections: frame % 2 == 0 ? faces : faces.reversed(), at: seconds)
            // A minute without a frame ends everybody; they come back under new numbers, each under its own.
            let first = jump == 60 && frame >= 30 ? 3 : 1
            let left = tracks.first { $0.detectionIndex == frame % 2 }
            let right = tracks.first { $0.detectionIndex == 1 - frame % 2 }
            #expect(Set(tracks.map(\.id)) == [first, first + 1], "frame \(frame)")
            #expect(left?.id == first || jump == 60 && left?.id == 4, "frame \(frame)")
            #expect(left?.id != right?.id)
            #expect(tracks.allSatisfy { $0.lastSeen >= $0.firstSeen })
            if !seconds.isFinite { seconds = 5003 }
        }
    }

    @Test(arguments: TrackerKind.allCases)
    func aClockThatStandsStillStillEndsTracks(kind: TrackerKind) {
        var tracker = kind.make()
        for frame in 0..<5 { tracker.update(detections: [face(100)], at: Double(frame) * 0.1) }
        var updates = 0
        while !tracker.update(detections: [], at: 0.4).isEmpty, updates < 100 { updates += 1 }
        #expect((9...11).contains(updates))
    }

    @Test(arguments: TrackerKind.allCases, [UInt64(1), 2, 3])
    func walkersKeepTheirNumbersWhenTheRateChanges(kind: TrackerKind, seed: UInt64) throws {
        var scene = Walkers.crossing(seed: seed)
        // The others do not use detections of low score, so a weak one is a miss for them.
        scene.weak = 0
        var random = SeededGenerator(seed: seed &+ 50)
        var tracker = kind.make()
        var tracksOf: [Int: Set<Int>] = [:]
        var walkersOf: [Int: Set<Int>] = [:]
        var seconds = 0.0
        while seconds < 12 {
            let seen = scene.seen(at: seconds, using: &random)
            for track in tracker.update(detections: seen.map(\.detection), at: seconds) where track.state == .confirmed
            {
                let walker = seen[try #require(track.detectionIndex)].walker
                tracksOf[walker, default: []].insert(track.id)
                walkersOf[track.id, default: []].insert(walker)
            }
            seconds += [1.0 / 30, 1.0 / 15, 1.0 / 20][Int(seconds) % 3]
        }
        #expect(tracksOf.count == scene.walkers.count)
        #expect(tracksOf.values.allSatisfy { $0.count == 1 }, "\(tracksOf)")
        #expect(walkersOf.values.allSatisfy { $0.count == 1 }, "\(walkersOf)")
    }

    @Test(arguments: TrackerKind.allCases)
    func framesThatWereOnlyPredictedChangeNothing(kind: TrackerKind) {
        var scene = Walkers.crossing(seed: 5)
        scene.missed = 0.1
        var random = SeededGenerator(seed: 6)
        var plain = kind.make()
        var predicting = kind.make()
        for frame in 0..<150 {
            let seconds = Double(frame) / 10
            let faces = scene.seen(at: seconds, using: &random).map(\.detection)
            let before = predicting.tracks
            for part in 1...2 where frame > 0 {
                predicting.predict(to: seconds - 0.1 + Double(part) * 0.03)
                #expect(predicting.tracks.allSatisfy { $0.detectionIndex == nil && $0.lastDetection == nil })
                let kept = before.filter { track in predicting.tracks.contains { $0.id == track.id } }
                #expect(predicting.tracks.map(\.id) == kept.map(\.id))
                #expect(predicting.tracks.map(\.state) == kept.map(\.state))
                #expect(predicting.tracks.map(\.hits) == kept.map(\.hits))
                #expect(predicting.tracks.map(\.lastSeen) == kept.map(\.lastSeen))
            }
            plain.update(detections: faces, at: seconds)
            predicting.update(detections: faces, at: seconds)
            #expect(plain.tracks.map(\.id) == predicting.tracks.map(\.id), "frame \(frame)")
            #expect(plain.tracks.map(\.state) == predicting.tracks.map(\.state), "frame \(frame)")
            #expect(plain.tracks.map(\.detectionIndex) == predicting.tracks.map(\.detectionIndex), "frame \(frame)")
            for (one, other) in zip(plain.tracks, predicting.tracks) {
                #expect(abs(one.box.x - other.box.x) < 0.5 && abs(one.box.width - other.box.width) < 0.5)
            }
        }
    }

    @Test(arguments: TrackerKind.allCases)
    func predictedBoxesMove(kind: TrackerKind) throws {
        var tracker = kind.make()
        for frame in 0..<30 { tracker.update(detections: [face(100 + 10 * Float(frame))], at: Double(frame) / 10) }
        tracker.predict(to: 2.95)
        #expect(abs(try #require(tracker.tracks.first).box.x - 395) < 5)
        tracker.predict(to: 4.1)
        #expect(tracker.tracks.isEmpty && tracker.removed.map(\.id) == [1], "patience runs out without updates, too")
    }

    @Test(arguments: TrackerKind.allCases)
    func ignoresWhatIsNoBox(kind: TrackerKind) {
        let boxes = [
            Box(x: .nan, y: 0, width: 10, height: 10), Box(x: 0, y: .infinity, width: 10, height: 10),
            Box(x: 0, y: 0, width: 0, height: 10), Box(x: 0, y: 0, width: 10, height: -4),
            Box(x: 1e30, y: 0, width: 10, height: 10),
        ]
        var tracker = kind.make()
        for frame in 0..<5 {
            let found = boxes.map { Detection(box: $0, score: 0.9) } + [face(100), face(300, score: .nan)]
            #expect(tracker.update(detections: found, at: Double(frame) / 30).map(\.detectionIndex) == [5])
        }
        #expect(tracker.endAll().map(\.id) == [1])
        #expect(tracker.tracks.isEmpty)
        #expect(tracker.update(detections: [face(100)], at: 0.3).map(\.id) == [2])
    }

    @Test(arguments: TrackerKind.allCases)
    func followsThousands(kind: TrackerKind) {
        var tracker = kind.make()
        let crowd = (0..<3000).map { face(Float($0 % 60) * 100, Float($0 / 60) * 100) }
        for frame in 0..<4 { tracker.update(detections: crowd, at: Double(frame) / 30) }
        #expect(tracker.tracks.count == 3000)
        #expect(tracker.tracks.allSatisfy { $0.state == .confirmed && $0.detectionIndex == $0.id - 1 })
    }

    @Test func hasANameForEach() {
        #expect(TrackerKind.allCases.map(\.rawValue) == ["sort", "bytetrack", "ocsort", "deepsort"])
        #expect(TrackerKind(rawValue: "SORT") == nil)
    }
}
