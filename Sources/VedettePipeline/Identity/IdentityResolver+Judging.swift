package import Foundation
import VedetteCore
package import VedetteGallery

/// From evidence to names.
extension IdentityResolver {
    /// Decides anew for every track with new evidence, or for all when the gallery or the anonymous people changed.
    ///
    /// - Parameter moment: of the frame.
    /// - Returns: tracks that were judged.
    @discardableResult
    package mutating func decide(_ gallery: GallerySnapshot, at moment: Date) -> [Int] {
        let directoryVersion = directory.version
        var judged: [Int] = []
        for id in tracks.keys.sorted() {
            guard var evidence = tracks[id] else { continue }
            guard
                evidence.isStale || evidence.galleryVersion != gallery.version
                    || evidence.directoryVersion != directoryVersion
            else { continue }
            evidence.isStale = false
            evidence.galleryVersion = gallery.version
            evidence.directoryVersion = directoryVersion
            resume(&evidence)
            let before = evidence.identity.person
            judge(&evidence, gallery, at: moment)
            if evidence.identity.person != before { evidence.personSince = frame }
            tracks[id] = evidence
            judged.append(id)
        }
        for id in settleRivals() where !judged.contains(id) { judged.append(id) }
        return judged
    }

    // MARK: Return

    /// Looks for the face among those that were lost, out of view or out of sight, as long as nobody knows who it is.
    private mutating func resume(_ evidence: inout TrackEvidence) {
        guard !evidence.isContinued, evidence.identity.person == nil, let mean = evidence.fusion.embedding else {
            return
        }
        let own = evidence.identity.track
        // The second look is worth more than the first, and so on.
        let looks = Float(evidence.fusion.count)
        let needed = max(policy.threshold.floor + 0.04, options.returnSimilarity - 0.03 * (looks - 1))
        let inView = peopleInView(besides: own)
        let faces = Set(tracks.values.lazy.filter { $0.isSeen && $0.identity.track != own }.map(\.identity.face))
        let allows = { (other: TrackIdentity) in
            !faces.contains(other.face) && !(other.person.map { inView.contains($0) } ?? false)
        }
        // Tracks that the tracker still looks for are among the lost, too.
        let outOfView = tracks.values.filter { !$0.isSeen && $0.identity.track != own }
            .map { LostFaces.Face(evidence: $0, lostAt: $0.lastSeen) }
        guard
            let found = lost.find(
                resembling: mean, besides: outOfView, needed: needed, margin: options.returnMargin, allows: allows)
        else { return }
        take(found, into: &evidence)
    }

    private mutating func take(_ found: LostFaces.Face, into evidence: inout TrackEvidence) {
        let old = found.evidence.identity
        if tracks[old.track]?.identity.sighting == old.sighting {
            tracks[old.track] = nil
            released.insert(old.track)
        } else {
            lost.remove(old.sighting)
        }
        // Only before the log knows of the new appearance can it go on with the old one.
        let isFresh =
            evidence.looks <= 1 && evidence.attemptedAt == frame
            && evidence.lastSeen - evidence.identity.since < RecordHandler.Options().minimumDuration
        evidence.continueFrom(
            found, reopening: isFresh && evidence.lastSeen - found.lostAt <= options.sameSightingSeconds)
    }

    /// Who is in view under another track: nobody can be twice in one picture.
    private func peopleInView(besides track: Int) -> Set<PersonID> {
        Set(tracks.values.lazy.filter { $0.isSeen && $0.identity.track != track }.compactMap(\.identity.person))
    }

    // MARK: Judgement

    private func judge(_ evidence: inout TrackEvidence, _ gallery: GallerySnapshot, at moment: Date) {
        guard let mean = evidence.fusion.embedding else {
            evidence.identity.clear()
            return
        }
        let before = evidence.identity.anonymous
        if judgeNamed(&evidence, mean, gallery, at: moment) {
            // Whoever the unknown face was taken for, it was this person.
            if let before { directory.withdraw(evidence.identity.sighting, from: before.id) }
            return
        }
        guard options.remembersUnknown else {
            evidence.identity.clear()
            return
        }
        judgeAnonymous(&evidence, mean, before, at: moment)
    }

