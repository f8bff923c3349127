import Foundation
import Testing
import VedetteCore
import VedetteGallery
import VedetteTracking

@testable import VedettePipeline

/// Faces that leave, come back, cross, and are nobody enrolled.
@Suite struct IdentityReturnTests {
    private let ada = PersonID.make()
    private let bob = PersonID.make()
    private let box = Box(x: 0, y: 0, width: 80, height: 100)
    private let directory = IdentityDirectory(threshold: People.threshold)

    private func resolver(_ change: (inout IdentityOptions) -> Void = { _ in }) -> IdentityResolver {
        var options = IdentityOptions()
        change(&options)
        return IdentityResolver(
            options: options, policy: RecognitionPolicy(threshold: People.threshold, margin: 0.05),
            directory: directory)
    }

    private func moment(_ seconds: Double) -> Date { Date(timeIntervalSince1970: 1_000_000 + seconds) }

    /// Some looks at a track, each in a frame of its own.
    private func see(
        _ resolver: inout IdentityResolver, _ track: Int, as axis: Int, looks: Int = 4, at seconds: Double,
        _ gallery: GallerySnapshot, live: [Int]? = nil, unseen: Set<Int> = [], ended: [Int] = []
    ) throws {
        let gone = People.tracks(ended).filter { ended.contains($0.id) }
        for look in 0..<looks {
            let now = seconds + Double(look) / 10
            resolver.begin(
                tracks: People.tracks(live ?? [track], unseen: unseen, at: now), ended: look == 0 ? gone : [], at: now)
            resolver.observe(track, People.look(try People.axis(axis)), box: box, at: now)
            resolver.decide(gallery, at: moment(now))
        }
    }

    @Test(arguments: [true, false])
    func aFaceThatComesBackTakesUpItsNumberNamedOrNot(isNamed: Bool) throws {
        var resolver = resolver { $0.remembersUnknown = false }
        let gallery = try People.gallery([(isNamed ? ada : bob, "Somebody", isNamed ? 0 : 9)])
        try see(&resolver, 1, as: 0, at: 0, gallery)
        let before = try #require(resolver.identity(of: 1))
        #expect((before.person != nil) == isNamed)
        resolver.begin(tracks: [], ended: People.tracks([1]), at: 2)
        // One look suffices, since what was known is not forgotten.
        try see(&resolver, 2, as: 0, looks: 1, at: 60, gallery)
        let after = try #require(resolver.identity(of: 2))
        #expect(after.face == before.face)
        #expect(after.person == before.person && after.name == before.name)
        #expect(after.sighting != before.sighting, "a minute later it is another row of the log")
        // Somebody else is somebody else.
        try see(&resolver, 3, as: 5, looks: 2, at: 61, gallery, live: [2, 3])
        #expect(resolver.identity(of: 3)?.face != before.face)
    }

    @Test func aShortAbsenceIsTheSameSighting() throws {
        var resolver = resolver()
        let gallery = try People.gallery([(ada, "Ada", 0)])
        try see(&resolver, 1, as: 0, at: 0, gallery)
        let before = try #require(resolver.identity(of: 1))
        resolver.begin(tracks: [], ended: People.tracks([1]), at: 2)
        try see(&resolver, 2, as: 0, looks: 1, at: 4, gallery)
        #expect(resolver.identity(of: 2)?.sighting == before.sighting)
        #expect(resolver.identity(of: 2)?.since == before.since)
    }

    @Test func whoStaysAwayTooLongIsNewAgain() throws {
        var resolver = resolver { $0.returnSeconds = 30 }
        let gallery = try People.gallery([(bob, "Bob", 9)])
        try see(&resolver, 1, as: 0, looks: 1, at: 0, gallery)
        resolver.begin(tracks: [], ended: People.tracks([1]), at: 2)
        try see(&resolver, 2, as: 0, looks: 1, at: 40, gallery)
        #expect(resolver.identity(of: 2)?.face == 2)
    }

    @Test func aFaceGoesOnUnderAnotherTrackWhileItsOldOneIsStillLookedFor() throws {
        var resolver = resolver()
        let gallery = try People.gallery([(ada, "Ada", 0)])
        try see(&resolver, 1, as: 0, at: 0, gallery)
        let before = try #require(resolver.identity(of: 1))
        try see(&resolver, 2, as: 0, looks: 1, at: 1, gallery, live: [1, 2], unseen: [1])
        #expect(resolver.identity(of: 2)?.sighting == before.sighting)
        #expect(resolver.identity(of: 2)?.person == ada)
        #expect(resolver.identity(of: 1) == nil, "nobody is twice in one picture")
    }

    @Test func anotherFaceUnderATrackIsNoticedAndTheFirstIsFoundAgain() throws {
        var resolver = resolver()
        let gallery = try People.gallery([(ada, "Ada", 0), (bob, "Bob", 1)])
        try see(&resolver, 1, as: 0, looks: 6, at: 0, gallery)
        let first = try #require(resolver.identity(of: 1))
        // Found again after a moment out of view: a doubt.
        resolver.begin(tracks: People.tracks([1, 2], unseen: [1]), ended: [], at: 1)
        var parted: [TrackIdentity] = []
        for look in 0..<4 {
            let now = 1.1 + Double(look) / 10
            resolver.begin(tracks: People.tracks([1]), ended: [], at: now)
            #expect(resolver.due([(1, 0.8)], at: now) == [1] || look >= 2, "in doubt it is looked at at once")
            resolver.observe(1, People.look(try People.axis(1)), box: box, at: now)
            resolver.decide(gallery, at: moment(now))
            parted += resolver.parted
        }
        #expect(parted.map(\.sighting) == [first.sighting] && parted.first?.person == ada)
        let second = try #require(resolver.identity(of: 1))
        #expect(second.person == bob && second.sighting != first.sighting && second.face != first.face)
        #expect(second.since >= 1.1 && second.since < 1.2, "it began with the first look that showed Bob")
        // Ada appears elsewhere, and is known at the first look.
        try see(&resolver, 3, as: 0, looks: 1, at: 2, gallery, live: [1, 3])
        #expect(resolver.identity(of: 3)?.person == ada && resolver.identity(of: 3)?.face == first.face)
    }

