import Foundation
import Testing
import VedetteCore

@testable import VedetteGallery

@Suite struct GallerySnapshotTests {
    private func snapshot(_ entries: [GalleryContents.Entry], version: Int64 = 1) -> GallerySnapshot {
        GallerySnapshot(contents: GalleryContents(version: version, entries: entries))
    }

    @Test func namesTheNearestPersonAndTheNextOne() throws {
        let gallery = snapshot([
            try Faces.entry("bob", try Faces.alike(0.5)), try Faces.entry("ann", try Faces.alike(0.1)),
            try Faces.entry("bob", try Faces.alike(0.9)), try Faces.entry("cyd", try Faces.alike(0.7)),
            try Faces.entry("bob", try Faces.alike(0.8)),
        ])
        let match = try #require(gallery.search(try Faces.at(1, 0)))
        #expect(match.person == (try Faces.person("bob")) && match.name == "BOB")
        #expect(abs(match.similarity - 0.9) < 1e-6)
        // Another person, although a second picture of Bob is nearer.
        #expect(match.runnerUp?.person == (try Faces.person("cyd")))
        #expect(abs(match.margin - 0.2) < 1e-6)
        #expect(gallery.count == 5 && gallery.personCount == 3 && gallery.length == 2)
    }

    @Test(arguments: [1, 2, 31, 32, 33, 128, 512])
    func equalsComparingOneByOneAtAnyLength(length: Int) throws {
        var random = SeededGenerator(seed: UInt64(length))
        let entries = try (0..<200).map { index in
            try Faces.entry("p\(index * 7 % 40)", try Faces.random(length, using: &random))
        }
        let gallery = snapshot(entries)
        for _ in 0..<20 {
            let probe = try Faces.random(length, using: &random)
            var best: [PersonID: Float] = [:]
            for entry in entries {
                best[entry.person] = max(best[entry.person] ?? -1, entry.embedding.similarity(to: probe))
            }
            let order = best.values.sorted(by: >)
            let match = try #require(gallery.search(probe))
            #expect(abs(match.similarity - order[0]) < 1e-5)
            #expect(abs(try #require(best[match.person]) - order[0]) < 1e-5)
            #expect(abs(try #require(match.runnerUp).similarity - order[1]) < 1e-5)
            let top = gallery.search(probe, limit: 5)
            #expect(top.count == 5 && Set(top.map(\.person)).count == 5)
            for (rank, match) in top.enumerated() {
                #expect(abs(match.similarity - order[rank]) < 1e-5)
                #expect(abs(try #require(match.runnerUp).similarity - order[rank + 1]) < 1e-5)
            }
            #expect(top.first == match)
            for (person, similarity) in best {
                #expect(abs(try #require(gallery.similarity(of: probe, to: person)) - similarity) < 1e-5)
            }
        }
    }

    @Test func listsEverybodyOnceWhenAskedForMore() throws {
        let gallery = snapshot([
            try Faces.entry("a", try Faces.alike(0.2)), try Faces.entry("b", try Faces.alike(0.3)),
            try Faces.entry("a", try Faces.alike(0.9)),
        ])
        let top = gallery.search(try Faces.at(1, 0), limit: 10)
        #expect(top.map(\.name) == ["A", "B"])
        #expect(top.last?.runnerUp == nil && top.last?.margin == .infinity)
        #expect(gallery.search(try Faces.at(1, 0), limit: 0).isEmpty)
    }

    @Test func findsNobodyInAnEmptyGallery() throws {
        let gallery = snapshot([])
        #expect(gallery.search(try Faces.at(1, 0)) == nil)
        #expect(gallery.search(try Faces.at(1, 0), limit: 3).isEmpty)
        #expect(gallery.count == 0 && gallery.personCount == 0 && gallery.length == 0)
        #expect(gallery.similarity(of: try Faces.at(1, 0), to: try Faces.person("a")) == nil)
    }

    @Test func onlyPersonHasNoRunnerUp() throws {
        let gallery = snapshot([try Faces.entry("a", try Faces.alike(0.2)), try Faces.entry("a", try Faces.alike(0.9))])
        let match = try #require(gallery.search(try Faces.at(1, 0)))
        #expect(match.runnerUp == nil && match.margin == .infinity)
    }

    @Test func refusesEmbeddingsOfAnotherLength() throws {
        let gallery = snapshot([
            try Faces.entry("odd", try Faces.at(1, 0, length: 3)), try Faces.entry("a", try Faces.at(1, 0)),
            try Faces.entry("b", try Faces.at(0, 1)),
        ])
        #expect(gallery.length == 2 && gallery.count == 2 && gallery.skipped == 1)
        #expect(gallery.search(try Faces.at(1, 0, length: 3)) == nil)
        #expect(gallery.search(try Faces.at(1, 0, length: 3), limit: 2).isEmpty)
        #expect(gallery.similarity(of: try Faces.at(1, 0, length: 3), to: try Faces.person("a")) == nil)
        #expect(gallery.name(of: try Faces.person("odd")) == nil)
    }

