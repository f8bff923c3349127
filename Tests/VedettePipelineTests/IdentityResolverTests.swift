import Foundation
import Testing
import VedetteCore
import VedetteGallery
import VedetteTracking

@testable import VedettePipeline

/// Who is who, from made-up embeddings: people are axes of a 32-dimensional space, and a look at one is the axis with noise.
@Suite struct IdentityResolverTests {
    private let ada = PersonID.make()
    private let bob = PersonID.make()

    private let moment = Date(timeIntervalSince1970: 1_000_000)

    private func axis(_ index: Int, mixed other: Int? = nil, _ share: Float = 0) throws -> Embedding {
        try People.axis(index, mixed: other, share)
    }

    private func gallery(version: Int64 = 1, _ people: [(PersonID, String, Int)]) throws -> GallerySnapshot {
        try People.gallery(version: version, people)
    }

    private func tracks(_ ids: [Int]) -> [Track] { People.tracks(ids) }

    private func look(_ embedding: Embedding, quality: Float = 0.8) -> EmbeddedFace {
        People.look(embedding, quality: quality)
    }

    /// One that makes no anonymous people, unless it is asked to.
    private func resolver(_ change: (inout IdentityOptions) -> Void = { _ in }) -> IdentityResolver {
        var options = IdentityOptions()
        options.remembersUnknown = false
        change(&options)
        return IdentityResolver(
            options: options, policy: RecognitionPolicy(threshold: People.threshold, margin: 0.05),
            directory: IdentityDirectory(threshold: People.threshold))
    }

    private let large = Box(x: 0, y: 0, width: 80, height: 100)
    private let small = Box(x: 0, y: 0, width: 24, height: 30)

    @Test func namesALargeFaceAfterTwoLooksAndASmallOneAfterFour() throws {
        for (box, needed) in [(large, 2), (Box(x: 0, y: 0, width: 40, height: 50), 3), (small, 4)] {
            var resolver = resolver { $0.singleLookHeadroom = 10 }
            let gallery = try gallery([(ada, "Ada", 0)])
            resolver.begin(tracks: tracks([1]), ended: [], at: 0)
            for count in 1...needed {
                resolver.observe(1, look(try axis(0)), box: box, at: Double(count))
                resolver.decide(gallery, at: moment)
                #expect((resolver.identity(of: 1)?.person == ada) == (count == needed), "look \(count) of \(needed)")
            }
            #expect(resolver.identity(of: 1)?.name == "Ada")
        }
    }

    @Test func aStrangerStaysUnnamed() throws {
        var resolver = resolver()
        let gallery = try gallery([(ada, "Ada", 0), (bob, "Bob", 1)])
        resolver.begin(tracks: tracks([1]), ended: [], at: 0)
        for count in 1...20 {
            resolver.observe(1, look(try axis(7, mixed: 0, 0.25)), box: large, at: Double(count))
            resolver.decide(gallery, at: moment)
        }
        #expect(resolver.identity(of: 1)?.person == nil)
    }

    @Test func twoPeopleWhoAreEquallyNearGiveNoName() throws {
        var resolver = resolver()
        let gallery = try gallery([(ada, "Ada", 0), (bob, "Bob", 1)])
        resolver.begin(tracks: tracks([1]), ended: [], at: 0)
        for count in 1...5 {
            resolver.observe(1, look(try axis(0, mixed: 1, 0.49)), box: large, at: Double(count))
            resolver.decide(gallery, at: moment)
        }
        #expect(resolver.identity(of: 1)?.person == nil)
    }

