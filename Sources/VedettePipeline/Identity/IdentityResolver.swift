package import VedetteCore
package import VedetteGallery
package import VedetteTracking

/// Decides who each track of one camera is (DESIGN.md, "Identity belongs to the track"). No I/O: embeddings go in, names come out.
///
/// Evidence gathers over a track's life. A name takes a similarity that rises with the size of the gallery, a lead over the
/// second person, and more looks for smaller faces; it stays through frames without a face, and falls only when the whole
/// of the evidence turns against it. Of two live tracks that claim one person, the stronger keeps the name. Who is unknown and
/// seen well enough becomes an anonymous person of the ``IdentityDirectory``. A face that was lost and comes back goes on where
/// it was; a track under which another face appears becomes that other face, and what it was goes to the lost ones.
package struct IdentityResolver: Sendable {
    let options: IdentityOptions
    let policy: RecognitionPolicy
    let directory: IdentityDirectory
    var tracks: [Int: TrackEvidence] = [:]
    var lost = LostFaces()
    /// Appearances that ended with the latest frame though their track goes on: another face is under it now.
    package internal(set) var parted: [TrackIdentity] = []
    /// Living tracks whose face goes on under another.
    var released: Set<Int> = []
    var frame = 0
    private var nextFace = 1
    var lastTime = -Double.infinity

    package init(options: IdentityOptions, policy: RecognitionPolicy, directory: IdentityDirectory) {
        self.options = options
        self.policy = policy
        self.directory = directory
    }

    package func identity(of track: Int) -> TrackIdentity? { tracks[track]?.identity }
    package var identities: [Int: TrackIdentity] { tracks.mapValues(\.identity) }

    /// Starts a new analysed frame: makes room for new tracks and takes leave of the ended ones.
    ///
    /// - Parameters:
    ///   - seconds: on the tracker's clock.
    ///   - picture: the whole of it, in pixels; nil when it has no border.
    package mutating func begin(tracks live: [Track], ended: [Track], at seconds: Double, in picture: Box? = nil) {
        frame += 1
        parted.removeAll(keepingCapacity: true)
        // A clock that jumped back by more than a moment: what was lost before it is of another time.
        let isJump = seconds < lastTime - 1
        if seconds < lastTime { for id in tracks.keys { tracks[id]!.shift(by: seconds - lastTime) } }
        lastTime = seconds
        if isJump {
            // What follows may be quite another scene, with other people where these were.
            lost = LostFaces()
            for id in tracks.keys { doubt(id) }
        }
        lost.forget(olderThan: options.returnSeconds, at: seconds)
        end(ended)
        if tracks.count > live.count {
            let alive = Set(live.map(\.id))
            for id in tracks.keys where !alive.contains(id) { leave(id) }
        }
        for track in live where track.isConfirmed {
            if tracks[track.id] == nil {
                // A track whose face goes on under another is nothing until something is seen of it again.
                guard track.detectionIndex != nil else { continue }
                // What the track was before its face went on elsewhere is not this face's past.
                let since = released.remove(track.id) == nil ? track.firstSeen : seconds
                let identity = TrackIdentity(track: track.id, face: nextFace, sighting: .make(), since: since)
                nextFace += 1
                tracks[track.id] = TrackEvidence(identity, options: options.fusion, at: seconds)
            }
            note(track, at: seconds)
        }
        noteCrossings(live, picture)
    }

    /// Takes leave of tracks that ended.
    package mutating func end(_ ended: [Track]) {
        for track in ended {
            leave(track.id)
            released.remove(track.id)
        }
    }

    mutating func leave(_ id: Int) {
        guard let evidence = tracks.removeValue(forKey: id) else { return }
        if options.returnSeconds > 0 { lost.add(evidence, at: evidence.lastSeen) }
        guard evidence.identity.person != nil else { return }
        // The name is free again: whoever was refused it is looked at anew.
        for other in tracks.keys where tracks[other]!.identity.person == nil { tracks[other]!.isStale = true }
    }

    private mutating func note(_ track: Track, at seconds: Double) {
        let isSeen = track.detectionIndex != nil
        if isSeen {
            tracks[track.id]!.framesSeen += 1
            tracks[track.id]!.lastSeen = seconds
            // Found again: perhaps another face came up where this one went.
            if !tracks[track.id]!.isSeen { doubt(track.id) }
        }
        tracks[track.id]!.isSeen = isSeen
    }

    /// When two boxes part that met, each may have gone on with the other's face; and who comes back from the border of the picture
    /// may be somebody who came in where another went out.
    private mutating func noteCrossings(_ live: [Track], _ picture: Box?) {
        var crossing: Set<Int> = []
        for (index, track) in live.enumerated() where track.isConfirmed {
            if let picture, track.box.reachesBeyond(picture) { crossing.insert(track.id) }
            for other in live[(index + 1)...] where other.isConfirmed && track.box.meets(other.box) {
                crossing.insert(track.id)
                crossing.insert(other.id)
            }
        }
        for id in tracks.keys where tracks[id]!.isCrossing != crossing.contains(id) {
            tracks[id]!.isCrossing.toggle()
            if !tracks[id]!.isCrossing { doubt(id) }
        }
    }

    private mutating func doubt(_ id: Int) {
        guard options.doubtLooks > 0, tracks[id]!.looks > 0 else { return }
        tracks[id]!.wantedLooks = options.doubtLooks
        tracks[id]!.fusion.weaken(to: options.doubtWeight)
    }

    // MARK: Looks

    /// Which of the faces seen in this frame are worth an embedding, most urgent first.
    ///
    /// - Parameters:
    ///   - candidates: track, and the quality of its face in this frame.
    ///   - taken: embeddings that were computed of this frame already: they count towards the limit.
    package func due(_ candidates: [(track: Int, quality: Float)], at time: Double, taken: Int = 0) -> [Int] {
        var chosen: [(track: Int, urgency: Double)] = []
        for (track, quality) in candidates {
            guard let evidence = tracks[track], quality >= options.minimumQuality else { continue }
            if let urgency = urgency(evidence, quality: quality, at: time) { chosen.append((track, urgency)) }
        }
        chosen.sort { $0.urgency > $1.urgency }
        return chosen.prefix(options.maximumPerFrame.map { max(0, $0 - taken) } ?? .max).map(\.track)
    }

    private func urgency(_ evidence: TrackEvidence, quality: Float, at time: Double) -> Double? {
        let waited = evidence.attemptedAt.map { frame - $0 }
        // Where two faces overlap, a look may show the wrong one.
        if evidence.wantedLooks > 0, !evidence.isCrossing { return 8 + Double(waited ?? 0) / 100 }
        if evidence.identity.person != nil {
            let elapsed = time - evidence.checkedAt
            // A recording that starts over takes the clock back.
            return elapsed < 0 || elapsed >= options.recheckSeconds
                ? min(abs(elapsed) / options.recheckSeconds, 2) : nil
        }
        guard let waited else { return 10 }
        if evidence.looks < options.burst { return 5 + Double(waited) / 100 }
        if waited >= options.retryFrames { return 3 + Double(waited) / 1000 }
        if evidence.judgement.verdict == .tooFewLooks || evidence.judgement.verdict == .tooUnlike,
            options.remembersUnknown, evidence.looks < 3 * options.burst, waited >= 2
        {
            return 2.5
        }
        // A clearly better view than any before is worth a look out of turn.
        if let best = evidence.identity.best, quality > best.quality.overall + 0.2 { return 2 }
        return nil
    }

    /// Adds one look at a track.
    ///
    /// - Parameter gallery: for counting whom single looks resemble; nil counts none.
    package mutating func observe(
        _ track: Int, _ face: EmbeddedFace, box: Box, at time: Double, gallery: GallerySnapshot? = nil
    ) {
        guard var evidence = tracks[track], face.quality.overall >= options.minimumQuality else { return }
        tracks[track] = nil
        let wasSure =
            evidence.identity.person != nil || evidence.fusion.count >= options.looksNeeded(height: evidence.height)
        let nearest = gallery?.search(face.embedding)
        let outcome = evidence.fusion.add(
            face.embedding, quality: max(0.01, face.quality.overall),
            minimumSimilarity: likeness(evidence, face.embedding, nearest, gallery))
        evidence.looks += 1
        evidence.attemptedAt = frame
        evidence.checkedAt = time
        evidence.isStale = true
        switch outcome {
        case .replaced where wasSure:
            evidence = part(evidence, at: time)
        case .replaced:
            evidence.identity.best = nil
            evidence.height = 0
            evidence.votes = [:]
            evidence.generation += 1
        case .outlier:
            // Another face, or the same one seen badly: the next looks tell.
            evidence.wantedLooks = max(evidence.wantedLooks, 2)
            // Twice in a row is no chance: what comes next decides soon.
            if evidence.otherFaceSince != nil { evidence.fusion.weaken(to: options.doubtWeight) }
            evidence.otherFaceSince = evidence.otherFaceSince ?? time
            tracks[track] = evidence
            return
        case .added:
            evidence.otherFaceSince = nil
            evidence.wantedLooks = max(0, evidence.wantedLooks - 1)
        case .ignored: break
        }
        evidence.height = max(evidence.height, box.height)
        if let nearest { evidence.vote(for: nearest.person) }
        if face.quality.overall > evidence.identity.best?.quality.overall ?? -1 {
            evidence.identity.best = TrackIdentity.BestFace(
                embedding: face.embedding, quality: face.quality, box: box, generation: evidence.generation)
        }
        tracks[track] = evidence
    }

    /// What a look must have in common with the evidence of its track to belong to it.
    private func likeness(
        _ evidence: TrackEvidence, _ look: Embedding, _ nearest: GalleryMatch?, _ gallery: GallerySnapshot?
    ) -> Float {
        // A look that clearly shows somebody else than the track is said to be is no evidence for who it is.
        if evidence.identity.isNamed, let person = evidence.identity.person, let nearest, nearest.person != person,
            nearest.similarity >= policy.threshold.floor + options.headroom(height: 0),
            nearest.similarity - (gallery?.similarity(of: look, to: person) ?? -1) >= 2 * policy.margin
        {
            return 1
        }
        return evidence.wantedLooks > 0 ? options.doubtfulSimilarity : options.sameFaceSimilarity
    }

    /// The track shows another face than before: what it was goes to the lost faces, and it begins anew.
    private mutating func part(_ evidence: TrackEvidence, at time: Double) -> TrackEvidence {
        var old = evidence
        let identity = TrackIdentity(
            track: evidence.identity.track, face: nextFace, sighting: .make(),
            since: min(evidence.otherFaceSince ?? time, time))
        var fresh = TrackEvidence(
            identity,
            options: options.fusion, at: evidence.lastSeen)
        nextFace += 1
        fresh.fusion = evidence.fusion
        if let before = fresh.fusion.separate() { old.fusion = before }
        fresh.looks = fresh.fusion.count
        fresh.attemptedAt = frame
        fresh.checkedAt = time
        fresh.isStale = true
        fresh.isCrossing = evidence.isCrossing
        fresh.generation = evidence.generation + 1
        parted.append(old.identity)
        if options.returnSeconds > 0 { lost.add(old, at: time) }
        return fresh
    }

    /// Notes that a look at a track failed.
    package mutating func attempted(_ track: Int, at time: Double) {
        tracks[track]?.looks += 1
        tracks[track]?.attemptedAt = frame
        tracks[track]?.checkedAt = time
        let wanted = tracks[track]?.wantedLooks ?? 0
        tracks[track]?.wantedLooks = max(0, wanted - 1)
    }
}

extension Box {
    /// Whether it touches the border.
    fileprivate func reachesBeyond(_ picture: Box) -> Bool {
        x < picture.x + 2 || y < picture.y + 2 || maxX > picture.maxX - 2 || maxY > picture.maxY - 2
    }

    /// Whether so much of the smaller box is inside the other that a face in it may be the other's.
    fileprivate func meets(_ other: Box) -> Bool {
        intersection(other).area > 0.15 * min(area, other.area)
    }
}
