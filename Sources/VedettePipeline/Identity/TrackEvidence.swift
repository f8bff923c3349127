import VedetteCore
import VedetteGallery

/// Everything that speaks for who one track is, with the decision that followed from it.
struct TrackEvidence: Sendable {
    var identity: TrackIdentity
    var fusion: EmbeddingFusion
    /// Greatest height of an embedded face, pixels.
    var height: Float = 0
    var looks = 0
    /// Frames in which the face was detected.
    var framesSeen = 0
    /// How many single looks had each person as the nearest.
    var votes: [PersonID: Int] = [:]
    /// Looks that are wanted out of turn, because it was in doubt whether the face is still the same.
    var wantedLooks = 0
    /// When the first of the latest looks was taken that showed another face, none between them this one.
    var otherFaceSince: Double?
    /// Whether the box met another track's, or the border, in the frame before.
    var isCrossing = false

    // The latest look, on the clocks of frames and of seconds.
    var attemptedAt: Int?
    var checkedAt: Double = -.infinity
    var lastSeen: Double

    /// Whether there is evidence that no decision has taken up.
    var isStale = false
    var galleryVersion: Int64 = -1
    var directoryVersion = -1
    var isSeen = true
    var generation = 0
    /// Whether a face that was lost was looked for, and found.
    var isContinued = false
    /// The frame in which it became the person it is.
    var personSince = 0
    var judgement = Judgement()

    /// What the latest decision asked for, for ``TrackExplanation``.
    struct Judgement: Sendable {
        var verdict = TrackExplanation.Verdict.notSeenWell
        /// Of the enrolled person who is nearest by the photos; -1 without one.
        var nearest: Float = -1
        var similarityNeeded: Float = 0
        var looksNeeded = 0
    }

    init(_ identity: TrackIdentity, options: EmbeddingFusion.Options, at seconds: Double) {
        self.identity = identity
        fusion = EmbeddingFusion(options: options)
        lastSeen = seconds
    }

    /// Forgets what was seen so far: who it is takes new looks.
    mutating func restart(_ options: EmbeddingFusion.Options) {
        fusion = EmbeddingFusion(options: options)
        looks = 0
        height = 0
        votes = [:]
        generation += 1
        identity.best = nil
        judgement.verdict = .notSeenWell
    }

    /// Moves its times along with a clock that jumped back.
    mutating func shift(by seconds: Double) {
        identity.since += seconds
        lastSeen += seconds
        checkedAt += seconds
        if let since = otherFaceSince { otherFaceSince = since + seconds }
    }

    mutating func vote(for person: PersonID) { votes[person, default: 0] += 1 }

    /// Takes over the evidence and the number of a face that was lost.
    mutating func continueFrom(_ lost: LostFaces.Face, reopening: Bool) {
        isContinued = true
        isStale = true
        identity.face = lost.evidence.identity.face
        fusion.merge(lost.evidence.fusion)
        looks += lost.evidence.looks
        height = max(height, lost.evidence.height)
        framesSeen += lost.evidence.framesSeen
        for (person, count) in lost.evidence.votes { votes[person, default: 0] += count }
        let old = lost.evidence.identity
        if reopening {
            identity.sighting = old.sighting
            identity.since = old.since
            // The picture that is in the log already may be the better one.
            if let best = old.best, best.quality.overall > identity.best?.quality.overall ?? -1 {
                identity.best = best
                identity.best?.generation = generation
            }
        }
        identity.person = old.person
        identity.name = old.name
        identity.similarity = old.similarity
        identity.anonymous = old.anonymous
    }
}
