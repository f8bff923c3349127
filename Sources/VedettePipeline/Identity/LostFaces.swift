import VedetteCore
import VedetteGallery

/// Faces that one camera lost, with what is known of them: whoever comes back within ``IdentityOptions/returnSeconds`` is
/// not a stranger.
struct LostFaces: Sendable {
    struct Face: Sendable {
        var evidence: TrackEvidence
        var lostAt: Double
    }

    /// Beyond it the longest lost go.
    private static let capacity = 512

    private(set) var faces: [Face] = []

    mutating func add(_ evidence: TrackEvidence, at seconds: Double) {
        // Without a face there is nothing to find it by.
        guard evidence.fusion.embedding != nil else { return }
        if faces.count >= Self.capacity { faces.removeFirst(faces.count - Self.capacity + 1) }
        faces.append(Face(evidence: evidence, lostAt: seconds))
    }

    /// Forgets what is older than `limit` seconds; and what is from the future, as a recording that starts over leaves it.
    mutating func forget(olderThan limit: Double, at seconds: Double) {
        faces.removeAll { seconds - $0.lostAt > limit || $0.lostAt > seconds + 1 }
    }

    mutating func remove(_ sighting: SightingID) { faces.removeAll { $0.evidence.identity.sighting == sighting } }

    /// Finds the face again that a new track shows.
    ///
    /// - Parameters:
    ///   - others: faces that are looked through as well.
    ///   - needed: similarity of the two means; the second best must be `margin` below the best, unless both are one person.
    ///   - allows: whether a lost face may be this one: not when its person is in view elsewhere.
    func find(
        resembling mean: Embedding, besides others: [Face], needed: Float, margin: Float,
        allows: (TrackIdentity) -> Bool
    ) -> Face? {
        var best: (face: Face, similarity: Float)?
        var second: (face: Face, similarity: Float)?
        for face in [faces, others].joined() {
            guard let other = face.evidence.fusion.embedding, allows(face.evidence.identity) else { continue }
            let similarity = other.similarity(to: mean)
            if similarity > best?.similarity ?? -.infinity {
                second = best
                best = (face, similarity)
            } else if similarity > second?.similarity ?? -.infinity {
                second = (face, similarity)
            }
        }
        guard let best, best.similarity >= needed else { return nil }
        if let second, best.similarity - second.similarity < margin {
            let first = best.face.evidence.identity
            let other = second.face.evidence.identity
            guard first.face == other.face || (first.person != nil && first.person == other.person) else { return nil }
        }
        return best.face
    }
}