    /// - Returns: whether the face is a person's who is enrolled.
    private func judgeNamed(
        _ evidence: inout TrackEvidence, _ mean: Embedding, _ gallery: GallerySnapshot, at moment: Date
    ) -> Bool {
        let general = policy.threshold.similarity(galleryCount: gallery.count)
        let asked = max(general, policy.threshold.floor + options.headroom(height: evidence.height))
        let needed = options.looksNeeded(height: evidence.height)
        evidence.judgement.similarityNeeded = asked
        evidence.judgement.looksNeeded = needed
        let photo = gallery.search(mean)
        evidence.judgement.nearest = photo?.similarity ?? -1
        guard let photo else {
            evidence.judgement.verdict = gallery.count == 0 ? .emptyGallery : .rejected
            return false
        }
        let sighting = evidence.identity.sighting
        let match = withRecentLooks(photo, mean, sighting, gallery, at: moment)
        // Looks that were set aside as another face's are no evidence.
        let looks = evidence.fusion.count
        let isSeenEnough =
            looks >= needed || (looks >= needed - 1 && match.similarity >= asked + options.singleLookHeadroom)
        switch policy.decide(match, galleryCount: gallery.count, extraSimilarity: asked - general) {
        case .person where !isSeenEnough: evidence.judgement.verdict = .tooFewLooks
        case .person where resemblesStranger(evidence, mean, more: match.similarity, asked: asked):
            evidence.judgement.verdict = .ambiguous
        case .person:
            evidence.judgement.verdict = .recognised
            evidence.identity.become(match.person, name: match.name, similarity: match.similarity)
            // By the photos alone, so that one recent look does not vouch for the next.
            let byPhoto = gallery.similarity(of: mean, to: match.person) ?? -1
            if byPhoto >= options.rememberSimilarity, let best = evidence.identity.best {
                directory.remember(
                    mean, quality: best.quality.overall, of: match.person, sighting: evidence.identity.sighting,
                    at: moment)
            }
            return true
        case .nobody(.ambiguous): evidence.judgement.verdict = .ambiguous
        case .nobody:
            evidence.judgement.verdict = gallery.isNearestRejected(mean) ? .rejected : .tooUnlike
        }
        // Not enough for a new name; is it still enough for the old one?
        guard evidence.identity.isNamed, let person = evidence.identity.person,
            let byPhoto = gallery.similarity(of: mean, to: person)
        else { return false }
        let recent = directory.recentSimilarity(of: mean, to: person, besides: sighting, at: moment) ?? -1
        let held = byPhoto >= policy.threshold.floor ? max(byPhoto, recent) : byPhoto
        guard held >= asked - options.hysteresis,
            match.person == person || match.similarity - held < policy.margin
        else { return false }
        evidence.judgement.verdict = .recognised
        evidence.identity.become(person, name: gallery.name(of: person), similarity: held)
        return true
    }

    /// The two people whom the photos favour, as they are known with how they looked at the last camera: a photo that is barely like
    /// somebody may be made up for by how they looked a minute ago.
    private func withRecentLooks(
        _ photo: GalleryMatch, _ mean: Embedding, _ sighting: SightingID, _ gallery: GallerySnapshot, at moment: Date
    ) -> GalleryMatch {
        // Only of somebody whom the photos allow: else one wrong name would go from camera to camera.
        func recent(_ person: PersonID, _ byPhoto: Float) -> Float {
            guard byPhoto >= policy.threshold.floor, photo.similarity - byPhoto <= policy.margin else { return -1 }
            return directory.recentSimilarity(of: mean, to: person, besides: sighting, at: moment) ?? -1
        }
        var best = photo
        best.similarity = max(photo.similarity, recent(photo.person, photo.similarity))
        guard let second = photo.runnerUp else { return best }
        let other = max(second.similarity, recent(second.person, second.similarity))
        best.runnerUp = .init(person: second.person, similarity: other)
        guard other > best.similarity, let name = gallery.name(of: second.person) else { return best }
        return GalleryMatch(
            person: second.person, name: name, similarity: other,
            runnerUp: .init(person: photo.person, similarity: best.similarity))
    }

    /// Whether the face is rather somebody unknown who was seen before, and there is not enough to hold otherwise.
    private func resemblesStranger(
        _ evidence: TrackEvidence, _ mean: Embedding, more similarity: Float, asked: Float
    ) -> Bool {
        guard options.remembersUnknown, similarity < asked + options.knownStrangerHeadroom else { return false }
        let identity = evidence.identity
        if let stranger = identity.anonymous {
            let known = directory.similarity(of: mean, to: stranger.id, besides: identity.sighting)
            return known.map { $0 > similarity } ?? false
        }
        // Whoever has a name keeps it until the evidence turns against it.
        guard identity.person == nil, let nearest = directory.nearest(mean, limit: 1).first else { return false }
        return nearest.similarity > similarity
    }

