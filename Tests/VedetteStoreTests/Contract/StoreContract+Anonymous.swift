import Foundation
import Testing
import VedetteCore

extension Sample {
    static func anonymous(_ number: Int) -> AnonymousPerson {
        AnonymousPerson(id: .make(), number: number, createdAt: moment(0))
    }

    /// A sighting of an anonymous person, as the pipeline reports it.
    static func record(
        of person: AnonymousPerson, id: SightingID = .make(), camera: String = "entrance", from: Double = 0,
        quality: Float = 0.5, face: Int? = nil
    ) -> SightingRecord {
        SightingRecord(
            sighting: sighting(
                id: id, camera: camera, person: person.id, from: from, similarity: 0.6, quality: quality),
            face: face.map { Sample.face($0) }, anonymous: person)
    }
}

extension StoreContract {
    static let anonymous = [
        Clause("an anonymous person is made by the first sighting that shows them, and not in the list of people") {
            store in
            let stranger = Sample.anonymous(17)
            let version = try await store.galleryContents(model: Sample.model).version
            let record = Sample.record(of: stranger, face: 1)
            try await store.write([record, Sample.record(of: stranger, from: 5)])
            let person = try #require(try await store.person(stranger.id))
            #expect(person.name == "Unknown 17")
            #expect(person.isAnonymous)
            #expect(person.createdAt == stranger.createdAt)
            #expect(try await store.people(search: nil, page: PageRequest()).items.isEmpty)
            #expect(try await store.people(search: nil, kind: .anonymous, page: PageRequest()).items == [person])
            #expect(try await store.people(search: "known", kind: .all, page: PageRequest()).items == [person])
            let entry = try #require(try await store.sighting(record.sighting.id))
            #expect(entry.personName == "Unknown 17")
            #expect(entry.isAnonymous)
            let contents = try await store.galleryContents(model: Sample.model)
            #expect(contents.version == version, "the pipeline made the change itself")
            #expect(contents.lastAnonymousNumber == 17)
            #expect(contents.entries.map(\.person) == [stranger.id])
            #expect(contents.entries.map(\.isAnonymous) == [true])
        },
        Clause("sightings of anonymous people are those of unknown faces") { store in
            let anna = try await store.createPerson(name: "Anna")
            let stranger = Sample.anonymous(1)
            let hers = Sample.sighting(person: anna.id, from: 1)
            let nobodys = Sample.sighting(from: 2)
            let unknown = Sample.record(of: stranger, from: 3)
            try await store.write([Sample.record(hers), Sample.record(nobodys), unknown])
            func ids(_ known: Bool) async throws -> [SightingID] {
                try await store.sightings(SightingFilter(known: known), page: PageRequest()).items.map(\.sighting.id)
            }
            #expect(try await ids(true) == [hers.id])
            #expect(try await ids(false) == [unknown.sighting.id, nobodys.id])
            _ = try await store.rename(stranger.id, to: "Bert")
            #expect(try await ids(true) == [unknown.sighting.id, hers.id])
            _ = try await store.delete(stranger.id)
            #expect(try await ids(false) == [unknown.sighting.id, nobodys.id])
        },
        Clause("the face of each sighting of an anonymous person is a sample, and a better one replaces it") { store in
            let stranger = Sample.anonymous(1)
            let first = Sample.record(of: stranger, quality: 0.3, face: 1)
            try await store.write([first])
            try await store.write([Sample.record(of: stranger, id: first.sighting.id, quality: 0.9, face: 2)])
            let sample = try #require(try await store.samples(of: stranger.id).first)
            #expect(try await store.samples(of: stranger.id).count == 1)
            #expect(sample.id.rawValue == first.sighting.id.rawValue)
            #expect(sample.quality == 0.9)
            #expect(sample.embedding.similarity(to: Sample.embedding(2)) > 0.999_99)
            #expect(try await store.sampleImage(sample.id) == Sample.jpeg(2))
        },
        Clause("a face that was stored before its person was told apart becomes a sample too") { store in
            let stranger = Sample.anonymous(1)
            let sighting = Sample.sighting()
            try await store.write([Sample.record(sighting, face: 3)])
            try await store.write([Sample.record(of: stranger, id: sighting.id)])
            #expect(try await store.samples(of: stranger.id).map(\.id.rawValue) == [sighting.id.rawValue])
        },
        Clause("the best samples of an anonymous person are kept") { store in
            let stranger = Sample.anonymous(1)
            let records = (0..<20).map {
                Sample.record(of: stranger, from: Double($0), quality: Float($0 * 7 % 20) / 20, face: $0)
            }
            try await store.write(Array(records[..<9]))
            try await store.write(Array(records[9...]))
            let best = records.map(\.sighting).sorted { $0.quality > $1.quality }.prefix(AnonymousPerson.maximumSamples)
            let kept = try await store.samples(of: stranger.id).map(\.id.rawValue)
            #expect(Set(kept) == Set(best.map(\.id.rawValue)))
        },
        Clause("a corrected sighting takes its sample along, and an anonymous person without sightings is gone") {
            store in
            let first = Sample.anonymous(1)
            let second = Sample.anonymous(2)
            let anna = try await store.createPerson(name: "Anna")
            let moved = Sample.record(of: first, face: 1)
            let named = Sample.record(of: second, from: 9, face: 2)
            try await store.write([moved, named, Sample.record(of: second, from: 20)])
            var corrected = Sample.record(of: second, id: moved.sighting.id)
            corrected.sighting.revision = Sighting.Revision(previous: first.id, at: Sample.moment(2))
            try await store.write([corrected])
            #expect(try await store.person(first.id) == nil)
            #expect(try await store.samples(of: second.id).count == 2)
            let entry = try #require(try await store.sighting(moved.sighting.id))
            #expect(entry.sighting.person == second.id)
            #expect(entry.sighting.revision == Sighting.Revision(previous: nil, at: Sample.moment(2)))
            #expect(entry.hasImage)

            let hers = Sample.sighting(id: named.sighting.id, person: anna.id, from: 9, similarity: 0.8)
            try await store.write([Sample.record(hers)])
            #expect(try await store.samples(of: second.id).map(\.id.rawValue) == [moved.sighting.id.rawValue])
            #expect(try await store.samples(of: anna.id).isEmpty)
            // Gone for want of sightings is not erased: the pipeline may see them again.
            try await store.write([Sample.record(of: first, from: 30)])
            #expect(try await store.person(first.id) != nil)
        },
        Clause("naming an anonymous person makes all of their past known, and stands") { store in
            let stranger = Sample.anonymous(1)
            let record = Sample.record(of: stranger, face: 1)
            try await store.write([record])
            let version = try await store.galleryContents(model: Sample.model).version
            let named = try await store.rename(stranger.id, to: "Ada")
            #expect(!named.isAnonymous)
            #expect(try await store.galleryContents(model: Sample.model).version > version)
            // The pipeline may not have heard of it.
            try await store.write([Sample.record(of: stranger, from: 50, face: 2)])
            #expect(try await store.person(stranger.id)?.name == "Ada")
            #expect(try await store.people(search: nil, page: PageRequest()).items.map(\.id) == [stranger.id])
            #expect(try await store.anonymousPeople(page: PageRequest()).items.isEmpty)
            #expect(try await store.samples(of: stranger.id).count == 1, "what comes after is no sample by itself")
            #expect(try await store.sighting(record.sighting.id)?.personName == "Ada")
            #expect(try await store.sightings(SightingFilter(known: true), page: PageRequest()).items.count == 2)
        },
        Clause("erased or merged anonymous people are not made anew by sightings on their way") { store in
            let anna = try await store.createPerson(name: "Anna")
            let erased = Sample.anonymous(1)
            let merged = Sample.anonymous(2)
            let open = Sample.record(of: merged, face: 2)
            try await store.write([Sample.record(of: erased, face: 1), open])
            _ = try await store.delete(erased.id)
            _ = try await store.merge(merged.id, into: anna.id)
            let late = [Sample.record(of: erased, from: 9, face: 3), Sample.record(of: merged, from: 9, face: 4)]
            try await store.write(late)
            #expect(try await store.person(erased.id) == nil)
            #expect(try await store.person(merged.id) == nil)
            #expect(try await store.sighting(late[0].sighting.id)?.sighting.person == nil)
            #expect(try await store.sighting(late[0].sighting.id)?.hasImage == false)
            #expect(try await store.sighting(late[1].sighting.id)?.sighting.person == anna.id)
            _ = try await store.delete(anna.id)
            try await store.write([Sample.record(of: merged, from: 30)])
            #expect(try await store.person(merged.id) == nil, "erased with the person they were merged into")
            #expect(try await store.galleryContents(model: Sample.model).lastAnonymousNumber == 2)
        },
        Clause("anonymous people are listed by how often they were seen") { store in
            let people = (1...5).map(Sample.anonymous)
            var records: [SightingRecord] = []
            for (index, person) in people.enumerated() {
                let count = [2, 3, 1, 3, 2][index]
                for at in 0..<count {
                    records.append(
                        Sample.record(of: person, from: Double(10 * index + at), quality: Float(at) / 10, face: at))
                }
            }
            try await store.write(records)
            let order = people.indices.sorted {
                ([2, 3, 1, 3, 2][$1], people[$0].id) < ([2, 3, 1, 3, 2][$0], people[$1].id)
            }
            for limit in [1, 2, 100] {
                var listed: [AnonymousEntry] = []
                var page = PageRequest(limit: limit)
                repeat {
                    let next = try await store.anonymousPeople(page: page)
                    listed += next.items
                    page.cursor = next.next
                } while page.cursor != nil
                #expect(listed.map(\.person.id) == order.map { people[$0].id })
                let most = try #require(listed.first)
                let seen = records.filter { $0.sighting.person == most.person.id }
                #expect(most.sightings == 3)
                #expect(most.lastSeen == seen.map(\.sighting.lastSeen).max())
                #expect(most.bestSighting == seen.last?.sighting.id)
                #expect(most.person.sampleCount == 3)
            }
            await expectStoreError(.invalid) { _ = try await store.anonymousPeople(page: PageRequest(limit: 0)) }
            await expectStoreError(.invalid) { _ = try await store.anonymousPeople(page: PageRequest(cursor: "x")) }
        },
        Clause("anonymous people who are not seen any more expire, and leave no face behind") { store in
            let old = Sample.anonymous(1)
            let seen = Sample.anonymous(2)
            let long = Sample.record(of: seen, from: 0, face: 2)
            var ended = long
            ended.sighting.lastSeen = Sample.moment(500)
            let last = Sample.record(of: old, from: 20, face: 1)
            try await store.write([last, long])
            try await store.write([ended])
            let anna = try await store.createPerson(name: "Anna")
            #expect(try await store.expireAnonymousPeople(before: Sample.moment(0)).isEmpty)
            #expect(try await store.expireAnonymousPeople(before: Sample.moment(21)).isEmpty)
            let version = try await store.galleryContents(model: Sample.model).version
            #expect(try await store.expireAnonymousPeople(before: Sample.moment(400)) == [old.id])
            #expect(try await store.galleryContents(model: Sample.model).version > version)
            #expect(try await store.person(old.id) == nil)
            #expect(try await store.person(seen.id) != nil)
            #expect(try await store.person(anna.id) != nil)
            #expect(try await store.sighting(last.sighting.id)?.hasImage == false)
        },
    ]
}
