import Foundation
import Testing
import VedetteCore

extension StoreContract {
    static let people = [
        Clause("a person is found again by id and name") { store in
            let anna = try await store.createPerson(name: "Anna")
            #expect(try await store.person(anna.id) == anna)
            #expect(try await store.people(named: "Anna") == [anna])
            #expect(try await store.people(named: "anna").isEmpty)
            #expect(try await store.person(.make()) == nil)
        },
        Clause("two people may have one name, the older comes first") { store in
            let first = try await store.createPerson(name: "Anna")
            let second = try await store.createPerson(name: "Anna")
            #expect(try await store.people(named: "Anna").map(\.id) == [first.id, second.id])
        },
        Clause("any text is a name and comes back unchanged") { store in
            let names = [
                "a/b", "../../etc/passwd", ".", "..", "O'Brien \"Bob\"; DROP TABLE person;--", "👩🏽‍🚀 Zoë", "%_\\", "李小龙",
                String(repeating: "é", count: 200),
            ]
            for name in names {
                let person = try await store.createPerson(name: name)
                #expect(person.name == name)
                #expect(try await store.person(person.id)?.name == name)
                #expect(try await store.people(named: name).map(\.id) == [person.id])
            }
            #expect(try await store.people(search: nil, page: PageRequest()).items.count == names.count)
        },
        Clause("an unusable name is refused and nothing is stored") { store in
            for name in [
                "", "  \n", "\u{0}", String(repeating: "x", count: 10_000), String(repeating: "x", count: 201),
            ] {
                await expectStoreError(.invalid) { _ = try await store.createPerson(name: name) }
            }
            let person = try await store.createPerson(name: "Anna")
            await expectStoreError(.invalid) { _ = try await store.rename(person.id, to: "") }
            #expect(try await store.people(search: nil, page: PageRequest()).items == [person])
        },
        Clause("renaming changes the name, its order and the time of change") { store in
            let person = try await store.createPerson(name: "Anna")
            _ = try await store.createPerson(name: "Bert")
            let renamed = try await store.rename(person.id, to: "  Zoë ")
            #expect(renamed.name == "Zoë")
            #expect(renamed.updatedAt >= person.updatedAt)
            #expect(renamed.createdAt == person.createdAt)
            #expect(try await store.people(search: nil, page: PageRequest()).items.map(\.name) == ["Bert", "Zoë"])
            await expectStoreError(.notFound) { _ = try await store.rename(.make(), to: "Nobody") }
        },
        Clause("search finds a text anywhere in the name, in any case, and takes signs literally") { store in
            for name in ["Ärger", "Anna Karenina", "100%", "1000", "a_b", "axb", "back\\slash"] {
                _ = try await store.createPerson(name: name)
            }
            let cases: [(String, [String])] = [
                ("KAREN", ["Anna Karenina"]), ("äRG", ["Ärger"]), ("A\u{308}rger", ["Ärger"]), ("0%", ["100%"]),
                ("a_b", ["a_b"]), ("\\", ["back\\slash"]), ("nobody", []), ("'", []), ("\u{0}", []),
                (String(repeating: "x", count: 100_000), []),
            ]
            for (search, names) in cases {
                #expect(
                    try await store.people(search: search, page: PageRequest()).items.map(\.name) == names,
                    "\(search.prefix(9))")
            }
            #expect(try await store.people(search: "", page: PageRequest()).items.count == 7)
        },
        Clause("merging moves samples and sightings and removes the source") { store in
            let source = try await store.createPerson(name: "Anna K")
            let target = try await store.createPerson(name: "Anna")
            let sample = Sample.faceSample(of: source.id, 1)
            try await store.addSample(sample, jpeg: Sample.jpeg(1))
            let sighting = Sample.sighting(person: source.id, similarity: 0.6)
            try await store.write([Sample.record(sighting, face: 2)])

            let merged = try await store.merge(source.id, into: target.id)
            #expect(merged.id == target.id)
            #expect(merged.name == "Anna")
            #expect(merged.sampleCount == 1)
            #expect(try await store.person(source.id) == nil)
            #expect(try await store.samples(of: target.id).map(\.id) == [sample.id])
            #expect(try await store.sampleImage(sample.id) == Sample.jpeg(1))
            let entry = try #require(try await store.sighting(sighting.id))
            #expect(entry.sighting.person == target.id)
            #expect(entry.personName == "Anna")
            #expect(entry.hasImage)
        },
        Clause("a sighting of a merged person that arrives late goes to the one they became") { store in
            let first = try await store.createPerson(name: "A")
            let second = try await store.createPerson(name: "B")
            let third = try await store.createPerson(name: "C")
            _ = try await store.merge(first.id, into: second.id)
            _ = try await store.merge(second.id, into: third.id)
            let late = Sample.sighting(person: first.id, similarity: 0.7)
            try await store.write([Sample.record(late, face: 1)])
            let entry = try #require(try await store.sighting(late.id))
            #expect(entry.sighting.person == third.id)
            #expect(entry.hasImage)
        },
        Clause("merging with oneself or with nobody is refused and changes nothing") { store in
            let anna = try await store.createPerson(name: "Anna")
            await expectStoreError(.invalid) { _ = try await store.merge(anna.id, into: anna.id) }
            await expectStoreError(.notFound) { _ = try await store.merge(anna.id, into: .make()) }
            await expectStoreError(.notFound) { _ = try await store.merge(.make(), into: anna.id) }
            #expect(try await store.person(anna.id) == anna)
        },
        Clause("deleting a person removes samples, pictures and identity, and says how many") { store in
            let anna = try await store.createPerson(name: "Anna")
            let bert = try await store.createPerson(name: "Bert")
            let samples = (1...3).map { Sample.faceSample(of: anna.id, $0) }
            for (seed, sample) in samples.enumerated() { try await store.addSample(sample, jpeg: Sample.jpeg(seed)) }
            let hers = (0..<4).map { Sample.sighting(person: anna.id, from: Double($0), similarity: 0.5) }
            let his = Sample.sighting(person: bert.id, from: 9, similarity: 0.5)
            try await store.write(hers.map { Sample.record($0, face: 5) } + [Sample.record(his, face: 6)])

            #expect(try await store.delete(anna.id) == ErasureReport(samples: 3, sightings: 4))
            #expect(try await store.person(anna.id) == nil)
            #expect(try await store.samples(of: anna.id).isEmpty)
            #expect(try await store.lastSighting(of: anna.id) == nil)
            for sample in samples { #expect(try await store.sampleImage(sample.id) == nil) }
            for sighting in hers {
                let entry = try #require(try await store.sighting(sighting.id))
                #expect(entry.sighting.person == nil)
                #expect(entry.sighting.similarity == nil)
                #expect(entry.personName == nil)
                #expect(!entry.hasImage)
                #expect(try await store.sightingImage(sighting.id) == nil)
            }
            #expect(try await store.sightingImage(his.id) == Sample.jpeg(6))
            #expect(try await store.galleryContents(model: Sample.model).entries.isEmpty)
            await expectStoreError(.notFound) { _ = try await store.delete(anna.id) }
        },
    ]
}
