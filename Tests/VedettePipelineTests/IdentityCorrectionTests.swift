import Foundation
import Testing
import VedetteCore
import VedetteGallery
import VedetteTracking

@testable import VedettePipeline

/// What operators change while faces are in view.
@Suite struct IdentityCorrectionTests {
    private let box = Box(x: 0, y: 0, width: 80, height: 100)
    private let directory = IdentityDirectory(threshold: People.threshold)

    private func resolver(_ change: (inout IdentityOptions) -> Void = { _ in }) -> IdentityResolver {
        var options = IdentityOptions()
        change(&options)
        return IdentityResolver(
            options: options, policy: RecognitionPolicy(threshold: People.threshold, margin: 0.05),
            directory: directory)
    }

    private let moment = Date(timeIntervalSince1970: 1_000_000)

    private func see(
        _ resolver: inout IdentityResolver, _ track: Int, as axis: Int, looks: Int = 6, at seconds: Double = 0,
        _ gallery: GallerySnapshot, live: [Int]? = nil
    ) throws {
        for look in 0..<looks {
            let now = seconds + Double(look) / 10
            resolver.begin(tracks: People.tracks(live ?? [track], at: now), ended: [], at: now)
            resolver.observe(track, People.look(try People.axis(axis)), box: box, at: now)
            resolver.decide(gallery, at: moment.addingTimeInterval(now))
        }
    }

    private func entry(
        _ person: PersonID, _ name: String, _ axis: Int, _ sample: SightingID
    ) throws
        -> GalleryContents.Entry
    {
        .init(
            person: person, name: name, embedding: try People.axis(axis), isAnonymous: true,
            sample: try #require(SampleID(sample.rawValue)))
    }

    @Test func whoIsMergedIntoAnUnknownPersonIsFoundThereAndNobodyNewIsMade() throws {
        let gallery = try People.gallery([(.make(), "Ada", 0)])
        var door = resolver()
        var hall = resolver()
        try see(&door, 1, as: 7, gallery)
        try see(&hall, 1, as: 8, gallery)
        let (first, second) = (try #require(door.identity(of: 1)), try #require(hall.identity(of: 1)))
        let (kept, gone) = (try #require(first.person), try #require(second.person))
        #expect(kept != gone)
        // The store moved the sample; memory hears of it, and then that the other is gone.
        directory.reload(
            GalleryContents(
                version: 2,
                entries: [
                    try entry(kept, "Unknown 1", 7, first.sighting), try entry(kept, "Unknown 1", 8, second.sighting),
                ]))
        directory.forget(gone)
        try see(&hall, 1, as: 8, at: 2, gallery)
        #expect(hall.identity(of: 1)?.person == kept)
        #expect(directory.anonymousCount == 1)
    }

    @Test func aFaceThatIsNotAnUnknownPersonsIsNotTakenForThemAgain() throws {
        let gallery = try People.gallery([(.make(), "Ada", 0)])
        var resolver = resolver()
        try see(&resolver, 1, as: 7, gallery)
        let identity = try #require(resolver.identity(of: 1))
        let person = try #require(identity.person)
        let rejection = Rejection(
            id: .make(), person: person, embedding: try People.axis(8, mixed: 7, 0.45), model: "m", sighting: nil,
            createdAt: moment)
        let entries = [try entry(person, "Unknown 1", 7, identity.sighting)]
        directory.reload(GalleryContents(version: 2, entries: entries, rejections: [rejection]))
        let other = try People.axis(8, mixed: 7, 0.44)
        #expect(directory.similarity(of: other, to: person) == nil)
        #expect(directory.similarity(of: try People.axis(7), to: person) == 1, "their own face is theirs")
        // Taken back.
        directory.reload(GalleryContents(version: 3, entries: entries))
        #expect(directory.similarity(of: other, to: person) != nil)
    }

    @Test func whoIsErasedInViewTakesNewLooksToBeAnybody() throws {
        let gallery = try People.gallery([(.make(), "Ada", 0)])
        var resolver = resolver()
        try see(&resolver, 1, as: 7, gallery)
        let person = try #require(resolver.identity(of: 1)?.person)
        directory.forget(person)
        resolver.begin(tracks: People.tracks([1]), ended: [], at: 3)
        resolver.decide(gallery, at: moment)
        #expect(resolver.identity(of: 1)?.person == nil && resolver.identity(of: 1)?.best == nil)
        #expect(directory.anonymousCount == 0, "nobody is made of what was seen before")
    }

    @Test func aTrackOutOfViewKeepsTheNameItHadWhenAnotherTakesIt() throws {
        let ada = PersonID.make()
        let gallery = try People.gallery([(ada, "Ada", 0)])
        var resolver = resolver()
        try see(&resolver, 1, as: 0, gallery)
        let first = try #require(resolver.identity(of: 1))
        // A second later another track is Ada, too unlike the first to be taken for the same face: in profile.
        for look in 0..<4 {
            let now = 1.5 + Double(look) / 10
            resolver.begin(tracks: People.tracks([1, 2], unseen: [1], at: now), ended: [], at: now)
            resolver.observe(2, People.look(try People.axis(0, mixed: 9, 0.5)), box: box, at: now)
            resolver.decide(gallery, at: moment.addingTimeInterval(now))
        }
        #expect(resolver.identity(of: 2)?.person == ada)
        // What was the first track's is not taken from it: it goes on in the second, or is over as it was.
        #expect(resolver.identity(of: 1) == nil || resolver.identity(of: 1)?.person == ada)
        #expect(resolver.identity(of: 2)?.face == first.face)
    }

    @Test func howBothCandidatesLookedLatelyDecidesBetweenLookAlikes() throws {
        let (alice, bob) = (PersonID.make(), PersonID.make())
        let gallery = try People.gallery([(alice, "Alice", 0), (bob, "Bob", 1)])
        // By the photos a little more like Alice; by how they looked a minute ago, clearly Bob.
        var values = [Float](repeating: 0, count: 32)
        (values[0], values[1], values[2]) = (0.56, 0.55, 0.62)
        let face = try #require(Embedding(normalizing: values))
        var bobLately = values
        bobLately[0] = 0.3
        directory.remember(
            try #require(Embedding(normalizing: bobLately)), quality: 0.9, of: bob, sighting: .make(), at: moment)
        var resolver = resolver()
        for look in 0..<4 {
            let now = Double(look) / 10
            resolver.begin(tracks: People.tracks([1]), ended: [], at: now)
            resolver.observe(1, People.look(face), box: box, at: now)
            resolver.decide(gallery, at: moment.addingTimeInterval(now))
        }
        #expect(resolver.identity(of: 1)?.person == bob)
    }

    @Test func whoNeverHadTheNameDoesNotAskForLooksForEver() throws {
        let gallery = try People.gallery([(.make(), "Ada", 0)])
        var resolver = resolver { $0.remembersUnknown = false }
        var looks = 0
        for frame in 0..<100 {
            let now = Double(frame) / 10
            resolver.begin(tracks: People.tracks([1, 2]), ended: [], at: now)
            for track in resolver.due([(1, 0.8), (2, 0.8)], at: now) {
                resolver.observe(track, People.look(try People.axis(0)), box: box, at: now)
                if track == 2 { looks += 1 }
            }
            resolver.decide(gallery, at: moment.addingTimeInterval(now))
        }
        #expect(resolver.identity(of: 1)?.name == "Ada" && resolver.identity(of: 2)?.person == nil)
        #expect(looks < 25, "a twin in view costs \(looks) looks in 10 s")
    }
}
