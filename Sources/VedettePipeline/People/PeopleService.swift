import Foundation
package import VedetteCore
package import VedetteGallery

/// Every change to people, their samples and who is who goes through here: it is written to the store, and the gallery
/// that recognition searches is replaced before the call returns.
package final class PeopleService: Sendable {
    package let store: any Store
    package let gallery: Gallery
    private let directory: IdentityDirectory?
    private let enroller: Enroller
    private let minimumSampleQuality: Float
    private let onForget: (@Sendable (PersonID) -> Void)?

    /// - Parameters:
    ///   - directory: the pipeline's copy of the anonymous people, brought up to date with the gallery.
    ///   - minimumSampleQuality: the least quality, 0...1, of a sighting whose face becomes a sample. Raising it keeps
    ///     the gallery clean; lowering it lets blurred and turned faces stand for a person.
    ///   - onForget: called with everybody who was erased, merged away, or removed for want of sightings, before the
    ///     gallery is replaced: what is known of them in memory has to go.
    package init(
        store: any Store, gallery: Gallery, directory: IdentityDirectory? = nil, enroller: Enroller,
        minimumSampleQuality: Float = Enroller.Options().minimumQuality,
        onForget: (@Sendable (PersonID) -> Void)? = nil
    ) {
        self.store = store
        self.gallery = gallery
        self.directory = directory
        self.enroller = enroller
        self.minimumSampleQuality = minimumSampleQuality
        self.onForget = onForget
    }

    /// Reads the gallery from the store: at start, and after every change.
    package func refresh() async throws {
        let contents = try await store.galleryContents(model: model)
        // The gallery first: who has a name by now must be found there before they are gone from among the unknown.
        gallery.replace(with: GallerySnapshot(contents: contents))
        directory?.reload(contents)
    }

    /// The embedding model whose samples and rejections are dealt with here.
    var model: String { enroller.model }

    func forget(_ person: PersonID) { onForget?(person) }

    package func create(name: String) async throws -> Person {
        let person = try await store.createPerson(name: name)
        try await refresh()
        return person
    }

    /// Also names an anonymous person.
    package func rename(_ id: PersonID, to name: String) async throws -> Person {
        let person = try await store.rename(id, to: name)
        try await refresh()
        return person
    }

    package func delete(_ id: PersonID) async throws -> ErasureReport {
        let report = try await store.delete(id)
        forget(id)
        try await refresh()
        // A frame that was under way with the old gallery may have remembered them again.
        forget(id)
        return report
    }

    package func merge(_ source: PersonID, into target: PersonID) async throws -> Person {
        let person = try await store.merge(source, into: target)
        try await refresh()
        forget(source)
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
    ///
    /// - Throws: ``EnrolmentRefusal`` `tooPoor` for a face that would be a poor sample; nothing changes then. Such a
    ///   sighting can still be given to the person with ``assign(_:to:)``.
    package func addFace(from sighting: SightingID, to person: PersonID) async throws -> FaceSample {
        let before = try await store.sighting(sighting)
        if let quality = before?.sighting.quality, quality < minimumSampleQuality {
            throw EnrolmentRefusal.tooPoor(quality: quality, needed: minimumSampleQuality, weakest: "quality")
        }
        let sample = try await store.addSample(from: sighting, to: person, model: model)
        try await forgetIfGone(before)
        try await refresh()
        return sample
    }

    /// Adds a face that was found already, without reading the gallery anew: call ``refresh()`` after the last.
    package func add(_ face: EnrolledFace, source: String, to person: PersonID) async throws -> FaceSample {
        let sample = FaceSample(
            id: .make(), person: person, embedding: face.embedding, model: model,
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
