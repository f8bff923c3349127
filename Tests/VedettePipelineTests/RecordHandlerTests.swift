import Foundation
import Synchronization
import Testing
import VedetteCore

@testable import VedettePipeline
@testable import VedetteTracking

/// Cuts pictures whose one byte is the left edge of the face.
private struct CuttingCodec: PictureCodec {
    var fails = false

    func decode(_ bytes: [UInt8]) throws -> Frame { throw EnrolmentRefusal.noFace }
    func jpeg(of frame: Frame, faces: [OverlayFace], maximumWidth: Int?, quality: Int) throws -> [UInt8] { [] }

    func jpeg(cropping box: Box, of frame: Frame, maximumSide: Int, quality: Int) throws -> [UInt8] {
        if fails { throw EnrolmentRefusal.noFace }
        return [UInt8(clamping: Int(box.center.x))]
    }
}

private final class RecordingSink: SightingSink {
    private let taken = Mutex<[SightingRecord]>([])

    var records: [SightingRecord] { taken.withLock { $0 } }
    func submit(_ record: SightingRecord) { taken.withLock { $0.append(record) } }
}

/// The log of appearances: what is written when, and what the event stream is told.
@Suite struct RecordHandlerTests {
    private let camera: CameraID
    private let ada = PersonID.make()
    private let bob = PersonID.make()
    private let sink = RecordingSink()
    private let events = EventHub()
    private let handler: RecordHandler

    init() throws {
        camera = try #require(CameraID("door"))
        handler = RecordHandler(sink: sink, codec: CuttingCodec(), model: "scripted", events: events)
    }

    private func identity(
        _ track: Int = 1, since: Double = 0, _ person: PersonID? = nil, similarity: Float = 0.7
    ) -> TrackIdentity {
        var identity = TrackIdentity(track: track, face: track, sighting: .make(), since: since)
        if let person { identity.become(person, name: name(person), similarity: similarity) }
        return identity
    }

    private func name(_ person: PersonID) -> String { person == ada ? "Ada" : "Bob" }

    private func see(_ identity: inout TrackIdentity, quality: Float = 0.8, generation: Int = 0) throws {
        identity.best = TrackIdentity.BestFace(
            embedding: try People.axis(0), quality: FaceQuality(overall: quality, size: 1, sharpness: 1, frontality: 1),
            box: Faces.detection(x: 100 * Float(identity.track)).box, generation: generation)
    }

    /// One frame with the tracks of these identities.
    ///
    /// - Parameters:
    ///   - unseen: tracks that are not detected in it.
    ///   - ended: identities of tracks that are over.
    private func show(
        _ identities: [TrackIdentity], at seconds: Double, isDetected: Bool = true, unseen: Set<Int> = [],
        ended: [TrackIdentity] = [], parted: [TrackIdentity] = []
    ) throws {
        var context = FrameContext(camera: camera, frame: Faces.frame(at: seconds))
        context.isDetected = isDetected
        for identity in identities {
            let face = Faces.detection(x: 100 * Float(identity.track))
            let isSeen = isDetected && !unseen.contains(identity.track)
            context.tracks.append(
                Track(
                    id: identity.track, state: unseen.contains(identity.track) ? .lost : .confirmed, box: face.box,
                    lastDetection: isSeen ? face : nil, detectionIndex: isSeen ? context.detections.count : nil,
                    score: 0.9, firstSeen: identity.since, lastSeen: seconds, hits: 9, velocity: .zero))
            if isSeen { context.detections.append(face) }
            context.identities[identity.track] = identity
        }
        // As the recogniser leaves it: the last words of the ended besides.
        for identity in ended { context.identities[identity.track] = identity }
        context.parted = parted
        try handler.handle(&context)
    }

    private func records(of sighting: SightingID) -> [SightingRecord] {
        sink.records.filter { $0.sighting.id == sighting }
    }

    /// Everything that was published, in order. Closes the hub.
    private func published() async -> [(phase: LiveEvent.Phase, sighting: Sighting, name: String?, at: Date)] {
        let stream = events.events(after: 0)
        events.close()
        var told: [(LiveEvent.Phase, Sighting, String?, Date)] = []
        for await event in stream {
            if case .sighting(let phase, let sighting, let name, _) = event.kind {
                told.append((phase, sighting, name, event.at))
            }
        }
        return told
    }

