package import Foundation

/// One appearance of one face at one camera, from when it came into view until it left: a row of the log.
package struct Sighting: Sendable, Hashable, Identifiable {
    package let id: SightingID
    package let camera: CameraID
    /// The number of the face at that camera, which it takes up again when it comes back.
    package let track: Int
    /// Nil while nobody enrolled is recognised.
    package var person: PersonID?
    package let firstSeen: Date
    package var lastSeen: Date
    /// The best similarity to the person, nil without one.
    package var similarity: Float?
    /// Quality of the best face, 0...1.
    package var quality: Float
    /// False while the face is still in view.
    package var ended: Bool
    /// Set when the person of this sighting was corrected after it had been said to be another; the latest correction.
    package var revision: Revision?

    /// That later, better evidence contradicted an earlier decision.
    package struct Revision: Sendable, Hashable {
        /// Whom the sighting named before; nil when that person is gone.
        package var previous: PersonID?
        package var at: Date

        package init(previous: PersonID?, at: Date) {
            self.previous = previous
            self.at = at
        }
    }

    package init(
        id: SightingID, camera: CameraID, track: Int, person: PersonID?, firstSeen: Date, lastSeen: Date,
        similarity: Float?, quality: Float, ended: Bool, revision: Revision? = nil
    ) {
        self.id = id
        self.camera = camera
        self.track = track
        self.person = person
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.similarity = similarity
        self.quality = quality
        self.ended = ended
        self.revision = revision
    }
}

/// What the pipeline reports about a sighting: its state now, written by upsert on its id, so that a record may be
/// replaced by a later one of the same sighting or arrive twice.
package struct SightingRecord: Sendable {
    package var sighting: Sighting
    /// The best face so far; nil leaves the stored one.
    package var face: Face?
    /// Set when ``Sighting/person`` is anonymous: enough to make that person, should the store not know them yet.
    package var anonymous: AnonymousPerson?

    package struct Face: Sendable {
        /// A crop a little larger than the face.
        package var jpeg: [UInt8]
        package var embedding: Embedding
        package var model: String

        package init(jpeg: [UInt8], embedding: Embedding, model: String) {
            self.jpeg = jpeg
            self.embedding = embedding
            self.model = model
        }
    }

    package init(sighting: Sighting, face: Face?, anonymous: AnonymousPerson? = nil) {
        self.sighting = sighting
        self.face = face
        self.anonymous = anonymous
    }
}
