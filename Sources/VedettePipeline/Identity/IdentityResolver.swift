package import VedetteCore
package import VedetteGallery
package import VedetteTracking

/// Who a track is, as far as is known.
package struct TrackIdentity: Sendable {
    package let track: Int
    /// The id of this appearance in the log.
    package let sighting: SightingID
    package internal(set) var person: PersonID?
    package internal(set) var name: String?
    /// Similarity of all the evidence to the person; nil while nobody is recognised.
    package internal(set) var similarity: Float?
    /// The best face so far; nil before the first embedding.
    package internal(set) var best: BestFace?

    package struct BestFace: Sendable {
        package var embedding: Embedding
        package var quality: Float
        package var box: Box
        /// Changes when the evidence turned out to be another face's, and what was best before is void.
        package var generation: Int
    }
}

/// Decides who each track of one camera is (DESIGN.md, "Identity belongs to the track"). Pure: embeddings go in, names come out.
///
/// Evidence gathers over a track's life. A name takes a similarity that rises with the size of the gallery, a lead over the
/// second person, and more looks for smaller faces; it stays through frames without a face, and falls only when the whole
/// of the evidence turns against it. Of two live tracks that claim one person, the stronger keeps the name.
package struct IdentityResolver: Sendable {
    private struct Evidence {
        var identity: TrackIdentity
        var fusion = EmbeddingFusion()
        /// Greatest height of an embedded face, pixels.
        var height: Float = 0
        var looks = 0
        var attemptedAt: Int?
        var checkedAt: Double = -.infinity
        var galleryVersion: Int64 = -1
        var isStale = false
        var isSeen = true
        var generation = 0
    }

    private let options: IdentityOptions
    private let policy: RecognitionPolicy
    private var tracks: [Int: Evidence] = [:]
    private var frame = 0

    package init(options: IdentityOptions, policy: RecognitionPolicy) {
        self.options = options
        self.policy = policy
    }

    package func identity(of track: Int) -> TrackIdentity? { tracks[track]?.identity }
    package var identities: [Int: TrackIdentity] { tracks.mapValues(\.identity) }

    /// Starts a new analysed frame: makes room for new tracks and forgets the ended ones.
    package mutating func begin(tracks live: [Track], ended: [Track]) {
        frame += 1
        for track in ended where tracks.removeValue(forKey: track.id)?.identity.person != nil {
            // The name is free again: whoever was refused it is looked at anew.
            for id in tracks.keys where tracks[id]!.identity.person == nil { tracks[id]!.isStale = true }
        }
        let alive = Set(live.map(\.id))
        if tracks.count > alive.count { tracks = tracks.filter { alive.contains($0.key) } }
        for track in live where tracks[track.id] != nil { tracks[track.id]!.isSeen = track.detectionIndex != nil }
        for track in live where track.isConfirmed && tracks[track.id] == nil {
            tracks[track.id] = Evidence(identity: TrackIdentity(track: track.id, sighting: .make()))
        }
    }

    /// Which of the faces seen in this frame are worth an embedding, most urgent first.
    ///
    /// - Parameter candidates: track, and the quality of its face in this frame.
    package func due(_ candidates: [(track: Int, quality: Float)], at time: Double) -> [Int] {
        var chosen: [(track: Int, urgency: Double)] = []
        for (track, quality) in candidates {
            guard let evidence = tracks[track], quality >= options.minimumQuality else { continue }
            if let urgency = urgency(evidence, quality: quality, at: time) { chosen.append((track, urgency)) }
        }
        chosen.sort { $0.urgency > $1.urgency }
        return chosen.prefix(options.maximumPerFrame ?? .max).map(\.track)
    }

    private func urgency(_ evidence: Evidence, quality: Float, at time: Double) -> Double? {
        if evidence.identity.person != nil {
            let elapsed = time - evidence.checkedAt
            // A recording that starts over takes the clock back.
            return elapsed < 0 || elapsed >= options.recheckSeconds
                ? min(abs(elapsed) / options.recheckSeconds, 2) : nil
        }
        guard let last = evidence.attemptedAt else { return 10 }
        let waited = frame - last
        if evidence.looks < options.burst { return 5 + Double(waited) / 100 }
        if waited >= options.retryFrames { return 3 + Double(waited) / 1000 }
        // A clearly better view than any before is worth a look out of turn.
        if let best = evidence.identity.best, quality > best.quality + 0.2 { return 2 }
        return nil
    }

    /// Adds one look at a track.
    package mutating func observe(_ track: Int, _ face: EmbeddedFace, box: Box, at time: Double) {
        guard var evidence = tracks[track] else { return }
        tracks[track] = nil
        if evidence.fusion.add(face.embedding, quality: max(0.01, face.quality.overall)) == .replaced {
            evidence.identity.best = nil
            evidence.height = 0
            evidence.generation += 1
        }
        evidence.looks += 1
        evidence.height = max(evidence.height, box.height)
        evidence.attemptedAt = frame
        evidence.checkedAt = time
        evidence.isStale = true
        if face.quality.overall > (evidence.identity.best?.quality ?? -1) {
            evidence.identity.best = TrackIdentity.BestFace(
                embedding: face.embedding, quality: face.quality.overall, box: box, generation: evidence.generation)
        }
        tracks[track] = evidence
    }

    /// Notes that a look at a track failed.
    package mutating func attempted(_ track: Int, at time: Double) {
        tracks[track]?.looks += 1
        tracks[track]?.attemptedAt = frame
        tracks[track]?.checkedAt = time
    }

    /// Decides anew for every track with new evidence, or for all when the gallery changed.
    ///
    /// - Returns: tracks whose person changed.
    @discardableResult
    package mutating func decide(_ gallery: GallerySnapshot) -> [Int] {
        var changed: [Int] = []
        for (id, evidence) in tracks where evidence.isStale || evidence.galleryVersion != gallery.version {
            let before = evidence.identity.person
            var evidence = evidence
            evidence.isStale = false
            evidence.galleryVersion = gallery.version
            judge(&evidence, gallery)
            tracks[id] = evidence
            if evidence.identity.person != before { changed.append(id) }
        }
        for id in settleRivals() where !changed.contains(id) { changed.append(id) }
        return changed
    }

    private func judge(_ evidence: inout Evidence, _ gallery: GallerySnapshot) {
        guard let mean = evidence.fusion.embedding, let match = gallery.search(mean) else {
            evidence.identity.clear()
            return
        }
        let general = policy.threshold.similarity(galleryCount: gallery.count)
        let asked = max(general, policy.threshold.floor + options.headroom(height: evidence.height))
        let needed = options.looksNeeded(height: evidence.height)
        // Looks that were set aside as another face's are no evidence.
        let looks = evidence.fusion.count
        let isSeenEnough =
            looks >= needed || (looks >= needed - 1 && match.similarity >= asked + options.singleLookHeadroom)
        if isSeenEnough,
            policy.decide(match, galleryCount: gallery.count, extraSimilarity: asked - general).match != nil
        {
            evidence.identity.person = match.person
            evidence.identity.name = match.name
            evidence.identity.similarity = match.similarity
            return
        }
        // Not enough for a new name; is it still enough for the old one?
        guard let person = evidence.identity.person,
            let held = gallery.similarity(of: mean, to: person),
            held >= asked - options.hysteresis,
            match.person == person || match.similarity - held < policy.margin
        else {
            evidence.identity.clear()
            return
        }
        evidence.identity.name = gallery.name(of: person)
        evidence.identity.similarity = held
    }

    /// One name on one live track: of two claims that of a face in view goes before that of one out of sight, then the stronger.
    /// The others are dropped, to be looked at again.
    private mutating func settleRivals() -> [Int] {
        var strongest: [PersonID: (track: Int, isSeen: Bool, similarity: Float)] = [:]
        var dropped: [Int] = []
        for (id, evidence) in tracks {
            guard let person = evidence.identity.person, let similarity = evidence.identity.similarity else { continue }
            let claim = (track: id, isSeen: evidence.isSeen, similarity: similarity)
            guard let rival = strongest[person] else {
                strongest[person] = claim
                continue
            }
            let isStronger = claim.isSeen != rival.isSeen ? claim.isSeen : claim.similarity > rival.similarity
            let loser = isStronger ? rival.track : id
            if isStronger { strongest[person] = claim }
            tracks[loser]!.identity.clear()
            tracks[loser]!.attemptedAt = frame
            dropped.append(loser)
        }
        return dropped
    }
}

extension TrackIdentity {
    init(track: Int, sighting: SightingID) {
        self.track = track
        self.sighting = sighting
    }

    mutating func clear() {
        person = nil
        name = nil
        similarity = nil
    }
}