    @Test func enrolmentNamesALiveTrackWithoutANewLook() throws {
        var resolver = resolver()
        resolver.begin(tracks: tracks([1]), ended: [], at: 0)
        for count in 1...4 { resolver.observe(1, look(try axis(0)), box: large, at: Double(count)) }
        resolver.decide(try gallery([(bob, "Bob", 1)]), at: moment)
        #expect(resolver.identity(of: 1)?.person == nil)
        let judged = resolver.decide(try gallery(version: 2, [(bob, "Bob", 1), (ada, "Ada", 0)]), at: moment)
        #expect(judged == [1])
        #expect(resolver.identity(of: 1)?.name == "Ada")
        resolver.decide(try gallery(version: 3, [(bob, "Bob", 1), (ada, "Augusta Ada", 0)]), at: moment)
        #expect(resolver.identity(of: 1)?.name == "Augusta Ada")
        resolver.decide(try gallery(version: 4, [(bob, "Bob", 1)]), at: moment)
        #expect(resolver.identity(of: 1)?.person == nil, "erased people lose their name at once")
    }

    @Test func oneNameLivesOnOneTrackAndTheStrongerClaimKeepsIt() throws {
        var resolver = resolver()
        let gallery = try gallery([(ada, "Ada", 0)])
        resolver.begin(tracks: tracks([1, 2]), ended: [], at: 0)
        for count in 1...3 {
            resolver.observe(1, look(try axis(0, mixed: 5, 0.4)), box: large, at: Double(count))
            resolver.decide(gallery, at: moment)
        }
        #expect(resolver.identity(of: 1)?.person == ada)
        for count in 4...6 {
            resolver.observe(2, look(try axis(0)), box: large, at: Double(count))
            resolver.decide(gallery, at: moment)
        }
        #expect(resolver.identity(of: 2)?.person == ada)
        #expect(resolver.identity(of: 1)?.person == nil)
    }

    @Test func aNameSurvivesOneBadLook() throws {
        var resolver = resolver()
        let gallery = try gallery([(ada, "Ada", 0)])
        resolver.begin(tracks: tracks([1]), ended: [], at: 0)
        for count in 1...4 { resolver.observe(1, look(try axis(0)), box: large, at: Double(count)) }
        resolver.decide(gallery, at: moment)
        resolver.observe(1, look(try axis(9), quality: 0.2), box: large, at: 5)
        resolver.decide(gallery, at: moment)
        #expect(resolver.identity(of: 1)?.person == ada)
    }

    @Test func asksForEmbeddingsOnlyWhenDue() throws {
        var resolver = resolver { $0.burst = 2 }
        let gallery = try gallery([(bob, "Bob", 1)])
        let live = tracks([1])
        var asked: [Int] = []
        for frame in 1...25 {
            resolver.begin(tracks: live, ended: [], at: Double(frame) / 10)
            if !resolver.due([(1, 0.8)], at: Double(frame) / 10).isEmpty {
                asked.append(frame)
                resolver.observe(1, look(try axis(0)), box: large, at: Double(frame) / 10)
            }
            resolver.decide(gallery, at: moment)
        }
        #expect(asked == [1, 2, 12, 22], "a burst, then every ten frames")
        #expect(resolver.due([(1, 0.01)], at: 100).isEmpty, "not from a face that says nothing")
    }

    @Test func aNamedTrackIsCheckedEveryFewSeconds() throws {
        var resolver = resolver()
        let gallery = try gallery([(ada, "Ada", 0)])
        let live = tracks([1])
        var looks: [Double] = []
        for frame in 0..<100 {
            let time = Double(frame) / 10
            resolver.begin(tracks: live, ended: [], at: 0)
            if !resolver.due([(1, 0.8)], at: time).isEmpty {
                looks.append(time)
                resolver.observe(1, look(try axis(0)), box: large, at: time)
            }
            resolver.decide(gallery, at: moment)
        }
        #expect(looks.count <= 6 && looks.count >= 4, "\(looks)")
    }

    @Test func crowdedFramesAreServedByUrgency() {
        var resolver = resolver { $0.maximumPerFrame = 2 }
        resolver.begin(tracks: tracks([1, 2, 3]), ended: [], at: 0)
        let due = resolver.due([(1, 0.8), (2, 0.8), (3, 0.8)], at: 0)
        #expect(due.count == 2)
    }
}