    @Test func anUnknownFaceSeenWellBecomesSomebodyAndIsKnownAtAnotherCamera() throws {
        var door = resolver()
        var hall = resolver()
        let gallery = try People.gallery([(ada, "Ada", 0)])
        try see(&door, 1, as: 7, looks: 6, at: 0, gallery)
        let stranger = try #require(door.identity(of: 1))
        #expect(stranger.isAnonymous && stranger.name == "Unknown 1")
        try see(&hall, 1, as: 7, looks: 6, at: 30, gallery)
        #expect(hall.identity(of: 1)?.person == stranger.person)
        try see(&hall, 2, as: 8, looks: 6, at: 32, gallery, live: [1, 2])
        #expect(hall.identity(of: 2)?.name == "Unknown 2")
        #expect(directory.anonymousCount == 2)
    }

    @Test func aPoorFaceBecomesNobody() throws {
        var resolver = resolver()
        let gallery = try People.gallery([(ada, "Ada", 0)])
        for look in 0..<10 {
            resolver.begin(tracks: People.tracks([1]), ended: [], at: Double(look))
            resolver.observe(1, People.look(try People.axis(7), quality: 0.2), box: box, at: Double(look))
            resolver.decide(gallery, at: moment(Double(look)))
        }
        #expect(resolver.identity(of: 1)?.person == nil && directory.anonymousCount == 0)
    }

    @Test func betterEvidenceCorrectsAndSaysSo() throws {
        var resolver = resolver()
        try see(&resolver, 1, as: 7, looks: 6, at: 0, try People.gallery([(ada, "Ada", 0)]))
        let unknown = try #require(resolver.identity(of: 1)?.person)
        // Somebody enrols the face: the appearance was hers all along, and nobody unknown is left.
        resolver.decide(try People.gallery(version: 2, [(ada, "Ada", 0), (bob, "Bob", 7)]), at: moment(1))
        let identity = try #require(resolver.identity(of: 1))
        #expect(identity.person == bob && !identity.isAnonymous && identity.person != unknown)
        #expect(directory.anonymousCount == 0)
    }

    @Test func twoFacesInOnePictureAreNeverOneUnknownPerson() throws {
        var resolver = resolver()
        let gallery = try People.gallery([(ada, "Ada", 0)])
        for look in 0..<12 {
            let now = Double(look) / 10
            resolver.begin(tracks: People.tracks([1, 2]), ended: [], at: now)
            for track in [1, 2] {
                resolver.observe(track, People.look(try People.axis(7, mixed: 7 + track, 0.3)), box: box, at: now)
            }
            resolver.decide(gallery, at: moment(now))
        }
        let people = [1, 2].compactMap { resolver.identity(of: $0)?.person }
        #expect(people.count == 2 && people[0] != people[1])
    }

    @Test(arguments: [-50.0, 3600.0])
    func aClockThatJumpsInventsAndSwapsNobody(jump: Double) throws {
        var resolver = resolver()
        let gallery = try People.gallery([(ada, "Ada", 0), (bob, "Bob", 1)])
        try see(&resolver, 1, as: 0, at: 100, gallery, live: [1, 2])
        try see(&resolver, 2, as: 1, at: 101, gallery, live: [1, 2])
        resolver.begin(tracks: People.tracks([1, 2]), ended: [], at: 102 + jump)
        resolver.decide(gallery, at: moment(102 + jump))
        #expect(resolver.identity(of: 1)?.person == ada && resolver.identity(of: 2)?.person == bob)
        #expect((resolver.identity(of: 1)?.since ?? .infinity) <= 102 + jump, "nobody came in the future")
        // Whoever was lost before the jump may come back after it.
        resolver.begin(tracks: People.tracks([2]), ended: People.tracks([1]), at: 102.1 + jump)
        try see(&resolver, 3, as: 0, looks: 2, at: 103 + jump, gallery, live: [2, 3])
        #expect(resolver.identity(of: 3)?.person == ada)
    }

    @Test func anExplanationSaysWhatWasSeenAndAskedFor() throws {
        var resolver = resolver { $0.remembersUnknown = false }
        let gallery = try People.gallery([(ada, "Ada", 0), (bob, "Bob", 1)])
        try see(&resolver, 1, as: 0, looks: 3, at: 0, gallery)
        let evidence = try #require(resolver.tracks[1])
        let told = evidence.explanation(
            gallery, directory, camera: CameraID("door")!, isLive: true, firstSeen: moment(0), lastSeen: moment(1),
            marginNeeded: 0.05)
        #expect(told.verdict == .recognised && told.person == ada && told.looks == 3 && told.looksNeeded == 2)
        #expect(told.candidates.map(\.name) == ["Ada", "Bob"] && (told.margin ?? 0) > 0.9)
        #expect(told.reason.contains("Ada") && told.framesSeen == 3)
        try see(&resolver, 2, as: 5, looks: 3, at: 1, gallery, live: [1, 2])
        let other = try #require(resolver.tracks[2])
        let why = other.explanation(
            gallery, directory, camera: CameraID("door")!, isLive: true, firstSeen: moment(0), lastSeen: moment(1),
            marginNeeded: 0.05)
        #expect(why.verdict == .tooUnlike && why.person == nil)
    }
}
