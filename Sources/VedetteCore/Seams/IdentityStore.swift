package import Foundation

/// What operators correct about who is who, and what is known of somebody's way over the cameras.
package protocol IdentityStore: Sendable {
    /// Anonymous people, those with the most sightings first, then by id.
    func anonymousPeople(page: PageRequest) async throws -> Page<AnonymousEntry>
    /// Erases, as by ``PeopleStore/delete(_:)``, every anonymous person who was last seen before `moment` and made before it.
    ///
    /// - Returns: those who are gone.
    func expireAnonymousPeople(before moment: Date) async throws -> [PersonID]

    /// Merges into the person that can still be undone, newest first.
    func merges(into person: PersonID) async throws -> [Merge]
    /// Undoes a merge in one transaction: the source is a person again under the same id, with the samples, rejections and
    /// sightings that came with it, as far as they are still the target's.
    ///
    /// - Returns: the source.
    /// - Throws: `notFound` for an unknown merge or one of another person.
    func split(_ merge: MergeID, of person: PersonID) async throws -> Person

    /// Says who a sighting is (nil: nobody), for good: the pipeline no longer changes it.
    ///
    /// - Throws: `notFound` when sighting or person are unknown.
    func assign(_ sighting: SightingID, to person: PersonID?) async throws -> SightingEntry
    /// Notes that the best face of the sighting is not the person's. A sighting that named the person becomes nobody's,
    /// and the pipeline may give it to anybody but them.
    ///
    /// - Throws: `notFound` when person or sighting are unknown, or the sighting has no face of `model`.
    func reject(_ sighting: SightingID, as person: PersonID, model: String) async throws -> Rejection
    func rejections(of person: PersonID) async throws -> [Rejection]
    func deleteRejection(_ id: RejectionID, of person: PersonID) async throws

    /// Where the person was, in order of time: sightings at one camera with less than `gap` between them are one stop,
    /// unless the person came to another camera in that time, see ``JourneyStops``.
    ///
    /// A store looks at a bounded number of sightings, the latest: 100,000 unless it says otherwise. What was before is
    /// as if it had not been.
    ///
    /// - Parameters:
    ///   - gap: seconds, in ``JourneyStops/gaps``.
    ///   - limit: most stops, 1...1000; the latest are kept.
    /// - Throws: `notFound` for an unknown person, `invalid` for a limit or gap that cannot be.
    func journey(
        of person: PersonID, from: Date?, to: Date?, gap: TimeInterval, limit: Int
    ) async throws -> [JourneyStop]
}

/// An anonymous person with what a list of them shows.
package struct AnonymousEntry: Sendable, Hashable {
    package var person: Person
    package var sightings: Int
    /// Nil when all sightings are gone.
    package var lastSeen: Date?
    /// The sighting with the best picture, for showing a face.
    package var bestSighting: SightingID?

    package init(person: Person, sightings: Int, lastSeen: Date?, bestSighting: SightingID?) {
        self.person = person
        self.sightings = sightings
        self.lastSeen = lastSeen
        self.bestSighting = bestSighting
    }
}

/// That a person was taken over by another.
package struct Merge: Sendable, Hashable, Identifiable {
    package let id: MergeID
    /// Whom there is no more, and what they were called.
    package var source: PersonID
    package var sourceName: String
    package var sourceWasAnonymous: Bool
    package var target: PersonID
    package var at: Date

    package init(
        id: MergeID, source: PersonID, sourceName: String, sourceWasAnonymous: Bool, target: PersonID, at: Date
    ) {
        self.id = id
        self.source = source
        self.sourceName = sourceName
        self.sourceWasAnonymous = sourceWasAnonymous
        self.target = target
        self.at = at
    }
}

package typealias MergeID = Identifier<Merge>

/// A face that is not a person's, though it looks like it: "this is not X".
package struct Rejection: Sendable, Hashable, Identifiable {
    package let id: RejectionID
    package var person: PersonID
    package var embedding: Embedding
    /// The embedding model's name.
    package var model: String
    /// Where the face was seen; nil when that sighting is gone.
    package var sighting: SightingID?
    package var createdAt: Date

    package init(
        id: RejectionID, person: PersonID, embedding: Embedding, model: String, sighting: SightingID?, createdAt: Date
    ) {
        self.id = id
        self.person = person
        self.embedding = embedding
        self.model = model
        self.sighting = sighting
        self.createdAt = createdAt
    }
}

package typealias RejectionID = Identifier<Rejection>

/// One stay of a person at one camera.
package struct JourneyStop: Sendable, Hashable {
    package var camera: CameraID
    package var firstSeen: Date
    package var lastSeen: Date
    /// In order of time; of more than ``maximumSightings`` the latest.
    package var sightings: [SightingID]
    /// How many sightings the stay is made of, listed or not.
    package var count: Int
    /// The best of the stay, nil without one.
    package var similarity: Float?

    /// Sightings that a stop lists. Raising it makes the answer for somebody who is always seen longer.
    package static let maximumSightings = 100

    package init(
        camera: CameraID, firstSeen: Date, lastSeen: Date, sightings: [SightingID], count: Int, similarity: Float?
    ) {
        self.camera = camera
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.sightings = sightings
        self.count = count
        self.similarity = similarity
    }
}
