import Foundation
package import VedetteCore
package import VedetteGallery

/// Every change to people and their samples goes through here: it is written to the store, and the gallery that
/// recognition searches is replaced before the call returns.
package final class PeopleService: Sendable {
    package let store: any PeopleStore
    package let gallery: Gallery
    private let enroller: Enroller

    package init(store: any PeopleStore, gallery: Gallery, enroller: Enroller) {
        self.store = store
        self.gallery = gallery
        self.enroller = enroller
    }

    /// Reads the gallery from the store: at start, and after every change.
    package func refresh() async throws {
        gallery.replace(with: GallerySnapshot(contents: try await store.galleryContents(model: enroller.model)))
    }

    package func create(name: String) async throws -> Person {
        let person = try await store.createPerson(name: name)
        try await refresh()
        return person
    }

    package func rename(_ id: PersonID, to name: String) async throws -> Person {
        let person = try await store.rename(id, to: name)
        try await refresh()
        return person
    }

    package func delete(_ id: PersonID) async throws -> ErasureReport {
        let report = try await store.delete(id)
        try await refresh()
        return report
    }

    package func merge(_ source: PersonID, into target: PersonID) async throws -> Person {
        let person = try await store.merge(source, into: target)
        try await refresh()
        return person
    }

    /// Adds the one face in a photo to a person, without reading the gallery anew: call ``refresh()`` after the last.
    ///
    /// - Parameter source: what the sample is called in lists: a file name.
    /// - Throws: ``EnrolmentRefusal`` when the photo cannot be used, `StoreError` when the person is unknown.
    package func addFace(photo: [UInt8], source: String, to person: PersonID) async throws -> FaceSample {
        let face = try await enroller.face(in: photo)
        return try await add(face, source: source, to: person)
    }

    /// Adds the best face of a sighting to a person; the sighting becomes the person's.
    package func addFace(from sighting: SightingID, to person: PersonID) async throws -> FaceSample {
        let sample = try await store.addSample(from: sighting, to: person, model: enroller.model)
        try await refresh()
        return sample
    }

    /// Adds a face that was found already, without reading the gallery anew: call ``refresh()`` after the last.
    package func add(_ face: EnrolledFace, source: String, to person: PersonID) async throws -> FaceSample {
        let sample = FaceSample(
            id: .make(), person: person, embedding: face.embedding, model: enroller.model,
            quality: face.quality.overall,
            source: source, createdAt: .now)
        try await store.addSample(sample, jpeg: face.jpeg)
        return sample
    }

    package func deleteFace(_ id: SampleID, of person: PersonID) async throws {
        try await store.deleteSample(id, of: person)
        try await refresh()
    }

    package func samples(of person: PersonID) async throws -> [FaceSample] { try await store.samples(of: person) }
}
