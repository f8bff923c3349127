import Foundation
import VedetteCore
import VedetteGallery

extension TrackEvidence {
    /// Candidates that an explanation names.
    private static let candidateCount = 5

    /// Why the track is or is not recognised, as of the latest decision.
    func explanation(
        _ gallery: GallerySnapshot, _ directory: IdentityDirectory, camera: CameraID, isLive: Bool, firstSeen: Date,
        lastSeen: Date, marginNeeded: Float
    ) -> TrackExplanation {
        var candidates: [TrackExplanation.Candidate] = []
        if let mean = fusion.embedding {
            candidates += gallery.candidates(mean, limit: Self.candidateCount).map {
                .init(
                    person: $0.person, name: $0.name, isAnonymous: false, similarity: $0.similarity,
                    isRejected: $0.isRejected)
            }
            candidates += directory.nearest(mean, limit: 2).map {
                .init(
                    person: $0.person.id, name: $0.person.name, isAnonymous: true, similarity: $0.similarity,
                    isRejected: false)
            }
            candidates.sort { $0.similarity > $1.similarity }
        }
        let named = candidates.filter { !$0.isAnonymous && !$0.isRejected }
        let margin = named.count > 1 ? named[0].similarity - named[1].similarity : nil
        return TrackExplanation(
            sighting: identity.sighting, camera: camera, track: identity.face, isLive: isLive, firstSeen: firstSeen,
            lastSeen: lastSeen, framesSeen: framesSeen, looks: fusion.count, looksNeeded: judgement.looksNeeded,
            faceHeight: height, quality: identity.best?.quality, candidates: candidates, margin: margin,
            similarityNeeded: judgement.similarityNeeded, marginNeeded: marginNeeded,
            votes: votes.map { .init(person: $0.key, name: gallery.name(of: $0.key) ?? "", looks: $0.value) }
                .filter { !$0.name.isEmpty }.sorted { ($0.looks, $1.name) > ($1.looks, $0.name) },
            verdict: judgement.verdict, person: identity.person, name: identity.name,
            reason: reason(named.first, margin, marginNeeded))
    }

    private func reason(_ best: TrackExplanation.Candidate?, _ margin: Float?, _ marginNeeded: Float) -> String {
        let needed = hundredths(judgement.similarityNeeded)
        let nearest = best.map { "\($0.name) (\(hundredths($0.similarity)))" } ?? "nobody"
        switch judgement.verdict {
        case .recognised:
            return "Recognised as \(identity.name ?? ""): similarity \(hundredths(identity.similarity ?? 0)), "
                + "needed \(needed) for a gallery of this size."
        case .anonymous:
            return
                "\(identity.name ?? "Unknown"): unlike everybody who is enrolled; nearest is \(nearest), needed \(needed)."
        case .notSeenWell:
            return "No face was seen well enough to be looked at: too small, blurred or turned away."
        case .tooFewLooks:
            return "Resembles \(nearest), but was looked at \(fusion.count) times; a face of this size takes "
                + "\(judgement.looksNeeded)."
        case .emptyGallery:
            return "Nobody is enrolled."
        case .tooUnlike:
            return "Nearest is \(nearest); needed \(needed)."
        case .ambiguous:
            return
                "Nearest is \(nearest), only \(hundredths(margin ?? 0)) before the next; needed \(hundredths(marginNeeded))."
        case .rejected:
            return
                "Whoever it resembles most was ruled out by an operator for this face; next is \(nearest), needed \(needed)."
        case .nameTaken:
            return "Another face in view has a stronger claim to the name; this one is looked at again."
        }
    }

    private func hundredths(_ value: Float) -> String {
        let scaled = Int((value * 100).rounded())
        let digits = abs(scaled) % 100
        return "\(scaled < 0 ? "-" : "")\(abs(scaled) / 100).\(digits < 10 ? "0" : "")\(digits)"
    }
}
