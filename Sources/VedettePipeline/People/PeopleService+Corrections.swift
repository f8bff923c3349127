package import Foundation
package import VedetteCore

/// What operators correct about who is who.
extension PeopleService {
    /// Undoes a merge.
    ///
    /// - Returns: the person who is there again.
    package func split(_ merge: MergeID, of person: PersonID) async throws -> Person {
        let restored = try await store.split(merge, of: person)
        try await refresh()
        return restored
    }

    /// Says who a sighting is, without making a sample of its face.
    package func assign(_ sighting: SightingID, to person: PersonID?) async throws -> SightingEntry {
        let before = try await store.sighting(sighting)
        let entry = try await store.assign(sighting, to: person)
        try await forgetIfGone(before)
        try await refresh()
        return entry
    }

    /// Notes that the face of a sighting is not the person's.
    package func reject(_ sighting: SightingID, as person: PersonID) async throws -> Rejection {
        let rejection = try await store.reject(sighting, as: person, model: model)
        try await refresh()
        return rejection
    }

    package func deleteRejection(_ id: RejectionID, of person: PersonID) async throws {
        try await store.deleteRejection(id, of: person)
        try await refresh()
    }

    /// Erases the anonymous people who were not seen since `moment`.
    ///
    /// - Returns: how many are gone.
    package func expireAnonymousPeople(before moment: Date) async throws -> Int {
        let gone = try await store.expireAnonymousPeople(before: moment)
        guard !gone.isEmpty else { return 0 }
        for person in gone { forget(person) }
        try await refresh()
        return gone.count
    }

    /// An anonymous person goes with the last of their sightings.
    func forgetIfGone(_ before: SightingEntry?) async throws {
        guard let before, before.isAnonymous, let person = before.sighting.person,
            try await store.person(person) == nil
        else { return }
        forget(person)
    }
}
