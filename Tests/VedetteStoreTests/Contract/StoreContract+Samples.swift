import Foundation
import Testing
import VedetteCore

extension StoreContract {
    static let samples = [
        Clause("a sample comes back as it was, with its picture") { store in
            let anna = try await store.createPerson(name: "Anna")
            let sample = Sample.faceSample(of: anna.id, 3)
            let later = Sample.faceSample(of: anna.id, 4)
            try await store.addSample(later, jpeg: [])
            try await store.addSample(sample, jpeg: Sample.jpeg(3))
            let all = try await store.samples(of: anna.id)
            #expect(all.map(\.id) == [sample.id, later.id], "oldest first")
            let stored = try #require(all.first)
            #expect(stored.id == sample.id)
            #expect(stored.person == anna.id)
            #expect(stored.model == sample.model)
            #expect(stored.quality == sample.quality)
            #expect(stored.source == sample.source)
            #expect(stored.createdAt == sample.createdAt)
            #expect(stored.embedding.similarity(to: sample.embedding) > 0.999_99)
            #expect(try await store.sampleImage(sample.id) == Sample.jpeg(3))
            #expect(try await store.sampleImage(later.id) == nil)
            #expect(try await store.person(anna.id)?.sampleCount == 2)
            #expect(try await store.sampleImage(.make()) == nil)
        },
        Clause("a sample of nobody, without quality, or stored twice is refused") { store in
            let anna = try await store.createPerson(name: "Anna")
            await expectStoreError(.notFound) { try await store.addSample(Sample.faceSample(of: .make(), 1), jpeg: []) }
            let sample = Sample.faceSample(of: anna.id, 1)
            try await store.addSample(sample, jpeg: [])
            await expectStoreError(.conflict) { try await store.addSample(sample, jpeg: []) }
            let worthless = FaceSample(
                id: .make(), person: anna.id, embedding: Sample.embedding(2), model: "sface", quality: .nan, source: "",
                createdAt: Date())
            await expectStoreError(.invalid) { try await store.addSample(worthless, jpeg: []) }
            #expect(try await store.person(anna.id)?.sampleCount == 1)
        },
        Clause("a sample is removed only from its own person") { store in
            let anna = try await store.createPerson(name: "Anna")
            let bert = try await store.createPerson(name: "Bert")
            let sample = Sample.faceSample(of: anna.id, 1)
            try await store.addSample(sample, jpeg: Sample.jpeg(1))
            await expectStoreError(.notFound) { try await store.deleteSample(sample.id, of: bert.id) }
            #expect(try await store.sampleImage(sample.id) != nil)
            try await store.deleteSample(sample.id, of: anna.id)
            #expect(try await store.samples(of: anna.id).isEmpty)
            #expect(try await store.sampleImage(sample.id) == nil)
            await expectStoreError(.notFound) { try await store.deleteSample(sample.id, of: anna.id) }
        },
        Clause("a sighting's face becomes a sample and the sighting the person's") { store in
            let anna = try await store.createPerson(name: "Anna")
            let sighting = Sample.sighting(quality: 0.625)
            let other = Sample.sighting(from: 5)
            try await store.write([Sample.record(sighting, face: 4), Sample.record(other, face: 4)])

            let sample = try await store.addSample(from: sighting.id, to: anna.id, model: Sample.model)
            #expect(sample.person == anna.id)
            #expect(sample.quality == 0.625)
            #expect(sample.embedding.similarity(to: Sample.embedding(4)) > 0.999_99)
            #expect(try await store.sampleImage(sample.id) == Sample.jpeg(4))
            #expect(try await store.samples(of: anna.id).map(\.id) == [sample.id])
            #expect(try await store.sighting(sighting.id)?.sighting.person == anna.id)
            #expect(try await store.sighting(sighting.id)?.personName == "Anna")
            #expect(try await store.sighting(other.id)?.sighting.person == nil)

            let again = try await store.addSample(from: sighting.id, to: anna.id, model: Sample.model)
            #expect(again.id == sample.id, "the same face twice is one sample")
        },
        Clause("what an operator said about a sighting is not overwritten by the pipeline") { store in
            let anna = try await store.createPerson(name: "Anna")
            let open = Sample.sighting(to: 1, ended: false)
            try await store.write([Sample.record(open, face: 4)])
            _ = try await store.addSample(from: open.id, to: anna.id, model: Sample.model)
            var later = open
            later.lastSeen = Sample.moment(8)
            later.ended = true
            try await store.write([Sample.record(later)])
            let stored = try #require(try await store.sighting(open.id)?.sighting)
            #expect(stored.person == anna.id)
            #expect(stored.lastSeen == later.lastSeen)
            #expect(stored.ended)
            _ = try await store.delete(anna.id)
            #expect(try await store.sighting(open.id)?.sighting.person == nil)
        },
        Clause("no sample comes from an unknown sighting, for an unknown person or of another model") { store in
            let anna = try await store.createPerson(name: "Anna")
            let faceless = Sample.sighting()
            let sighting = Sample.sighting(from: 2)
            try await store.write([Sample.record(faceless), Sample.record(sighting, face: 1)])
            for (id, person, model) in [
                (SightingID.make(), anna.id, Sample.model), (sighting.id, .make(), Sample.model),
                (sighting.id, anna.id, "arcface"), (faceless.id, anna.id, Sample.model),
            ] {
                await expectStoreError(.notFound) { _ = try await store.addSample(from: id, to: person, model: model) }
            }
            #expect(try await store.sighting(sighting.id)?.sighting.person == nil)
            #expect(try await store.person(anna.id)?.sampleCount == 0)
        },
        Clause("the gallery holds the samples of one model with their people") { store in
            let anna = try await store.createPerson(name: "Anna")
            let bert = try await store.createPerson(name: "Bert")
            for (person, seed, model) in [
                (anna, 1, "sface"), (anna, 2, "sface"), (bert, 3, "sface"), (bert, 4, "arcface"),
            ] {
                try await store.addSample(Sample.faceSample(of: person.id, seed, model: model), jpeg: [])
            }
            let contents = try await store.galleryContents(model: "sface")
            #expect(contents.entries.count == 3)
            for (person, seed) in [(anna, 1), (anna, 2), (bert, 3)] {
                let match = contents.entries.first { $0.embedding.similarity(to: Sample.embedding(seed)) > 0.999_99 }
                #expect(match?.person == person.id)
                #expect(match?.name == person.name)
            }
            #expect(try await store.galleryContents(model: "arcface").entries.map(\.name) == ["Bert"])
            #expect(try await store.galleryContents(model: "none").entries.isEmpty)
        },
        Clause("the gallery version grows with every change to people and samples, and with nothing else") { store in
            let anna = try await store.createPerson(name: "Anna")
            let clara = try await store.createPerson(name: "Clara")
            let sample = Sample.faceSample(of: anna.id, 1)
            let sighting = Sample.sighting()
            let steps: [(what: String, changes: Bool, step: () async throws -> Void)] = [
                ("create", true, { _ = try await store.createPerson(name: "Bert") }),
                ("rename", true, { _ = try await store.rename(anna.id, to: "Anne") }),
                ("add a sample", true, { try await store.addSample(sample, jpeg: []) }),
                ("add it again", false, { try await store.addSample(sample, jpeg: []) }),
                ("remove it", true, { try await store.deleteSample(sample.id, of: anna.id) }),
                ("write a sighting", false, { try await store.write([Sample.record(sighting, face: 1)]) }),
                (
                    "sample of a sighting", true,
                    {
                        _ = try await store.addSample(from: sighting.id, to: anna.id, model: Sample.model)
                    }
                ),
                ("delete nobody", false, { _ = try await store.delete(.make()) }),
                ("merge", true, { _ = try await store.merge(clara.id, into: anna.id) }),
                ("delete", true, { _ = try await store.delete(anna.id) }),
            ]
            var version = try await store.galleryContents(model: Sample.model).version
            for (what, changes, step) in steps {
                try? await step()
                let now = try await store.galleryContents(model: Sample.model).version
                #expect(changes ? now > version : now == version, "\(what)")
                version = now
            }
        },
    ]

