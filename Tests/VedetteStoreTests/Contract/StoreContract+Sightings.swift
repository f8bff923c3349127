import Foundation
import Testing
import VedetteCore

extension StoreContract {
    static let sightings = [
        Clause("a sighting comes back as it was") { store in
            let anna = try await store.createPerson(name: "Anna")
            let sighting = Sample.sighting(
                person: anna.id, from: 1.25, to: 9.5, similarity: 0.625, quality: 0.75, ended: false)
            try await store.write([Sample.record(sighting, face: 2)])
            let entry = SightingEntry(sighting: sighting, personName: "Anna", hasImage: true)
            #expect(try await store.sighting(sighting.id) == entry)
            #expect(try await store.sightings(SightingFilter(), page: PageRequest()).items == [entry])
            #expect(try await store.sightingImage(sighting.id) == Sample.jpeg(2))
            #expect(try await store.sighting(.make()) == nil)
            #expect(try await store.sightingImage(.make()) == nil)
        },
        Clause("a record of the same sighting replaces its state; without a face it leaves the face") { store in
            let anna = try await store.createPerson(name: "Anna")
            var sighting = Sample.sighting(to: 1, ended: false)
            try await store.write([Sample.record(sighting, face: 1)])
            sighting.person = anna.id
            sighting.similarity = 0.5
            sighting.lastSeen = Sample.moment(4)
            sighting.quality = 0.875
            sighting.ended = true
            try await store.write([Sample.record(sighting)])
            try await store.write([Sample.record(sighting)])
            #expect(
                try await store.sightings(SightingFilter(), page: PageRequest()).items
                    == [SightingEntry(sighting: sighting, personName: "Anna", hasImage: true)])
            #expect(try await store.sightingImage(sighting.id) == Sample.jpeg(1))
            try await store.write([Sample.record(sighting, face: 8)])
            #expect(try await store.sightingImage(sighting.id) == Sample.jpeg(8))
        },
        Clause("a face without a picture leaves the picture and renews the embedding") { store in
            let anna = try await store.createPerson(name: "Anna")
            let sighting = Sample.sighting()
            try await store.write([Sample.record(sighting, face: 1)])
            let face = SightingRecord.Face(jpeg: [], embedding: Sample.embedding(2), model: Sample.model)
            try await store.write([SightingRecord(sighting: sighting, face: face)])
            #expect(try await store.sightingImage(sighting.id) == Sample.jpeg(1))
            let sample = try await store.addSample(from: sighting.id, to: anna.id, model: Sample.model)
            #expect(sample.embedding.similarity(to: Sample.embedding(2)) > 0.999_99)

            let blind = Sample.sighting(from: 5)
            try await store.write([SightingRecord(sighting: blind, face: face)])
            #expect(try await store.sighting(blind.id)?.hasImage == false)
            #expect(try await store.sightingImage(blind.id) == nil)
        },
        Clause("a person erased meanwhile is written as none, without their face") { store in
            let anna = try await store.createPerson(name: "Anna")
            let open = Sample.sighting(person: anna.id, similarity: 0.5, ended: false)
            try await store.write([Sample.record(open, face: 1)])
            _ = try await store.delete(anna.id)
            let new = Sample.sighting(person: anna.id, from: 3, similarity: 0.5)
            let bystander = Sample.sighting(from: 4)
            try await store.write([
                Sample.record(open, face: 2), Sample.record(new, face: 3), Sample.record(bystander, face: 4),
            ])
            for id in [open.id, new.id] {
                let entry = try #require(try await store.sighting(id))
                #expect(entry.sighting.person == nil)
                #expect(entry.sighting.similarity == nil)
                #expect(!entry.hasImage)
            }
            #expect(try await store.sighting(bystander.id)?.hasImage == true)
        },
        Clause("values that are no numbers or no moments do not stop a batch") { store in
            let wild = Sighting(
                id: .make(), camera: CameraID("c")!, track: .max, person: nil,
                firstSeen: Date(timeIntervalSince1970: -.infinity),
                lastSeen: Date(timeIntervalSince1970: 1e300), similarity: .nan, quality: .nan, ended: false)
            let plain = Sample.sighting()
            try await store.write([Sample.record(wild), Sample.record(plain)])
            let stored = try #require(try await store.sighting(wild.id)?.sighting)
            #expect(stored.track == .max)
            #expect(stored.similarity == nil)
            #expect(stored.quality == 0)
            #expect(try await store.sighting(plain.id) != nil)
            try await store.write([])
        },
        Clause("open sightings are ended, once") { store in
            let open = (0..<3).map { Sample.sighting(from: Double($0), ended: false) }
            let ended = Sample.sighting(from: 9)
            try await store.write((open + [ended]).map { Sample.record($0) })
            #expect(try await store.endOpenSightings() == 3)
            #expect(try await store.endOpenSightings() == 0)
            let all = try await store.sightings(SightingFilter(), page: PageRequest()).items
            #expect(all.count == 4)
            #expect(all.allSatisfy { $0.sighting.ended })
            #expect(try await store.sighting(open[1].id)?.sighting.lastSeen == open[1].lastSeen)
        },
        Clause("the last sighting of a person is the one that ended last") { store in
            let anna = try await store.createPerson(name: "Anna")
            let long = Sample.sighting(camera: "hall", person: anna.id, from: 0, to: 500, similarity: 0.5)
            let short = Sample.sighting(camera: "door", person: anna.id, from: 100, to: 110, similarity: 0.5)
            let other = Sample.sighting(from: 900)
            try await store.write([long, short, other].map { Sample.record($0) })
            #expect(try await store.lastSighting(of: anna.id)?.sighting.id == long.id)
            #expect(try await store.lastSighting(of: .make()) == nil)
        },
    ]

    static let filters = [
        Clause("every filter selects what it says, newest first") { store in
            let anna = try await store.createPerson(name: "Anna")
            let bert = try await store.createPerson(name: "Bert")
            // (name, camera, person, first seen, last seen)
            let scene: [(String, String, PersonID?, Double, Double)] = [
                ("a", "door", anna.id, 0, 100), ("b", "door", nil, 10, 20), ("c", "yard", bert.id, 30, 40),
                ("d", "yard", anna.id, 50, 60), ("e", "door", nil, 70, 80),
            ]
            try await store.write(
                scene.map { name, camera, person, from, to in
                    Sample.record(
                        Sample.sighting(id: SightingID(name)!, camera: camera, person: person, from: from, to: to))
                })
            let cases: [(SightingFilter, String)] = [
                (SightingFilter(), "edcba"),
                (SightingFilter(person: anna.id), "da"),
                (SightingFilter(person: .make()), ""),
                (SightingFilter(camera: CameraID("yard")), "dc"),
                (SightingFilter(camera: CameraID("none")), ""),
                (SightingFilter(person: anna.id, camera: CameraID("door")), "a"),
                (SightingFilter(known: true), "dca"),
                (SightingFilter(known: false), "eb"),
                (SightingFilter(person: anna.id, known: false), ""),
                (SightingFilter(camera: CameraID("door"), known: false), "eb"),
                (SightingFilter(from: Sample.moment(40)), "edca"),
                (SightingFilter(from: Sample.moment(40.000_001)), "eda"),
                (SightingFilter(from: Sample.moment(101)), ""),
                (SightingFilter(to: Sample.moment(50)), "cba"),
                (SightingFilter(to: Sample.moment(50.000_001)), "dcba"),
                (SightingFilter(from: Sample.moment(25), to: Sample.moment(55)), "dca"),
                (SightingFilter(from: Sample.moment(55), to: Sample.moment(25)), "a"),
                (SightingFilter(camera: CameraID("door"), from: Sample.moment(25)), "ea"),
                (SightingFilter(from: .distantPast, to: .distantFuture), "edcba"),
                (SightingFilter(from: Date(timeIntervalSince1970: 1e300)), ""),
            ]
            for (filter, names) in cases {
                let page = try await store.sightings(filter, page: PageRequest())
                #expect(page.items.map(\.sighting.id.rawValue).joined() == names, "\(filter)")
                #expect(page.next == nil)
            }
        },
        Clause("a sighting whose beginning is corrected is still found by its end") { store in
            let id = SightingID("long")!
            try await store.write([Sample.record(Sample.sighting(id: id, from: 0, to: 10))])
            try await store.write([Sample.record(Sample.sighting(id: id, from: 5_000, to: 5_010))])
            let found = try await store.sightings(SightingFilter(from: Sample.moment(5_009)), page: PageRequest())
            #expect(found.items.map(\.sighting.id) == [id])
        },
    ]
}
