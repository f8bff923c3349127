package import Foundation
import Synchronization
package import VedetteCore

/// Why a track was or was not recognised: what was seen of it, whom it resembles, and what the decision asked for.
package struct TrackExplanation: Sendable, Hashable {
    package struct Candidate: Sendable, Hashable {
        package var person: PersonID
        package var name: String
        package var isAnonymous: Bool
        /// Of all the evidence to the nearest sample, -1...1.
        package var similarity: Float
        /// Whether an operator said that such a face is not this person's.
        package var isRejected: Bool

        package init(person: PersonID, name: String, isAnonymous: Bool, similarity: Float, isRejected: Bool) {
            self.person = person
            self.name = name
            self.isAnonymous = isAnonymous
            self.similarity = similarity
            self.isRejected = isRejected
        }
    }

    /// How many single looks had this person as the nearest.
    package struct Vote: Sendable, Hashable {
        package var person: PersonID
        package var name: String
        package var looks: Int

        package init(person: PersonID, name: String, looks: Int) {
            self.person = person
            self.name = name
            self.looks = looks
        }
    }

    /// A stable word for why it is as it is.
    package enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
        /// A person who is enrolled.
        case recognised
        /// An unknown person who is told apart from all others.
        case anonymous
        /// No face good enough to be looked at was seen yet.
        case notSeenWell = "not-seen-well"
        /// Fewer looks than a face of this size takes.
        case tooFewLooks = "too-few-looks"
        /// Nobody is enrolled.
        case emptyGallery = "empty-gallery"
        /// The nearest person is below the threshold.
        case tooUnlike = "too-unlike"
        /// Two people fit about as well.
        case ambiguous
        /// The nearest person was ruled out by "this is not X".
        case rejected
        /// The name is on another live track of the camera with a stronger claim.
        case nameTaken = "name-taken"
    }

    package var sighting: SightingID
    package var camera: CameraID
    package var track: Int
    package var isLive: Bool
    package var firstSeen: Date
    package var lastSeen: Date
    /// Frames in which the face was detected.
    package var framesSeen: Int
    /// Embeddings that make up the evidence, and what the size of the face asks for.
    package var looks: Int
    package var looksNeeded: Int
    /// Greatest height of a face that was looked at, in pixels; 0 before the first look.
    package var faceHeight: Float
    /// Of the best face, nil before the first look.
    package var quality: FaceQuality?
    /// Most alike first.
    package var candidates: [Candidate]
    /// By how much the best candidate leads the next; nil without two.
    package var margin: Float?
    /// What was asked for.
    package var similarityNeeded: Float
    package var marginNeeded: Float
    package var votes: [Vote]
    package var verdict: Verdict
    /// Who it is said to be; nil for nobody.
    package var person: PersonID?
    package var name: String?
    /// In a sentence for a person.
    package var reason: String

    package init(
        sighting: SightingID, camera: CameraID, track: Int, isLive: Bool, firstSeen: Date, lastSeen: Date,
        framesSeen: Int, looks: Int, looksNeeded: Int, faceHeight: Float, quality: FaceQuality?,
        candidates: [Candidate], margin: Float?, similarityNeeded: Float, marginNeeded: Float, votes: [Vote],
        verdict: Verdict, person: PersonID?, name: String?, reason: String
    ) {
        self.sighting = sighting
        self.camera = camera
        self.track = track
        self.isLive = isLive
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.framesSeen = framesSeen
        self.looks = looks
        self.looksNeeded = looksNeeded
        self.faceHeight = faceHeight
        self.quality = quality
        self.candidates = candidates
        self.margin = margin
        self.similarityNeeded = similarityNeeded
        self.marginNeeded = marginNeeded
        self.votes = votes
        self.verdict = verdict
        self.person = person
        self.name = name
        self.reason = reason
    }
}

/// The explanations of the tracks that live and of the latest that ended, by the id of their sighting.
///
/// They are kept in memory only: who resembled whom is as biometric as the faces themselves.
package final class ExplanationBook: Sendable {
    private struct State {
        var pages: [SightingID: TrackExplanation] = [:]
        /// In order of first writing.
        var order: [SightingID] = []
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// - Parameter capacity: tracks that are remembered.
    package init(capacity: Int = 4096) { self.capacity = max(1, capacity) }

    package func write(_ explanation: TrackExplanation) {
        state.withLock { state in
            if state.pages.updateValue(explanation, forKey: explanation.sighting) == nil {
                state.order.append(explanation.sighting)
            }
            guard state.pages.count > capacity else { return }
            let gone = state.order.prefix(max(1, capacity / 8))
            for id in gone { state.pages[id] = nil }
            state.order.removeFirst(gone.count)
        }
    }

    /// Notes that the track is over.
    package func end(_ sighting: SightingID, lastSeen: Date? = nil, framesSeen: Int? = nil) {
        state.withLock { state in
            guard var page = state.pages[sighting] else { return }
            page.isLive = false
            page.lastSeen = max(page.lastSeen, lastSeen ?? page.lastSeen)
            page.framesSeen = framesSeen ?? page.framesSeen
            state.pages[sighting] = page
        }
    }

    package func explanation(of sighting: SightingID) -> TrackExplanation? {
        state.withLock { $0.pages[sighting] }
    }

    /// What an erasure must not leave behind.
    package func forget(_ person: PersonID) {
        state.withLock { state in
            for (id, page) in state.pages {
                guard
                    page.person == person || page.candidates.contains(where: { $0.person == person })
                        || page.votes.contains(where: { $0.person == person })
                else { continue }
                var page = page
                page.candidates.removeAll { $0.person == person }
                page.votes.removeAll { $0.person == person }
                // The sentence may name them.
                page.reason = "Somebody this face was compared with is no longer there."
                if page.person == person {
                    page.person = nil
                    page.name = nil
                    page.verdict = .tooUnlike
                    page.reason = "The person this face was recognised as is no longer there."
                }
                state.pages[id] = page
            }
        }
    }
}
