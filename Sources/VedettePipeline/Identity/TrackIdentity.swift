package import VedetteCore

/// Who a track is, as far as is known.
package struct TrackIdentity: Sendable {
    package let track: Int
    /// The number of the face at this camera, from 1: a face that comes back, or goes on under another track, keeps it.
    package internal(set) var face: Int
    /// The id of this appearance in the log.
    package internal(set) var sighting: SightingID
    /// When the appearance began, in the tracker's seconds.
    package internal(set) var since: Double
    package internal(set) var person: PersonID?
    package internal(set) var name: String?
    /// Set when the person is anonymous.
    package internal(set) var anonymous: AnonymousPerson?
    /// Similarity of all the evidence to the person; nil while nobody is recognised.
    package internal(set) var similarity: Float?
    /// The best face so far; nil before the first embedding.
    package internal(set) var best: BestFace?

    package struct BestFace: Sendable {
        package var embedding: Embedding
        package var quality: FaceQuality
        package var box: Box
        /// Changes when the evidence turned out to be another face's, and what was best before is void.
        package var generation: Int
    }

    init(track: Int, face: Int, sighting: SightingID, since: Double) {
        self.track = track
        self.face = face
        self.sighting = sighting
        self.since = since
    }

    package var isAnonymous: Bool { anonymous != nil }
    package var isNamed: Bool { person != nil && anonymous == nil }

    mutating func become(_ person: PersonID?, name: String?, similarity: Float?, anonymous: AnonymousPerson? = nil) {
        self.person = person
        self.name = name
        self.similarity = similarity
        self.anonymous = anonymous
    }

    mutating func clear() { become(nil, name: nil, similarity: nil) }
}
