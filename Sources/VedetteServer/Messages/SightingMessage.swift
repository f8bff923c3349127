import Foundation
import VedetteCore

/// One appearance of one face at one camera. Its best face is at `/sightings/{id}/face.jpg` when `hasFace` is true.
struct SightingMessage: Encodable, Sendable {
    var id: SightingID
    var camera: CameraID
    /// Null when the camera was removed.
    @OrNull var cameraName: String?
    var track: Int
    @OrNull var person: PersonID?
    @OrNull var personName: String?
    /// Whether nobody has named the person yet; false without a person.
    var anonymous: Bool
    var firstSeen: Date
    var lastSeen: Date
    /// The best to the person; null for an unknown face.
    @OrNull var similarity: Float?
    /// 0...1.
    var quality: Float
    /// False while the face is still in view.
    var ended: Bool
    var hasFace: Bool
    /// Set when the person was corrected after it had been said to be another.
    @OrNull var revision: RevisionMessage?

    init(_ entry: SightingEntry, cameraName: String?) {
        let sighting = entry.sighting
        id = sighting.id
        camera = sighting.camera
        self.cameraName = cameraName
        track = sighting.track
        person = sighting.person
        personName = entry.personName
        anonymous = entry.isAnonymous
        firstSeen = sighting.firstSeen
        lastSeen = sighting.lastSeen
        similarity = sighting.similarity
        quality = sighting.quality
        ended = sighting.ended
        hasFace = entry.hasImage
        revision = sighting.revision.map(RevisionMessage.init)
    }
}

/// The latest correction of a sighting.
struct RevisionMessage: Encodable, Sendable {
    /// Whom the sighting named before; null when that person is gone.
    @OrNull var previous: PersonID?
    var at: Date

    init(_ revision: Sighting.Revision) {
        previous = revision.previous
        at = revision.at
    }
}
