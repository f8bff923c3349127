import Foundation
import VedetteCore
import VedettePipeline

/// Why a track was or was not recognised.
struct ExplanationMessage: Encodable, Sendable {
    var sighting: SightingID
    var camera: CameraID
    var track: Int
    /// False once the track has ended.
    var live: Bool
    var firstSeen: Date
    var lastSeen: Date
    var framesSeen: Int
    /// Embeddings that make up the evidence, and what the size of the face asks for.
    var looks: Int
    var looksNeeded: Int
    /// Pixels; 0 before the first look.
    var faceHeight: Float
    @OrNull var quality: Quality?
    /// Most alike first.
    var candidates: [Candidate]
    /// By how much the first candidate leads the second.
    @OrNull var margin: Float?
    var similarityNeeded: Float
    var marginNeeded: Float
    var votes: [Vote]
    /// `recognised`, `anonymous`, or the reason in a word.
    var verdict: TrackExplanation.Verdict
    @OrNull var person: PersonID?
    @OrNull var name: String?
    /// In a sentence for a person.
    var reason: String

    struct Candidate: Encodable, Sendable {
        var person: PersonID
        var name: String
        var anonymous: Bool
        /// -1...1.
        var similarity: Float
        /// Whether somebody said that such a face is not this person's.
        var rejected: Bool
    }

    /// How many looks had this person as the nearest.
    struct Vote: Encodable, Sendable {
        var person: PersonID
        var name: String
        var looks: Int
    }

    /// Of the best face, each 0...1.
    struct Quality: Encodable, Sendable {
        var overall: Float
        var size: Float
        var sharpness: Float
        var frontality: Float
    }

    init(_ explanation: TrackExplanation) {
        sighting = explanation.sighting
        camera = explanation.camera
        track = explanation.track
        live = explanation.isLive
        firstSeen = explanation.firstSeen
        lastSeen = explanation.lastSeen
        framesSeen = explanation.framesSeen
        looks = explanation.looks
        looksNeeded = explanation.looksNeeded
        faceHeight = explanation.faceHeight
        quality = explanation.quality.map {
            Quality(overall: $0.overall, size: $0.size, sharpness: $0.sharpness, frontality: $0.frontality)
        }
        candidates = explanation.candidates.map {
            Candidate(
                person: $0.person, name: $0.name, anonymous: $0.isAnonymous, similarity: $0.similarity,
                rejected: $0.isRejected)
        }
        margin = explanation.margin
        similarityNeeded = explanation.similarityNeeded
        marginNeeded = explanation.marginNeeded
        votes = explanation.votes.map { Vote(person: $0.person, name: $0.name, looks: $0.looks) }
        verdict = explanation.verdict
        person = explanation.person
        name = explanation.name
        reason = explanation.reason
    }
}