    static let cameras = [
        Clause("a camera is kept with its secret, replaced and removed; its sightings stay") { store in
            var camera = Camera(
                id: CameraID("entrance")!, name: "Entrance 'A'", uri: SourceURI("rtsp://u:p%20@host/1?x=y"),
                createdAt: Sample.moment(0))
            let yard = Camera(
                id: .make(), name: "", uri: SourceURI("test:"), enabled: false, createdAt: Sample.moment(1))
            try await store.save(camera)
            try await store.save(yard)
            #expect(try await store.cameras() == [camera, yard])
            camera.name = "Door"
            camera.enabled = false
            camera.uri = SourceURI("/dev/video0")
            try await store.save(camera)
            #expect(try await store.camera(camera.id) == camera)
            #expect(try await store.cameras().count == 2)

            try await store.write([Sample.record(Sample.sighting(camera: "entrance"))])
            #expect(try await store.deleteCamera(camera.id))
            #expect(try await store.deleteCamera(camera.id) == false)
            #expect(try await store.camera(camera.id) == nil)
            #expect(try await store.sightings(SightingFilter(camera: camera.id), page: PageRequest()).items.count == 1)
        },
        Clause("a camera with a zero character is refused") { store in
            await expectStoreError(.invalid) {
                try await store.save(Camera(id: .make(), name: "a\u{0}b", uri: SourceURI("test:")))
            }
            let cameras = try await store.cameras()
            #expect(cameras.isEmpty)
        },
    ]
}
