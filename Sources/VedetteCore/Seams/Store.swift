package import Foundation

/// What outlives the process. The store is the truth; the gallery in memory is a copy that carries ``GalleryContents/version``.
package protocol Store: PeopleStore, CameraStore, SightingStore, IdentityStore {
    /// Writes what is pending and closes. Later calls fail.
    func close() async throws
}

package protocol PeopleStore: Sendable {
    /// - Throws: ``StoreError`` with code `invalid` for an unusable name. Two people may have the same name.
    func createPerson(name: String) async throws -> Person
    func person(_ id: PersonID) async throws -> Person?
    /// People by exact name, oldest first.
    func people(named name: String) async throws -> [Person]
    /// A page of people ordered by name (case-insensitive), then id. `search` matches anywhere in the name.
    func people(search: String?, kind: PersonKind, page: PageRequest) async throws -> Page<Person>
    /// Names an anonymous person as well: they and all their sightings are known from then on.
    ///
    /// - Throws: ``StoreError`` `notFound`, `invalid`.
    func rename(_ id: PersonID, to name: String) async throws -> Person
    /// Removes the person, their samples, rejections and pictures, what is known of merges into them, and their
    /// identity from every sighting. Sightings on their way do not bring them back.
    func delete(_ id: PersonID) async throws -> ErasureReport
    /// Moves samples, rejections and sightings of `source` to `target` and removes `source`, in one transaction that
    /// ``IdentityStore/split(_:of:)`` can undo.
    ///
    /// - Throws: `notFound`; `invalid` for a person and themselves, or somebody with a name into an anonymous person.
    func merge(_ source: PersonID, into target: PersonID) async throws -> Person

    /// - Parameter jpeg: the crop that is shown for the sample.
    func addSample(_ sample: FaceSample, jpeg: [UInt8]) async throws
    /// Makes a sample from the best face of a sighting, and gives the sighting (and no other) to the person, as
    /// ``IdentityStore/assign(_:to:)`` does.
    ///
    /// - Throws: `notFound` when person or sighting are unknown, or the sighting has no face of `model`.
    func addSample(from sighting: SightingID, to person: PersonID, model: String) async throws -> FaceSample
    func samples(of person: PersonID) async throws -> [FaceSample]
    func deleteSample(_ id: SampleID, of person: PersonID) async throws
    func sampleImage(_ id: SampleID) async throws -> [UInt8]?

    /// Everything recognition needs, for one model, in one consistent read.
    func galleryContents(model: String) async throws -> GalleryContents
}

extension PeopleStore {
    /// A page of the people who have a name.
    package func people(search: String?, page: PageRequest) async throws -> Page<Person> {
        try await people(search: search, kind: .named, page: page)
    }
}

/// All samples of one model, with the version of the people tables they were read at.
package struct GalleryContents: Sendable {
    package struct Entry: Sendable {
        package var person: PersonID
        package var name: String
        package var embedding: Embedding
        /// Of an anonymous person, see ``AnonymousPerson``: not to be searched among those who are enrolled.
        package var isAnonymous: Bool
        /// The sample; of an anonymous person its text is that of the sighting it was taken from.
        package var sample: SampleID

        package init(
            person: PersonID, name: String, embedding: Embedding, isAnonymous: Bool = false, sample: SampleID = .make()
        ) {
            self.sample = sample
            self.person = person
            self.name = name
            self.embedding = embedding
            self.isAnonymous = isAnonymous
        }
    }

    /// Grows by at least one with every change to people or samples.
    package var version: Int64
    package var entries: [Entry]
    /// Faces of which an operator said whose they are not.
    package var rejections: [Rejection]
    /// The highest number ever given to an anonymous person; 0 before the first.
    package var lastAnonymousNumber: Int

    package init(version: Int64, entries: [Entry], rejections: [Rejection] = [], lastAnonymousNumber: Int = 0) {
        self.version = version
        self.entries = entries
        self.rejections = rejections
        self.lastAnonymousNumber = lastAnonymousNumber
    }
}

package struct ErasureReport: Sendable, Hashable, Codable {
    package var samples: Int
    package var sightings: Int

    package init(samples: Int, sightings: Int) {
        self.samples = samples
        self.sightings = sightings
    }
}

