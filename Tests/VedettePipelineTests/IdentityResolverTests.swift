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

    private func axis(_ index: Int, mixed other: Int? = nil, _ share: Float = 0) throws -> Embedding {
        var values = [Float](repeating: 0, count: 32)
        values[index] = 1 - share
        if let other { values[other] = share }
        return try #require(Embedding(normalizing: values))
    }

    private func gallery(version: Int64 = 1, _ people: [(PersonID, String, Int)]) throws -> GallerySnapshot {
        GallerySnapshot(
            contents: GalleryContents(
                version: version,
                entries: try people.map { .init(person: $0.0, name: $0.1, embedding: try axis($0.2)) }))
    }

    private func resolver(_ change: (inout IdentityOptions) -> Void = { _ in }) -> IdentityResolver {
        var options = IdentityOptions()
        change(&options)
        return IdentityResolver(
            options: options,
            policy: RecognitionPolicy(threshold: RecognitionThreshold(floor: 0.4, impostors: nil), margin: 0.05))
    }

    /// Confirmed tracks with a face in view.
    private func tracks(_ ids: [Int]) -> [Track] {
        var tracker = ByteTracker()
        var tracks: [Track] = []
        let detections = (1...(ids.max() ?? 1)).map { id in
            Detection(box: Box(x: Float(id) * 200, y: 50, width: 80, height: 100), score: 0.9)
        }
        for frame in 0..<4 { tracks = tracker.update(detections: detections, at: Double(frame) / 25) }
        return tracks.filter { ids.contains($0.id) }
    }

    private func look(_ embedding: Embedding, quality: Float = 0.8) -> EmbeddedFace {
        EmbeddedFace(
            embedding: embedding, quality: FaceQuality(overall: quality, size: 1, sharpness: 1, frontality: 1))
    }

    private let large = Box(x: 0, y: 0, width: 80, height: 100)
    private let small = Box(x: 0, y: 0, width: 24, height: 30)

    @Test func namesALargeFaceAfterTwoLooksAndASmallOneAfterFour() throws {
        for (box, needed) in [(large, 2), (Box(x: 0, y: 0, width: 40, height: 50), 3), (small, 4)] {
            var resolver = resolver { $0.singleLookHeadroom = 10 }
            let gallery = try gallery([(ada, "Ada", 0)])
            resolver.begin(tracks: tracks([1]), ended: [])
            for count in 1...needed {
                resolver.observe(1, look(try axis(0)), box: box, at: Double(count))
                resolver.decide(gallery)
                #expect((resolver.identity(of: 1)?.person == ada) == (count == needed), "look \(count) of \(needed)")
            }
            #expect(resolver.identity(of: 1)?.name == "Ada")
        }
    }

    @Test func aStrangerStaysUnnamed() throws {
        var resolver = resolver()
        let gallery = try gallery([(ada, "Ada", 0), (bob, "Bob", 1)])
        resolver.begin(tracks: tracks([1]), ended: [])
        for count in 1...20 {
            resolver.observe(1, look(try axis(7, mixed: 0, 0.25)), box: large, at: Double(count))
            resolver.decide(gallery)
        }
        #expect(resolver.identity(of: 1)?.person == nil)
    }

    @Test func twoPeopleWhoAreEquallyNearGiveNoName() throws {
        var resolver = resolver()
        let gallery = try gallery([(ada, "Ada", 0), (bob, "Bob", 1)])
        resolver.begin(tracks: tracks([1]), ended: [])
        for count in 1...5 {
            resolver.observe(1, look(try axis(0, mixed: 1, 0.49)), box: large, at: Double(count))
            resolver.decide(gallery)
        }
        #expect(resolver.identity(of: 1)?.person == nil)
    }

    @Test func enrolmentNamesALiveTrackWithoutANewLook() throws {
        var resolver = resolver()
        resolver.begin(tracks: tracks([1]), ended: [])
        for count in 1...4 { resolver.observe(1, look(try axis(0)), box: large, at: Double(count)) }
        resolver.decide(try gallery([(bob, "Bob", 1)]))
        #expect(resolver.identity(of: 1)?.person == nil)
        let changed = resolver.decide(try gallery(version: 2, [(bob, "Bob", 1), (ada, "Ada", 0)]))
        #expect(changed == [1])
        #expect(resolver.identity(of: 1)?.name == "Ada")
        resolver.decide(try gallery(version: 3, [(bob, "Bob", 1), (ada, "Augusta Ada", 0)]))
        #expect(resolver.identity(of: 1)?.name == "Augusta Ada")
        resolver.decide(try gallery(version: 4, [(bob, "Bob", 1)]))
        #expect(resolver.identity(of: 1)?.person == nil, "erased people lose their name at once")
    }

    @Test func oneNameLivesOnOneTrackAndTheStrongerClaimKeepsIt() throws {
        var resolver = resolver()
        let gallery = try gallery([(ada, "Ada", 0)])
        resolver.begin(tracks: tracks([1, 2]), ended: [])
        for count in 1...3 {
            resolver.observe(1, look(try axis(0, mixed: 5, 0.4)), box: large, at: Double(count))
            resolver.decide(gallery)
        }
        #expect(resolver.identity(of: 1)?.person == ada)
        for count in 4...6 {
            resolver.observe(2, look(try axis(0)), box: large, at: Double(count))
            resolver.decide(gallery)
        }
        #expect(resolver.identity(of: 2)?.person == ada)
        #expect(resolver.identity(of: 1)?.person == nil)
    }

    @Test func aNameSurvivesOneBadLook() throws {
        var resolver = resolver()
        let gallery = try gallery([(ada, "Ada", 0)])
        resolver.begin(tracks: tracks([1]), ended: [])
        for count in 1...4 { resolver.observe(1, look(try axis(0)), box: large, at: Double(count)) }
        resolver.decide(gallery)
        resolver.observe(1, look(try axis(9), quality: 0.2), box: large, at: 5)
        resolver.decide(gallery)
        #expect(resolver.identity(of: 1)?.person == ada)
    }

    @Test func asksForEmbeddingsOnlyWhenDue() throws {
        var resolver = resolver { $0.burst = 2 }
        let gallery = try gallery([(bob, "Bob", 1)])
        let live = tracks([1])
        var asked: [Int] = []
        for frame in 1...25 {
            resolver.begin(tracks: live, ended: [])
            if !resolver.due([(1, 0.8)], at: Double(frame) / 10).isEmpty {
                asked.append(frame)
                resolver.observe(1, look(try axis(0)), box: large, at: Double(frame) / 10)
            }
            resolver.decide(gallery)
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
            resolver.begin(tracks: live, ended: [])
            if !resolver.due([(1, 0.8)], at: time).isEmpty {
                looks.append(time)
                resolver.observe(1, look(try axis(0)), box: large, at: time)
            }
            resolver.decide(gallery)
        }
        #expect(looks.count <= 6 && looks.count >= 4, "\(looks)")
    }

    @Test func crowdedFramesAreServedByUrgency() {
        var resolver = resolver { $0.maximumPerFrame = 2 }
        resolver.begin(tracks: tracks([1, 2, 3]), ended: [])
        let due = resolver.due([(1, 0.8), (2, 0.8), (3, 0.8)], at: 0)
        #expect(due.count == 2)
    }
}
