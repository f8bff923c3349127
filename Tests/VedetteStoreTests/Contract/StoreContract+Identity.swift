import Foundation
import Testing
import VedetteCore

extension StoreContract {
    static let identity = [
        Clause("a merge is undone exactly") { store in
            let anna = try await store.createPerson(name: "Anna")
            let stranger = Sample.anonymous(4)
            let hers = Sample.sighting(person: anna.id, from: 0, similarity: 0.9)
            let records = (0..<10).map { Sample.record(of: stranger, from: 10 + Double($0), face: $0) }
            try await store.write([Sample.record(hers, face: 20)] + records)
            try await store.addSample(Sample.faceSample(of: anna.id, 30), jpeg: [])
            let rejection = try await store.reject(hers.id, as: stranger.id, model: Sample.model)
            let before = try #require(try await store.person(stranger.id))
            let samples = try await store.samples(of: stranger.id)

            _ = try await store.merge(stranger.id, into: anna.id)
            #expect(try await store.samples(of: anna.id).count == 1 + samples.count)
            #expect(try await store.rejections(of: anna.id).map(\.id) == [rejection.id])
            #expect(try await store.sighting(records[0].sighting.id)?.isAnonymous == false)
            let merge = try #require(try await store.merges(into: anna.id).first)
            #expect(merge.source == stranger.id)
            #expect(merge.sourceName == "Unknown 4")
            #expect(merge.sourceWasAnonymous)
            #expect(merge.target == anna.id)
            let late = Sample.record(of: stranger, from: 50, face: 11)
            try await store.write([late])

            let version = try await store.galleryContents(model: Sample.model).version
            let restored = try await store.split(merge.id, of: anna.id)
            #expect(try await store.galleryContents(model: Sample.model).version > version)
            #expect(restored.id == before.id)
            #expect(restored.name == before.name)
            #expect(restored.isAnonymous)
            #expect(restored.createdAt == before.createdAt)
            #expect(try await store.samples(of: stranger.id) == samples)
            #expect(try await store.rejections(of: stranger.id).map(\.id) == [rejection.id])
            #expect(try await store.rejections(of: anna.id).isEmpty)
            #expect(try await store.samples(of: anna.id).count == 1)
            #expect(try await store.merges(into: anna.id).isEmpty)
            for record in records {
                let entry = try #require(try await store.sighting(record.sighting.id))
                #expect(entry.sighting == record.sighting)
                #expect(entry.isAnonymous)
            }
            #expect(try await store.anonymousPeople(page: PageRequest()).items.map(\.sightings) == [10])
            #expect(try await store.sighting(hers.id)?.sighting == hers)
            #expect(try await store.sighting(late.sighting.id)?.sighting.person == anna.id, "it came as hers")
            // The redirect is gone: what comes now is the stranger's again.
            let now = Sample.record(of: stranger, from: 60)
            try await store.write([now])
            #expect(try await store.sighting(now.sighting.id)?.sighting.person == stranger.id)
            await expectStoreError(.notFound) { _ = try await store.split(merge.id, of: anna.id) }
        },
        Clause("what changed hands since a merge stays where it is when that is undone") { store in
            let anna = try await store.createPerson(name: "Anna")
            let bert = try await store.createPerson(name: "Bert")
            let clara = try await store.createPerson(name: "Clara")
            let sightings = (0..<4).map { Sample.sighting(person: bert.id, from: Double($0), similarity: 0.5) }
            try await store.write(sightings.map { Sample.record($0, face: 1) })
            let gone = Sample.faceSample(of: bert.id, 7)
            try await store.addSample(gone, jpeg: [])
            _ = try await store.merge(bert.id, into: anna.id)
            let merge = try #require(try await store.merges(into: anna.id).first)
            _ = try await store.assign(sightings[0].id, to: anna.id)
            _ = try await store.assign(sightings[1].id, to: clara.id)
            var corrected = sightings[2]
            corrected.person = clara.id
            try await store.write([Sample.record(corrected)])
            try await store.deleteSample(gone.id, of: anna.id)
            await expectStoreError(.notFound) { _ = try await store.split(merge.id, of: clara.id) }
            _ = try await store.split(merge.id, of: anna.id)
            var people: [PersonID?] = []
            for sighting in sightings { people.append(try await store.sighting(sighting.id)?.sighting.person) }
            #expect(people == [anna.id, clara.id, clara.id, bert.id])
            #expect(try await store.samples(of: bert.id).isEmpty)
        },
        Clause("merges of merges are undone in any order") { store in
            for isInnerFirst in [true, false] {
                let people = [
                    try await store.createPerson(name: "A"), try await store.createPerson(name: "B"),
                    try await store.createPerson(name: "C"),
                ]
                let seen = people.map { Sample.sighting(person: $0.id) }
                try await store.write(seen.map { Sample.record($0) })
                _ = try await store.merge(people[0].id, into: people[1].id)
                _ = try await store.merge(people[1].id, into: people[2].id)
                let merges = try await store.merges(into: people[2].id)
                #expect(Set(merges.map(\.sourceName)) == ["A", "B"])
                let inner = try #require(merges.first { $0.sourceName == "A" })
                let outer = try #require(merges.first { $0.sourceName == "B" })
                if isInnerFirst {
                    _ = try await store.split(inner.id, of: people[2].id)
                    _ = try await store.split(outer.id, of: people[2].id)
                } else {
                    _ = try await store.split(outer.id, of: people[2].id)
                    #expect(try await store.merges(into: people[1].id).map(\.id) == [inner.id])
                    let late = Sample.sighting(person: people[0].id)
                    try await store.write([Sample.record(late)])
                    #expect(try await store.sighting(late.id)?.sighting.person == people[1].id)
                    _ = try await store.split(inner.id, of: people[1].id)
                }
                for (person, sighting) in zip(people, seen) {
                    #expect(try await store.sighting(sighting.id)?.sighting.person == person.id)
                }
            }
        },
        Clause("nobody with a name goes into an anonymous person; two anonymous people become one") { store in
            let anna = try await store.createPerson(name: "Anna")
            let first = Sample.anonymous(1)
            let second = Sample.anonymous(2)
            try await store.write([Sample.record(of: first), Sample.record(of: second), Sample.record(of: second)])
            await expectStoreError(.invalid) { _ = try await store.merge(anna.id, into: first.id) }
            #expect(try await store.person(anna.id) != nil)
            #expect(try await store.merge(second.id, into: first.id).isAnonymous)
            #expect(try await store.anonymousPeople(page: PageRequest()).items.map(\.sightings) == [3])
        },
        Clause("a sighting is given to somebody, or to nobody, for good") { store in
            let anna = try await store.createPerson(name: "Anna")
            let bert = try await store.createPerson(name: "Bert")
            let open = Sample.sighting(person: anna.id, similarity: 0.5, ended: false)
            try await store.write([Sample.record(open, face: 1)])
            let version = try await store.galleryContents(model: Sample.model).version
            let given = try await store.assign(open.id, to: bert.id)
            #expect(given.sighting.person == bert.id)
            #expect(given.personName == "Bert")
            #expect(given.sighting.similarity == nil)
            #expect(given.sighting.revision?.previous == anna.id)
            #expect(try await store.galleryContents(model: Sample.model).version > version)
            #expect(try await store.samples(of: bert.id).isEmpty, "no sample is made")

            var later = open
            later.revision = Sighting.Revision(previous: bert.id, at: Sample.moment(9))
            try await store.write([Sample.record(later)])
            #expect(try await store.sighting(open.id)?.sighting.person == bert.id)
            #expect(try await store.sighting(open.id)?.sighting.revision == given.sighting.revision)
            #expect(try await store.assign(open.id, to: nil).sighting.person == nil)
            try await store.write([Sample.record(later)])
            #expect(try await store.sighting(open.id)?.sighting.person == nil)
            await expectStoreError(.notFound) { _ = try await store.assign(.make(), to: anna.id) }
            await expectStoreError(.notFound) { _ = try await store.assign(open.id, to: .make()) }
        },
        Clause("a face that was enrolled from a sighting goes when the sighting turns out to be somebody else's") {
            store in
            let anna = try await store.createPerson(name: "Anna")
            let bert = try await store.createPerson(name: "Bert")
            let stranger = Sample.anonymous(1)
            let sighting = Sample.sighting()
            let unknown = Sample.record(of: stranger, from: 9, face: 2)
            try await store.write([Sample.record(sighting, face: 1), unknown])
            _ = try await store.addSample(from: sighting.id, to: anna.id, model: Sample.model)
            _ = try await store.addSample(from: sighting.id, to: bert.id, model: Sample.model)
            #expect(try await store.samples(of: anna.id).isEmpty)
            #expect(try await store.samples(of: bert.id).count == 1)
            _ = try await store.assign(sighting.id, to: anna.id)
            #expect(try await store.samples(of: bert.id).isEmpty)
            _ = try await store.assign(sighting.id, to: stranger.id)
            #expect(try await store.samples(of: stranger.id).count == 2)
            _ = try await store.assign(unknown.sighting.id, to: anna.id)
            _ = try await store.assign(sighting.id, to: anna.id)
            #expect(try await store.person(stranger.id) == nil, "no sighting is left")
        },
        Clause("a rejected face is not the person's, and the pipeline cannot say so again") { store in
            let anna = try await store.createPerson(name: "Anna")
            let bert = try await store.createPerson(name: "Bert")
            let sighting = Sample.sighting(person: anna.id, similarity: 0.7, ended: false)
            try await store.write([Sample.record(sighting, face: 5)])
            _ = try await store.addSample(from: sighting.id, to: anna.id, model: Sample.model)
            let version = try await store.galleryContents(model: Sample.model).version
            let rejection = try await store.reject(sighting.id, as: anna.id, model: Sample.model)
            #expect(rejection.person == anna.id)
            #expect(rejection.sighting == sighting.id)
            #expect(rejection.embedding.similarity(to: Sample.embedding(5)) > 0.999_99)
            #expect(try await store.reject(sighting.id, as: anna.id, model: Sample.model) == rejection)
            let contents = try await store.galleryContents(model: Sample.model)
            #expect(contents.version > version)
            #expect(contents.rejections == [rejection])
            #expect(try await store.galleryContents(model: "arcface").rejections.isEmpty)
            #expect(try await store.samples(of: anna.id).isEmpty)
            var now = try #require(try await store.sighting(sighting.id)?.sighting)
            #expect(now.person == nil)
            #expect(now.similarity == nil)
            #expect(now.revision?.previous == anna.id)

            try await store.write([Sample.record(sighting, face: 6)])
            #expect(try await store.sighting(sighting.id)?.sighting.person == nil)
            #expect(try await store.sightingImage(sighting.id) == Sample.jpeg(6), "the face is still worth having")
            var other = sighting
            other.person = bert.id
            try await store.write([Sample.record(other)])
            now = try #require(try await store.sighting(sighting.id)?.sighting)
            #expect(now.person == bert.id)

            try await store.deleteRejection(rejection.id, of: anna.id)
            #expect(try await store.rejections(of: anna.id).isEmpty)
            try await store.write([Sample.record(sighting)])
            #expect(try await store.sighting(sighting.id)?.sighting.person == anna.id)
        },
        Clause("saying who it is takes back that it is not") { store in
            let anna = try await store.createPerson(name: "Anna")
            let sighting = Sample.sighting()
            try await store.write([Sample.record(sighting, face: 5)])
            _ = try await store.reject(sighting.id, as: anna.id, model: Sample.model)
            _ = try await store.assign(sighting.id, to: anna.id)
            #expect(try await store.rejections(of: anna.id).isEmpty)
        },
        Clause("what cannot be rejected is said, and nothing is kept") { store in
            let anna = try await store.createPerson(name: "Anna")
            let bert = try await store.createPerson(name: "Bert")
            let faceless = Sample.sighting()
            let sighting = Sample.sighting(from: 2)
            try await store.write([Sample.record(faceless), Sample.record(sighting, face: 1)])
            for (id, person, model) in [
                (SightingID.make(), anna.id, Sample.model), (sighting.id, .make(), Sample.model),
                (sighting.id, anna.id, "arcface"), (faceless.id, anna.id, Sample.model),
            ] {
                await expectStoreError(.notFound) { _ = try await store.reject(id, as: person, model: model) }
            }
            #expect(try await store.rejections(of: anna.id).isEmpty)
            let rejection = try await store.reject(sighting.id, as: anna.id, model: Sample.model)
            await expectStoreError(.notFound) { try await store.deleteRejection(rejection.id, of: bert.id) }
            await expectStoreError(.notFound) { try await store.deleteRejection(.make(), of: anna.id) }
        },
        Clause("a correction by the pipeline is kept, and forgets the person it was when that is erased") { store in
            let anna = try await store.createPerson(name: "Anna")
            let bert = try await store.createPerson(name: "Bert")
            var sighting = Sample.sighting(person: bert.id, similarity: 0.7)
            sighting.revision = Sighting.Revision(previous: anna.id, at: Sample.moment(5))
            try await store.write([Sample.record(sighting)])
            #expect(try await store.sighting(sighting.id)?.sighting == sighting)
            _ = try await store.delete(anna.id)
            sighting.revision?.previous = nil
            #expect(try await store.sighting(sighting.id)?.sighting == sighting)
        },
    ]