    @Test func knowsThePeople() throws {
        let gallery = snapshot([
            try Faces.entry("a", try Faces.at(1, 0), name: "before"),
            try Faces.entry("a", try Faces.at(0, 1), name: "Ann"),
        ])
        #expect(gallery.name(of: try Faces.person("a")) == "Ann")
        #expect(gallery.name(of: try Faces.person("b")) == nil)
        #expect(try #require(gallery.similarity(of: try Faces.at(0, 1), to: try Faces.person("a"))) > 0.999)
        #expect(gallery.similarity(of: try Faces.at(0, 1), to: try Faces.person("b")) == nil)
    }

    @Test func onePersonMayHaveOppositePictures() throws {
        let gallery = snapshot([try Faces.entry("a", try Faces.at(-1, 0))])
        let match = try #require(gallery.search(try Faces.at(1, 0)))
        #expect(abs(match.similarity + 1) < 1e-6)
    }
}

@Suite struct GalleryTests {
    private func snapshot(_ version: Int64) -> GallerySnapshot {
        GallerySnapshot(contents: GalleryContents(version: version, entries: []))
    }

    @Test func ignoresOlderVersions() {
        let gallery = Gallery()
        let second = snapshot(2)
        let again = snapshot(2)
        #expect(gallery.replace(with: second))
        #expect(gallery.snapshot === second)
        #expect(!gallery.replace(with: snapshot(1)))
        #expect(gallery.snapshot === second)
        #expect(gallery.replace(with: again))
        #expect(gallery.snapshot === again)
    }

    @Test func readersSeeVersionsInOrderWhileWritersRace() async {
        let gallery = Gallery()
        await withTaskGroup(of: Bool.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for step in 0..<200 { gallery.replace(with: snapshot(Int64(step * 4 + writer))) }
                    return true
                }
            }
            for _ in 0..<4 {
                group.addTask {
                    var latest: Int64 = 0
                    for _ in 0..<2000 {
                        let version = gallery.snapshot.version
                        if version < latest { return false }
                        latest = version
                    }
                    return true
                }
            }
            for await isOrdered in group { #expect(isOrdered) }
        }
        #expect(gallery.snapshot.version == 799)
    }

    @Test func aRuledOutPersonIsLeftOutForSuchFacesOnly() throws {
        let (ada, bob) = (PersonID.make(), PersonID.make())
        func face(_ values: [Float]) throws -> Embedding { try #require(Embedding(normalizing: values)) }
        let entries: [GalleryContents.Entry] = [
            .init(person: ada, name: "Ada", embedding: try face([1, 0, 0, 0])),
            .init(person: bob, name: "Bob", embedding: try face([0, 1, 0, 0])),
        ]
        let stranger = try face([0.8, 0.1, 0.6, 0])
        let before = GallerySnapshot(contents: GalleryContents(version: 1, entries: entries))
        let rejection = Rejection(
            id: .make(), person: ada, embedding: stranger, model: "m", sighting: nil, createdAt: .init())
        let after = GallerySnapshot(
            contents: GalleryContents(version: 2, entries: entries, rejections: [rejection]))
        #expect(before.search(stranger)?.person == ada)
        #expect(after.search(stranger)?.person == bob, "the confusion stops at once")
        #expect(after.similarity(of: stranger, to: ada) == nil)
        #expect(after.candidates(stranger, limit: 2).map(\.isRejected) == [true, false])
        #expect(after.isNearestRejected(stranger) && !before.isNearestRejected(stranger))
        // Ada herself, and everybody else, as before.
        for probe in [[0.95, 0.1, 0.1, 0.1], [0.1, 1, 0, 0], [0.7, 0.7, 0, 0]] as [[Float]] {
            let probe = try face(probe)
            #expect(after.search(probe)?.person == before.search(probe)?.person)
            #expect(after.search(probe)?.similarity == before.search(probe)?.similarity)
        }
    }

    @Test func anonymousPeopleAreNotSearchedAmongTheEnrolled() throws {
        let face = try #require(Embedding(normalizing: [1, 0, 0]))
        let snapshot = GallerySnapshot(
            contents: GalleryContents(
                version: 1,
                entries: [.init(person: .make(), name: "Unknown 1", embedding: face, isAnonymous: true)]))
        #expect(snapshot.count == 0 && snapshot.search(face) == nil)
    }
}