    private func judgeAnonymous(
        _ evidence: inout TrackEvidence, _ mean: Embedding, _ before: AnonymousPerson?, at moment: Date
    ) {
        let identity = evidence.identity
        let quality = identity.best?.quality.overall ?? 0
        if let before {
            if directory.person(before.id) == nil {
                // Erased, or somebody else by now: what was known of them is no evidence for anybody new.
                evidence.restart(options.fusion)
                evidence.identity.clear()
                return
            }
            let found = directory.reconsider(
                before.id, mean, quality: quality, sighting: identity.sighting, at: moment,
                taken: peopleInView(besides: identity.track))
            if let (person, similarity) = found {
                evidence.judgement.verdict = .anonymous
                evidence.identity.become(person.id, name: person.name, similarity: similarity, anonymous: person)
                return
            }
            let held = directory.similarity(of: mean, to: before.id)
            if let held, held >= policy.threshold.floor - options.hysteresis {
                directory.learn(mean, quality: quality, of: before.id, sighting: identity.sighting)
                evidence.judgement.verdict = .anonymous
                evidence.identity.become(before.id, name: before.name, similarity: held, anonymous: before)
                return
            }
            directory.withdraw(identity.sighting, from: before.id)
        }
        evidence.identity.clear()
        let needed = evidence.judgement.looksNeeded + options.anonymousExtraLooks
        let looks = evidence.fusion.count
        guard quality >= options.anonymousQuality, looks >= needed else { return }
        // Nearly somebody who is enrolled: better looks may yet show it.
        let isNearMiss = evidence.judgement.nearest >= evidence.judgement.similarityNeeded - options.nearMiss
        if isNearMiss, evidence.looks < 2 * needed { return }
        let decision = directory.decide(
            mean, quality: quality, sighting: identity.sighting, at: moment,
            taken: peopleInView(besides: identity.track), insists: evidence.looks >= 2 * needed)
        switch decision {
        case .join(let person, let similarity):
            evidence.judgement.verdict = .anonymous
            evidence.identity.become(person.id, name: person.name, similarity: similarity, anonymous: person)
        case .create(let person):
            evidence.judgement.verdict = .anonymous
            evidence.identity.become(person.id, name: person.name, similarity: 1, anonymous: person)
        case .wait: break
        }
    }

    // MARK: Rivals

    /// A track that is out of view and one in view are the same person: the face goes on under the one in view.
    private mutating func unite(_ unseen: TrackEvidence, with winner: Int) -> Bool {
        guard var evidence = tracks[winner], !evidence.isContinued, let mean = evidence.fusion.embedding,
            let other = unseen.fusion.embedding, other.similarity(to: mean) >= policy.threshold.floor
        else { return false }
        let (name, similarity) = (evidence.identity.name, evidence.identity.similarity)
        take(LostFaces.Face(evidence: unseen, lostAt: unseen.lastSeen), into: &evidence)
        evidence.identity.name = name
        evidence.identity.similarity = similarity
        tracks[winner] = evidence
        return true
    }

    private struct Claim {
        var track: Int
        var isSeen: Bool
        var similarity: Float
        /// The frame in which it was made.
        var since: Int

        /// Whoever had the name first keeps it unless the other leads clearly, so that it does not go to and fro.
        func isStronger(than rival: Claim, lead: Float) -> Bool {
            if isSeen != rival.isSeen { return isSeen }
            if since == rival.since { return similarity > rival.similarity }
            return since < rival.since ? similarity + lead > rival.similarity : similarity > rival.similarity + lead
        }
    }

    /// One name on one live track: of two claims that of a face in view goes before that of one out of sight, then the stronger.
    /// The others are dropped, to be looked at again.
    private mutating func settleRivals() -> [Int] {
        var strongest: [PersonID: Claim] = [:]
        var dropped: [Int] = []
        for id in tracks.keys.sorted() {
            let evidence = tracks[id]!
            guard let person = evidence.identity.person, let similarity = evidence.identity.similarity else { continue }
            let isSeen = evidence.isSeen || lastTime - evidence.lastSeen <= options.defenceSeconds
            let claim = Claim(track: id, isSeen: isSeen, similarity: similarity, since: evidence.personSince)
            guard let rival = strongest[person] else {
                strongest[person] = claim
                continue
            }
            let isStronger = claim.isStronger(than: rival, lead: options.hysteresis)
            let loser = isStronger ? rival.track : id
            let winner = isStronger ? id : rival.track
            if isStronger { strongest[person] = claim }
            if !tracks[loser]!.isSeen {
                // Out of view it was right all along: it goes on in the one in view, or is over.
                if !unite(tracks[loser]!, with: winner) {
                    leave(loser)
                    released.insert(loser)
                }
                continue
            }
            let claimed = isStronger ? rival : claim
            if tracks[loser]!.identity.isAnonymous {
                directory.withdraw(tracks[loser]!.identity.sighting, from: person)
            }
            tracks[loser]!.identity.clear()
            tracks[loser]!.judgement.verdict = .nameTaken
            // Whoever had the name is looked at again at once; one who never had it, in its turn.
            if claimed.since < frame {
                tracks[loser]!.wantedLooks = max(tracks[loser]!.wantedLooks, options.doubtLooks)
            }
            dropped.append(loser)
        }
        return dropped
    }
}