    static let journeys = [
        Clause("a journey is the stays at cameras, in order of time") { store in
            let anna = try await store.createPerson(name: "Anna")
            let bert = try await store.createPerson(name: "Bert")
            func seen(_ camera: String, _ from: Double, _ to: Double, _ similarity: Float?) -> Sighting {
                Sample.sighting(camera: camera, person: anna.id, from: from, to: to, similarity: similarity)
            }
            let sightings = [
                seen("door", 0, 10, 0.5), seen("door", 15, 20, 0.8), seen("yard", 30, 40, nil),
                seen("door", 45, 50, 0.6),
                seen("door", 200, 210, 0.4),
                // Both cameras see her at once: neither cuts the other's stay.
                seen("yard", 205, 220, 0.7), seen("door", 215, 225, 0.3),
            ]
            let his = Sample.sighting(camera: "door", person: bert.id, from: 12)
            try await store.write(sightings.map { Sample.record($0) } + [Sample.record(his)])
            let stops = try await store.journey(of: anna.id, from: nil, to: nil, gap: 30, limit: 100)
            #expect(stops.map(\.camera.rawValue) == ["door", "yard", "door", "door", "yard"])
            #expect(stops.map(\.firstSeen) == [0, 30, 45, 200, 205].map(Sample.moment))
            #expect(stops.map(\.lastSeen) == [20, 40, 50, 225, 220].map(Sample.moment))
            #expect(stops.map(\.similarity) == [0.8, nil, 0.6, 0.4, 0.7])
            #expect(stops[0].sightings == [sightings[0].id, sightings[1].id])
            #expect(stops.map(\.count) == [2, 1, 1, 2, 1])
            #expect(try await store.journey(of: anna.id, from: nil, to: nil, gap: 5, limit: 100).count == 7)
            #expect(
                try await store.journey(of: anna.id, from: nil, to: nil, gap: 30, limit: 2) == Array(stops.suffix(2)))
            let middle = try await store.journey(
                of: anna.id, from: Sample.moment(35), to: Sample.moment(100), gap: 30, limit: 100)
            #expect(middle == Array(stops[1...2]))
            #expect(try await store.journey(of: bert.id, from: nil, to: nil, gap: 0, limit: 1).count == 1)
        },
        Clause("a stop lists its latest sightings, and counts them all") { store in
            let anna = try await store.createPerson(name: "Anna")
            let most = JourneyStop.maximumSightings
            let sightings = (0..<most + 20).map { Sample.sighting(person: anna.id, from: Double($0)) }
            try await store.write(sightings.map { Sample.record($0) })
            let stops = try await store.journey(of: anna.id, from: nil, to: nil, gap: 86_400, limit: 1)
            #expect(stops.map(\.count) == [most + 20])
            #expect(stops.first?.sightings == sightings.suffix(most).map(\.id))
            #expect(stops.first?.firstSeen == Sample.moment(0))
        },
        Clause("a journey of nobody, and limits that cannot be, are refused") { store in
            let anna = try await store.createPerson(name: "Anna")
            #expect(try await store.journey(of: anna.id, from: nil, to: nil, gap: 30, limit: 1).isEmpty)
            for limit in [0, 1001] {
                await expectStoreError(.invalid) {
                    _ = try await store.journey(of: anna.id, from: nil, to: nil, gap: 30, limit: limit)
                }
            }
            for gap in [-1, 86_400.5, .infinity, .nan] {
                await expectStoreError(.invalid) {
                    _ = try await store.journey(of: anna.id, from: nil, to: nil, gap: gap, limit: 9)
                }
            }
            await expectStoreError(.notFound) {
                _ = try await store.journey(of: .make(), from: nil, to: nil, gap: 30, limit: 9)
            }
        },
    ]
}
