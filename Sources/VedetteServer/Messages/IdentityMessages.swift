import Foundation
import VedetteCore

/// Somebody unknown who is told apart from all others.
struct AnonymousMessage: Encodable, Sendable {
    var person: PersonMessage
    var sightings: Int
    @OrNull var lastSeen: Date?
    /// The sighting with the best picture, at `/sightings/{id}/face.jpg`.
    @OrNull var bestSighting: SightingID?

    init(_ entry: AnonymousEntry) {
        person = PersonMessage(entry.person)
        sightings = entry.sightings
        lastSeen = entry.lastSeen
        bestSighting = entry.bestSighting
    }
}

/// That somebody was taken over by another person, which `POST /people/{target}/split` undoes.
struct MergeMessage: Encodable, Sendable {
    var id: MergeID
    var source: PersonID
    /// What the one who went away was called.
    var sourceName: String
    var sourceAnonymous: Bool
    var target: PersonID
    var at: Date

    init(_ merge: Merge) {
        id = merge.id
        source = merge.source
        sourceName = merge.sourceName
        sourceAnonymous = merge.sourceWasAnonymous
        target = merge.target
        at = merge.at
    }
}

/// A face that is not the person's. Its picture is that of the sighting.
struct RejectionMessage: Encodable, Sendable {
    var id: RejectionID
    var person: PersonID
    /// Null when that sighting is gone.
    @OrNull var sighting: SightingID?
    var model: String
    var createdAt: Date

    init(_ rejection: Rejection) {
        id = rejection.id
        person = rejection.person
        sighting = rejection.sighting
        model = rejection.model
        createdAt = rejection.createdAt
    }
}
