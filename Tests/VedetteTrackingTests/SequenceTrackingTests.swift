import Testing
import VedetteCore

@testable import VedetteTracking

@Suite struct SequenceTrackingTests {
    private func text(_ rows: [String]) throws -> MOTText {
        try MOTChallenge.read(rows.joined(separator: "\n"), as: .detections, name: "det.txt")
    }

    private func row(_ frame: Int, x: Int = 100, score: Double = 0.9) -> String { "\(frame),-1,\(x),50,40,80,\(score)" }

    @Test(arguments: TrackerKind.allCases)
    func writesATrackFromItsFirstDetectionOnUnlessAsked(kind: TrackerKind) throws {
        let detections = try text((1...6).map { row($0) } + [row(3, x: 900)])
        var tracking = SequenceTracking(rate: 30)
        #expect(tracking.run(kind.make(), on: detections).map(\.frame) == [1, 2, 3, 4, 5, 6])
        #expect(tracking.tracks == 1 && tracking.frames == 6)
        tracking.isRetrospective = false
        #expect(tracking.run(kind.make(), on: detections).map(\.frame) == [3, 4, 5, 6])
    }

    @Test(arguments: TrackerKind.allCases)
    func aGapOfABillionFramesTakesNoTime(kind: TrackerKind) throws {
        let frames = Array(1...5) + Array(1_000_000_000...1_000_000_004)
        var tracking = SequenceTracking(rate: 30)
        let rows = tracking.run(kind.make(), on: try text(frames.map { row($0) }))
        #expect(rows.map(\.frame) == frames)
        #expect(Set(rows.prefix(5).map(\.id)).count == 1)
        #expect(rows[4].id != rows[5].id && Set(rows.suffix(5).map(\.id)).count == 1)
        #expect(tracking.frames < 50)
    }

    @Test func framesWithoutDetectionsCountAsMissed() throws {
        // 0.5 s without anybody: the track is lost and found again, and the frames between are not written.
        let frames = Array(1...5) + Array(20...25)
        var tracking = SequenceTracking(rate: 30)
        let rows = tracking.run(ByteTracker(), on: try text(frames.map { row($0) }))
        #expect(rows.map(\.frame) == frames && Set(rows.map(\.id)) == [1])
        #expect(tracking.frames == 25)
    }

    @Test func nothingGivesNothing() throws {
        var tracking = SequenceTracking(rate: 30)
        #expect(tracking.run(ByteTracker(), on: try text([])).isEmpty)
        #expect(tracking.frames == 0)
    }

    @Test func featuresAreTheFacesOfTheirRows() throws {
        // Two swap places while both are hidden; only the features tell.
        var rows: [String] = []
        for frame in 1...20 where !(8...12).contains(frame) {
            let isSwapped = frame > 12
            rows.append(row(frame, x: isSwapped ? 130 : 100) + ",-1,-1,-1,1,0,0")
            rows.append(row(frame, x: isSwapped ? 100 : 130) + ",-1,-1,-1,0,1,0")
        }
        var tracking = SequenceTracking(rate: 30)
        for kind in [TrackerKind.deepsort] {
            let tracks = tracking.run(kind.make(), on: try text(rows))
            let first = Set(tracks.filter { $0.frame < 8 ? $0.x < 115 : $0.x > 115 }.map(\.id))
            #expect(first.count == 1, "\(kind): \(first)")
            #expect(tracking.appearanceRequests > 0)
        }
        var blind = SequenceTracking(rate: 30)
        _ = blind.run(SortTracker(), on: try text(rows))
        #expect(blind.appearanceRequests == 0)
    }

    @Test func moreThanAPictureHoldsIsRefused() throws {
        let crowd = try text((0...10_000).map { row(7, x: $0) })
        let error = try #require(throws: CrowdedFrame.self) {
            try SequenceTracking(rate: 30).check(crowd, name: "det.txt")
        }
        #expect(error.message.contains("det.txt") && error.message.contains("frame 7"))
    }

    @Test func aThousandOnTheSameSpotAreRefusedAndAHundredAreNot() throws {
        let tracking = SequenceTracking(rate: 30)
        try tracking.check(try text((0..<100).map { _ in row(1) }), name: "det.txt")
        let heap = try text((0..<1100).map { _ in row(3) })
        let error = try #require(throws: CrowdedFrame.self) { try tracking.check(heap, name: "det.txt") }
        #expect(error.message.contains("frame 3") && error.message.contains("lie on each other"))
    }
}