    // MARK: One appearance

    @Test func anAppearanceIsOpenedUpdatedAndClosed() async throws {
        var identity = identity(since: 10)
        try show([identity], at: 10)
        #expect(sink.records.isEmpty, "a glimpse without a usable face is not logged yet")
        try see(&identity)
        identity.become(ada, name: "Ada", similarity: 0.7)
        for step in 1...20 { try show([identity], at: 10 + Double(step) / 10) }
        let open = try #require(sink.records.first)
        #expect(open.sighting.firstSeen == Faces.moment(10), "it began before its face was good enough")
        #expect(open.sighting.person == ada && open.sighting.similarity == 0.7 && open.sighting.quality == 0.8)
        #expect(open.face?.jpeg == [140] && open.face?.model == "scripted")
        #expect((3...5).contains(sink.records.count), "twice a second, not every frame: \(sink.records.count)")
        #expect(sink.records.allSatisfy { !$0.sighting.ended })
        #expect(sink.records.dropFirst().allSatisfy { $0.face == nil }, "the picture is not sent again")
        try show([], at: 12.1, ended: [identity])
        let last = try #require(sink.records.last)
        #expect(last.sighting.ended && last.sighting.person == ada)
        #expect(last.sighting.lastSeen == Faces.moment(12), "nobody saw it in the frame in which it ended")
        #expect(Set(sink.records.map(\.sighting.id)) == [identity.sighting])
        let told = await published()
        #expect(told.map(\.phase) == [.opened, .identified, .closed])
        #expect(told.map(\.name) == ["Ada", "Ada", "Ada"])
        #expect(told.first?.at == Faces.moment(10.1))
    }

    /// Seconds for which a track without a usable face is followed, and whether that is logged.
    @Test(arguments: [(0.9, false), (1.0, true), (3.0, true)])
    func withoutAUsableFaceOnlyLongAppearancesAreLogged(seconds: Double, isLogged: Bool) throws {
        let identity = identity()
        for step in 0...Int(seconds * 10) { try show([identity], at: Double(step) / 10) }
        try show([], at: seconds + 0.1, ended: [identity])
        #expect(sink.records.isEmpty != isLogged)
        #expect(sink.records.last.map(\.sighting.ended) ?? isLogged == isLogged)
    }

    @Test func aBetterFaceReplacesThePictureAndAWorseOneDoesNot() throws {
        var identity = identity()
        var sent: [Bool] = []
        // The last is worse, but what was best before was another face's.
        for (step, look) in [(0.5, 0), (0.4, 0), (0.7, 0), (0.3, 1)].enumerated() {
            try see(&identity, quality: Float(look.0), generation: look.1)
            let before = sink.records.count
            try show([identity], at: Double(step) * 0.1)
            sent.append(sink.records.dropFirst(before).contains { $0.face != nil })
        }
        #expect(sent == [true, false, true, true])
        let best = try #require(sink.records.last)
        #expect(best.sighting.quality == 0.7, "the best that was seen of this appearance stays its quality")
    }

    @Test func aPictureThatCannotBeCutCostsNoRow() throws {
        let handler = RecordHandler(sink: sink, codec: CuttingCodec(fails: true), model: "scripted", events: events)
        var identity = identity()
        try see(&identity)
        var context = FrameContext(camera: camera, frame: Faces.frame(at: 0))
        let face = Faces.detection(x: 100)
        context.detections = [face]
        context.tracks = [
            Track(
                id: 1, state: .confirmed, box: face.box, lastDetection: face, detectionIndex: 0, score: 0.9,
                firstSeen: 0, lastSeen: 0, hits: 9, velocity: .zero)
        ]
        context.identities = [1: identity]
        try handler.handle(&context)
        #expect(sink.records.map(\.sighting.id) == [identity.sighting])
        #expect(sink.records.allSatisfy { $0.face == nil })
    }

    @Test func whatIsStillOpenAtTheEndIsClosed() async throws {
        var identity = identity(1, ada)
        try see(&identity)
        try show([identity], at: 1)
        handler.finish()
        handler.finish()
        #expect(sink.records.map(\.sighting.ended) == [false, true])
        #expect(sink.records.last?.sighting.lastSeen == Faces.moment(1))
        #expect(await published().map(\.phase) == [.opened, .identified, .closed])
    }

    // MARK: Absence