package protocol CameraStore: Sendable {
    func cameras() async throws -> [Camera]
    func camera(_ id: CameraID) async throws -> Camera?
    /// Creates or replaces.
    func save(_ camera: Camera) async throws
    /// - Returns: false when there was none. Sightings of the camera stay.
    func deleteCamera(_ id: CameraID) async throws -> Bool
}

package protocol SightingStore: Sendable {
    /// Upserts all records in one transaction, by sighting id. A record without a face leaves the stored face.
    /// A person that was erased meanwhile is written as none, one that was merged as whom they were merged into. What
    /// an operator said of a sighting stands.
    ///
    /// Of an anonymous person that nobody knows yet the person is made. They keep the faces of their sightings as
    /// samples as long as these are theirs, and go when they have no sighting left. ``GalleryContents/version`` does
    /// not change by that: it is the pipeline's own doing.
    func write(_ records: [SightingRecord]) async throws
    /// A page of sightings, newest first by `firstSeen`, then id.
    func sightings(_ filter: SightingFilter, page: PageRequest) async throws -> Page<SightingEntry>
    func sighting(_ id: SightingID) async throws -> SightingEntry?
    func sightingImage(_ id: SightingID) async throws -> [UInt8]?
    func lastSighting(of person: PersonID) async throws -> SightingEntry?
    /// Marks every open sighting as ended: called at start, for those a crash left open.
    func endOpenSightings() async throws -> Int
}

/// A sighting with what a list of them shows.
package struct SightingEntry: Sendable, Hashable {
    package var sighting: Sighting
    package var personName: String?
    /// Whether the person is anonymous, see ``AnonymousPerson``.
    package var isAnonymous: Bool
    /// Whether ``SightingStore/sightingImage(_:)`` has a picture.
    package var hasImage: Bool

    package init(sighting: Sighting, personName: String?, isAnonymous: Bool = false, hasImage: Bool) {
        self.sighting = sighting
        self.personName = personName
        self.isAnonymous = isAnonymous
        self.hasImage = hasImage
    }
}

package struct SightingFilter: Sendable, Hashable {
    package var person: PersonID?
    package var camera: CameraID?
    /// Seen at or after this moment: `lastSeen >= from`.
    package var from: Date?
    /// Seen before this moment: `firstSeen < to`.
    package var to: Date?
    /// Only faces of people with a name (true), or only those of nobody and of anonymous people (false).
    package var known: Bool?

    package init(
        person: PersonID? = nil, camera: CameraID? = nil, from: Date? = nil, to: Date? = nil, known: Bool? = nil
    ) {
        self.person = person
        self.camera = camera
        self.from = from
        self.to = to
        self.known = known
    }
}

package struct PageRequest: Sendable, Hashable {
    /// From ``Page/next`` of the page before; nil for the first. Opaque to callers; a malformed one is `invalid`.
    package var cursor: String?
    /// 1...1000.
    package var limit: Int

    package init(cursor: String? = nil, limit: Int = 100) {
        self.cursor = cursor
        self.limit = limit
    }
}

package struct Page<Item: Sendable>: Sendable {
    package var items: [Item]
    /// Nil on the last page.
    package var next: String?

    package init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }
}

package struct StoreError: DescribedError {
    package enum Code: String, Sendable, Hashable {
        case notFound, invalid, conflict
        /// The database is damaged or was made by something else or by a newer Vedette.
        case unusable
        /// Full, read-only, or busy beyond patience.
        case unavailable
        /// Another process uses the data folder.
        case locked
    }

    package var code: Code
    package var message: String
    package var remedy: String?
    /// The database's own code, for the log.
    package var underlyingCode: Int?
    package var isRetriable: Bool { code == .unavailable }

    package init(_ code: Code, _ message: String, remedy: String? = nil, underlyingCode: Int? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.underlyingCode = underlyingCode
    }
}

/// Where the pipeline reports sightings. Never blocks and never throws: writing is somebody else's work.
package protocol SightingSink: Sendable {
    func submit(_ record: SightingRecord)
}
