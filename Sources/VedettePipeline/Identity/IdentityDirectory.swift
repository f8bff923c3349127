package import Foundation
import Synchronization
package import VedetteCore
package import VedetteGallery

/// The identities that all cameras share: anonymous people, what named people looked like lately, and who was last seen where.
///
/// It is the pipeline's own copy and never waits for the store. What it decides reaches the store with the sightings; what
/// operators change reaches it by ``reload(_:)`` and ``forget(_:)``.
package final class IdentityDirectory: Sendable {
    package struct Options: Sendable {
        /// Share of unknown faces that may be taken for the wrong anonymous person, per decision. Lowering it asks for more
        /// similarity: fewer people mixed up, more people who are two.
        package var falseJoinRate: Double = 0.01
        /// Seconds in which somebody counts as recently seen: few people are, so less similarity tells them apart. Raising it helps
        /// slow walkers between cameras and costs similarity when many people pass.
        package var recentSeconds: Double = 900
        /// What is asked above the pack's threshold to take back that somebody is new. Raising it leaves more people who are two;
        /// lowering it mixes more up.
        package var reconsiderHeadroom: Float = 0.1
        /// Most seconds between two cameras' sights of a person that still make a hand-over.
        package var handOverSeconds: Double = 3600

        package init() {}
    }

    /// What is to be done with an unknown face.
    package enum Decision: Sendable {
        /// It is somebody who was seen before.
        case join(AnonymousPerson, similarity: Float)
        case create(AnonymousPerson)
        /// Too much like somebody for a new person, and too little to be them.
        case wait
    }

    private struct Presence {
        var lastSeen: Date
        var sighting: SightingID
    }

    private struct State {
        var faces = FaceIndex<PersonID>()
        var people: [PersonID: AnonymousPerson] = [:]
        /// Made here and perhaps not yet written: a reload must not take them for erased.
        var unwritten: [PersonID: Date] = [:]
        /// Taken back here: a store that has not heard of it yet must not bring them back.
        var retired: [PersonID: Date] = [:]
        /// When each face, by the sighting, was last learnt here.
        var learnt: [String: Date] = [:]
        /// Faces of which an operator said that they are not this anonymous person's.
        var rejected: [PersonID: [Embedding]] = [:]
        var lastNumber = 0
        /// Of the store's people when they were last read.
        var storeVersion = Int64.min
        var version = 0
        /// How named people looked when they were last recognised beyond doubt.
        var appearances = FaceIndex<PersonID>()
        var appearedAt: [PersonID: Date] = [:]
        var presences: [PersonID: [CameraID: Presence]] = [:]
    }

    private let options: Options
    private let threshold: RecognitionThreshold
    private let state = Mutex(State())

    /// - Parameter threshold: of the embedding model; only its distribution of impostors and its floor are used.
    package init(threshold: RecognitionThreshold, options: Options = Options()) {
        self.options = options
        self.threshold = RecognitionThreshold(
            floor: threshold.floor, impostors: threshold.impostors, falsePositiveRate: options.falseJoinRate)
    }

    /// Grows when an anonymous person is gone or has become another: tracks that carry one are to be judged anew.
    package var version: Int { state.withLock { $0.version } }
    package var anonymousCount: Int { state.withLock { $0.people.count } }
    package func person(_ id: PersonID) -> AnonymousPerson? { state.withLock { $0.people[id] } }

    // MARK: Anonymous people

    /// Decides who an unknown face is, and makes a new person when it is like nobody else: in one step, so that two cameras that
    /// see a newcomer at once do not make two.
    ///
    /// - Parameters:
    ///   - mean: the evidence of the track.
    ///   - sighting: the appearance, under which the face is remembered.
    ///   - taken: people who are in view elsewhere in the same picture.
    ///   - insists: that a decision be made, since more evidence will not come.
    package func decide(
        _ mean: Embedding, quality: Float, sighting: SightingID, at moment: Date, taken: Set<PersonID>, insists: Bool
    ) -> Decision {
        state.withLock { state in
            if let found = whoIs(mean, state, at: moment, taken: taken) {
                insert(mean, quality, of: found.person.id, sighting, &state)
                return .join(found.person, similarity: found.similarity)
            }
            let nearest = state.faces.search(mean, limit: 1) { taken.contains($0) }.first
            if let nearest, !insists, nearest.similarity >= threshold.floor - 0.04 {
                return .wait
            }
            state.lastNumber += 1
            let person = AnonymousPerson(id: .make(), number: state.lastNumber, createdAt: moment)
            state.people[person.id] = person
            state.unwritten[person.id] = Date()
            insert(mean, quality, of: person.id, sighting, &state)
            return .create(person)
        }
    }

    /// Looks again for somebody who was seen before, for a person of whom nothing is known but this one appearance: what the first
    /// looks did not show, more of them may.
    ///
    /// - Returns: who it is, in whose place the new person is forgotten; nil when it is still nobody else.
    package func reconsider(
        _ person: PersonID, _ mean: Embedding, quality: Float, sighting: SightingID, at moment: Date,
        taken: Set<PersonID>
    ) -> (person: AnonymousPerson, similarity: Float)? {
        state.withLock { state in
            guard state.people[person] != nil,
                state.faces.similarity(of: mean, to: person, besides: sighting.rawValue) == nil,
                let found = whoIs(mean, state, at: moment, taken: taken.union([person])),
                found.similarity >= threshold.floor + options.reconsiderHeadroom
            else { return nil }
            retire(person, &state)
            insert(mean, quality, of: found.person.id, sighting, &state)
            return found
        }
    }

    /// The anonymous person that a face is: sought first among the few who were about lately, then among all.
    private func whoIs(
        _ mean: Embedding, _ state: borrowing State, at moment: Date, taken: Set<PersonID>
    ) -> (person: AnonymousPerson, similarity: Float)? {
        let recent = recentPeople(state, at: moment)
        let tiers: [(people: Set<PersonID>?, count: Int)] = [(recent, recent.count), (nil, state.people.count)]
        for tier in tiers where tier.count > 0 {
            let nearest = state.faces.search(mean, limit: 3) { person in
                taken.contains(person) || tier.people.map { !$0.contains(person) } ?? false
            }
            guard let match = nearest.first(where: { !isRejected(mean, $0.owner, $0.similarity, state) }),
                let person = state.people[match.owner]
            else { continue }
            guard match.similarity >= threshold.similarity(galleryCount: tier.count) else { continue }
            return (person, match.similarity)
        }
        return nil
    }

    /// What an anonymous person's faces say about a face; nil when there is no such person any more.
    ///
    /// - Parameter sighting: an appearance that does not count.
    package func similarity(
        of mean: Embedding, to person: PersonID, besides sighting: SightingID? = nil
    ) -> Float? {
        state.withLock { state in
            guard state.people[person] != nil,
                let similarity = state.faces.similarity(of: mean, to: person, besides: sighting?.rawValue),
                !isRejected(mean, person, similarity, state)
            else { return nil }
            return similarity
        }
    }

    /// Whether a face that is not the person's is nearer than any that is.
    private func isRejected(
        _ mean: Embedding, _ person: PersonID, _ similarity: Float, _ state: borrowing State
    ) -> Bool {
        state.rejected[person]?.contains { $0.similarity(to: mean) > similarity } ?? false
    }

    package func nearest(_ mean: Embedding, limit: Int) -> [(person: AnonymousPerson, similarity: Float)] {
        state.withLock { state in
            state.faces.search(mean, limit: limit).compactMap { match in
                state.people[match.owner].map { ($0, match.similarity) }
            }
        }
    }

    /// Brings what is remembered of an appearance up to date.
    package func learn(_ mean: Embedding, quality: Float, of person: PersonID, sighting: SightingID) {
        state.withLock { state in
            guard state.people[person] != nil else { return }
            insert(mean, quality, of: person, sighting, &state)
        }
    }

    private func insert(
        _ mean: Embedding, _ quality: Float, of person: PersonID, _ sighting: SightingID, _ state: inout State
    ) {
        state.faces.insert(
            mean, of: person, key: sighting.rawValue, quality: quality, limit: AnonymousPerson.maximumSamples)
        let now = Date()
        if state.learnt.count > 4096 { state.learnt = state.learnt.filter { now.timeIntervalSince($0.value) < 10 } }
        state.learnt[sighting.rawValue] = now
    }

    /// The appearance turned out to be somebody else's. An anonymous person of whom nothing else is known is forgotten.
    package func withdraw(_ sighting: SightingID, from person: PersonID) {
        state.withLock { state in
            guard state.people[person] != nil else { return }
            state.faces.remove(person, key: sighting.rawValue)
            guard !state.faces.contains(person) else { return }
            retire(person, &state)
        }
    }

    // MARK: Named people

    /// Remembers how a named person looks now: at the next camera, minutes later, they will look so rather than like the photo
    /// they were enrolled with.
    package func remember(_ mean: Embedding, quality: Float, of person: PersonID, sighting: SightingID, at moment: Date)
    {
        state.withLock { state in
            if state.appearedAt.count > 1000 {
                for (old, at) in state.appearedAt where moment.timeIntervalSince(at) > options.recentSeconds {
                    state.appearances.remove(old)
                    state.appearedAt[old] = nil
                }
            }
            state.appearances.insert(mean, of: person, key: sighting.rawValue, quality: quality, limit: 4)
            state.appearedAt[person] = moment
        }
    }

    /// How much a face is like the person as they looked within ``Options/recentSeconds``; nil when they were not seen.
    ///
    /// - Parameter sighting: an appearance that does not count: an appearance is no evidence for itself.
    package func recentSimilarity(
        of mean: Embedding, to person: PersonID, besides sighting: SightingID, at moment: Date
    ) -> Float? {
        state.withLock { state in
            guard let at = state.appearedAt[person] else { return nil }
            guard abs(moment.timeIntervalSince(at)) <= options.recentSeconds else {
                state.appearances.remove(person)
                state.appearedAt[person] = nil
                return nil
            }
            return state.appearances.similarity(of: mean, to: person, besides: sighting.rawValue)
        }
    }

    // MARK: Where people are

    /// Notes that a camera sees a person.
    ///
    /// - Returns: where they came from, when this is the first sight of them in this appearance.
    package func see(
        _ person: PersonID, name: String, isAnonymous: Bool, camera: CameraID, sighting: SightingID, since: Date,
        at moment: Date
    ) -> HandOver? {
        state.withLock { state in
            if state.presences.count > 4096 {
                let limit = options.handOverSeconds
                state.presences = state.presences.filter { _, cameras in
                    cameras.values.contains { moment.timeIntervalSince($0.lastSeen) <= limit }
                }
            }
            var known = state.presences[person] ?? [:]
            defer {
                known[camera] = Presence(lastSeen: moment, sighting: sighting)
                state.presences[person] = known
            }
            guard known[camera]?.sighting != sighting else { return nil }
            guard let last = known.max(by: { $0.value.lastSeen < $1.value.lastSeen }), last.key != camera else {
                return nil
            }
            guard since.timeIntervalSince(last.value.lastSeen) <= options.handOverSeconds else { return nil }
            return HandOver(
                person: person, name: name, isAnonymous: isAnonymous, from: last.key, to: camera, sighting: sighting,
                leftAt: last.value.lastSeen, arrivedAt: since)
        }
    }

    private func recentPeople(_ state: borrowing State, at moment: Date) -> Set<PersonID> {
        var recent: Set<PersonID> = []
        for id in state.people.keys {
            guard let cameras = state.presences[id] else { continue }
            if cameras.values.contains(where: { abs(moment.timeIntervalSince($0.lastSeen)) <= options.recentSeconds }) {
                recent.insert(id)
            }
        }
        return recent
    }

    // MARK: What operators change

    /// Takes over what the store knows: the anonymous people, those made here and not written yet besides.
    package func reload(_ contents: GalleryContents) {
        state.withLock { state in
            state.lastNumber = max(state.lastNumber, contents.lastAnonymousNumber)
            // Two changes at once may finish reading in either order.
            guard contents.version >= state.storeVersion else { return }
            state.storeVersion = contents.version
            var stored: [PersonID: [GalleryContents.Entry]] = [:]
            var named: Set<PersonID> = []
            for entry in contents.entries {
                if entry.isAnonymous {
                    stored[entry.person, default: []].append(entry)
                } else {
                    named.insert(entry.person)
                }
            }
            let now = Date()
            state.retired = state.retired.filter { now.timeIntervalSince($0.value) < 600 }
            for id in Array(state.people.keys) where stored[id] == nil {
                // A record waits until it is written; while the database is down, for long.
                let isOnItsWay = state.unwritten[id].map { now.timeIntervalSince($0) < 86_400 } ?? false
                if named.contains(id) || !isOnItsWay { drop(id, &state) }
            }
            for (id, entries) in stored where state.retired[id] == nil {
                state.unwritten[id] = nil
                if state.people[id] == nil {
                    let number = entries.first.flatMap { Int($0.name.drop { !$0.isNumber }) } ?? 0
                    state.people[id] = AnonymousPerson(id: id, number: number, createdAt: now)
                }
                takeOver(entries, of: id, at: now, &state)
            }
            let rejections = contents.rejections.filter { stored[$0.person] != nil }
            state.rejected = Dictionary(grouping: rejections, by: \.person).mapValues { $0.map(\.embedding) }
            if !rejections.isEmpty { state.version += 1 }
        }
    }

    /// Makes the faces that are kept of a person those of the store; what was learnt in the last moments may not be there yet.
    private func takeOver(
        _ entries: [GalleryContents.Entry], of id: PersonID, at now: Date, _ state: inout State
    ) {
        let keys = Set(entries.map(\.sample.rawValue))
        for key in state.faces.keys(of: id) where !keys.contains(key) {
            let isFresh = state.learnt[key].map { now.timeIntervalSince($0) < 10 } ?? false
            if !isFresh { state.faces.remove(id, key: key) }
        }
        let known = state.faces.keys(of: id)
        for entry in entries where !known.contains(entry.sample.rawValue) {
            state.faces.insert(
                entry.embedding, of: id, key: entry.sample.rawValue, quality: 0.5,
                limit: AnonymousPerson.maximumSamples)
        }
    }

    /// Forgets a person who was erased, merged away or has expired.
    package func forget(_ person: PersonID) {
        state.withLock { state in
            drop(person, &state)
            state.appearances.remove(person)
            state.appearedAt[person] = nil
            state.presences[person] = nil
        }
    }

    /// Takes back that there is such a person, whatever the store has heard of them.
    private func retire(_ id: PersonID, _ state: inout State) {
        drop(id, &state)
        state.retired[id] = Date()
    }

    private func drop(_ id: PersonID, _ state: inout State) {
        guard state.people.removeValue(forKey: id) != nil else { return }
        state.faces.remove(id)
        state.unwritten[id] = nil
        state.presences[id] = nil
        state.rejected[id] = nil
        state.version += 1
    }
}