    @Test func aShortAbsenceReopensTheSameRow() async throws {
        var first = identity(1, since: 0, ada)
        try see(&first)
        for step in 0...10 { try show([first], at: Double(step) / 10) }
        try show([], at: 2, ended: [first])
        #expect(sink.records.last?.sighting.ended == true)
        // The resolver gives the new track the appearance of the old one.
        var again = TrackIdentity(track: 2, face: first.face, sighting: first.sighting, since: first.since)
        again.become(ada, name: "Ada", similarity: 0.6)
        again.best = first.best
        let before = sink.records.count
        for step in 0...10 { try show([again], at: 6 + Double(step) / 10) }
        let reopened = try #require(sink.records.dropFirst(before).first)
        #expect(reopened.sighting.id == first.sighting && !reopened.sighting.ended)
        #expect(reopened.sighting.firstSeen == Faces.moment(0) && reopened.sighting.lastSeen == Faces.moment(6))
        #expect(reopened.sighting.track == first.face, "the number of the face, not of the tracker")
        #expect(reopened.sighting.similarity == 0.7, "the best that was had of the person stays")
        #expect(reopened.sighting.revision == nil)
        try show([], at: 7.5, ended: [again])
        #expect(sink.records.last?.sighting.ended == true && sink.records.last?.sighting.lastSeen == Faces.moment(7))
        #expect(Set(sink.records.map(\.sighting.id)).count == 1)
        #expect(await published().map(\.phase) == [.opened, .identified, .closed, .closed])
    }

    /// Frames that no detector looked at, and frames in which the face was looked for and not found.
    @Test(arguments: [false, true])
    func aPredictedBoxIsNeverWrittenAsSeen(isDetected: Bool) throws {
        var identity = identity(1, ada)
        try see(&identity)
        for step in 0...10 { try show([identity], at: Double(step) / 10) }
        let before = sink.records.count
        for step in 1...20 {
            try show([identity], at: 1 + Double(step) / 10, isDetected: isDetected, unseen: isDetected ? [1] : [])
        }
        #expect(sink.records.dropFirst(before).isEmpty, "nothing was seen, nothing is written")
        #expect(sink.records.allSatisfy { !$0.sighting.ended }, "it is still followed")
        try show([], at: 3.1, ended: [identity])
        #expect(sink.records.last?.sighting.lastSeen == Faces.moment(1))
    }

    @Test func aTrackThatWasOnlyEverPredictedIsNoAppearance() throws {
        var identity = identity(1, ada)
        try see(&identity)
        for step in 0...30 { try show([identity], at: Double(step) / 10, isDetected: false) }
        handler.finish()
        #expect(sink.records.isEmpty)
    }

    @Test func anAppearanceThatGoesOnUnderAnotherTrackIsNotInterrupted() async throws {
        var first = identity(1, since: 0, ada)
        try see(&first)
        try show([first], at: 0)
        var second = TrackIdentity(track: 2, face: first.face, sighting: first.sighting, since: first.since)
        second.become(ada, name: "Ada", similarity: 0.7)
        // The old track is gone in the same frame, and its last words are of the same appearance.
        try show([second], at: 1, ended: [first])
        #expect(sink.records.allSatisfy { !$0.sighting.ended && $0.sighting.id == first.sighting })
        #expect(sink.records.last?.sighting.lastSeen == Faces.moment(1))
        #expect(await published().map(\.phase) == [.opened, .identified])
    }

    // MARK: Who it is

    @Test func aTrackThatPartsEndsTheOldRowWithItsOwnPersonAndOpensANewOne() async throws {
        var old = identity(1, since: 0, ada)
        try see(&old)
        for step in 0...10 { try show([old], at: Double(step) / 10) }
        var new = identity(1, since: 1.1, bob)
        new.face = 2
        try see(&new, generation: 1)
        try show([new], at: 1.3, parted: [old])
        let ended = try #require(records(of: old.sighting).last)
        #expect(ended.sighting.ended && ended.sighting.person == ada && ended.sighting.revision == nil)
        #expect(ended.sighting.lastSeen == Faces.moment(1))
        let opened = try #require(records(of: new.sighting).first)
        #expect(!opened.sighting.ended && opened.sighting.person == bob && opened.sighting.track == 2)
        #expect(abs(opened.sighting.firstSeen.timeIntervalSince(Faces.moment(1.1))) < 0.001)
        #expect(opened.sighting.revision == nil, "Bob's row never named anybody else")
        #expect(opened.face != nil)
        let told = await published()
        #expect(told.map(\.phase) == [.opened, .identified, .closed, .opened, .identified])
        #expect(told.map(\.sighting.person) == [ada, ada, ada, bob, bob])
    }

    @Test func aFirstNameIsNoCorrection() async throws {
        var identity = identity()
        try see(&identity)
        try show([identity], at: 0)
        identity.become(ada, name: "Ada", similarity: 0.6)
        try show([identity], at: 0.1)
        let named = try #require(sink.records.last)
        #expect(named.sighting.person == ada, "a name is written at once")
        #expect(named.sighting.revision == nil)
        identity.become(ada, name: "Ada", similarity: 0.5)
        try show([identity], at: 1)
        #expect(sink.records.last?.sighting.similarity == 0.6)
        try show([], at: 1.1, ended: [identity])
        let told = await published()
        #expect(told.map(\.phase) == [.opened, .identified, .closed])
        #expect(told.map(\.name) == [nil, "Ada", "Ada"])
    }

    /// Whom the appearance was said to be first and last: by name, unknown, or nobody.
    @Test(arguments: [("Ada", "Bob"), ("Unknown", "Ada"), ("Ada", "Unknown"), ("Ada", nil)] as [(String, String?)])
    func aCorrectionKeepsWhomItWasBefore(first: String, last: String?) async throws {
        let unknown = AnonymousPerson(id: .make(), number: 3, createdAt: Faces.moment(0))
        func become(_ who: String?, _ identity: inout TrackIdentity) {
            switch who {
            case "Unknown": identity.become(unknown.id, name: unknown.name, similarity: 0.5, anonymous: unknown)
            case let name?: identity.become(name == "Ada" ? ada : bob, name: name, similarity: 0.5)
            case nil: identity.clear()
            }
        }
        var identity = identity()
        become(first, &identity)
        let before = try #require(identity.person)
        try see(&identity)
        try show([identity], at: 0)
        become(last, &identity)
        try show([identity], at: 0.1)
        let corrected = try #require(sink.records.last)
        #expect(corrected.sighting.person == identity.person && corrected.sighting.person != before)
        #expect(corrected.sighting.revision == Sighting.Revision(previous: before, at: Faces.moment(0.1)))
        #expect(corrected.sighting.similarity == identity.similarity, "not that of somebody else")
        #expect(corrected.anonymous == identity.anonymous)
        // It stays a corrected row, and is not corrected again.
        try show([identity], at: 1)
        try show([], at: 1.1, ended: [identity])
        #expect(sink.records.last?.sighting.revision == corrected.sighting.revision)
        let told = await published()
        #expect(told.map(\.phase) == [.opened, .identified, .corrected, .closed])
        #expect(told.dropFirst(2).allSatisfy { $0.sighting.revision?.previous == before })
    }

    @Test func aNameThatComesWithTheLastFrameIsWritten() throws {
        var identity = identity()
        try see(&identity)
        try show([identity], at: 0)
        identity.become(ada, name: "Ada", similarity: 0.6)
        try show([], at: 0.5, ended: [identity])
        #expect(sink.records.last?.sighting.person == ada && sink.records.last?.sighting.ended == true)
    }

    @Test func anAnonymousPersonTravelsWithEveryRecordUntilTheyHaveAName() throws {
        let unknown = AnonymousPerson(id: .make(), number: 7, createdAt: Faces.moment(0))
        var identity = identity()
        identity.become(unknown.id, name: unknown.name, similarity: 1, anonymous: unknown)
        try see(&identity)
        for step in 0...10 { try show([identity], at: Double(step) / 10) }
        // Somebody names them: the same person.
        identity.become(unknown.id, name: "Ada", similarity: 0.8)
        try show([identity], at: 2)
        try show([], at: 2.1, ended: [identity])
        let named = sink.records.filter { $0.anonymous == nil }
        #expect(sink.records.filter { $0.anonymous == unknown }.count >= 2)
        #expect(named.count == 2 && named.allSatisfy { $0.sighting.lastSeen == Faces.moment(2) })
        #expect(sink.records.allSatisfy { $0.sighting.person == unknown.id && $0.sighting.revision == nil })
    }
}
