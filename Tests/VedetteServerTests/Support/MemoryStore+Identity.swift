import Foundation
import VedetteCore

extension MemoryStore {
    func anonymousPeople(page: PageRequest) async throws -> Page<AnonymousEntry> {
        let entries = try access { state in
            state.people.values.filter(\.isAnonymous).map { person in
                let seen = state.sightings.values.filter { $0.sighting.person == person.id }
                let best = seen.filter { $0.face != nil }.max { $0.sighting.quality < $1.sighting.quality }
                return AnonymousEntry(
                    person: Self.counted(person, state), sightings: seen.count,
                    lastSeen: seen.map(\.sighting.lastSeen).max(), bestSighting: best?.sighting.id)
            }
        }
        return try Self.page(entries.sorted { ($1.sightings, $0.person.id) < ($0.sightings, $1.person.id) }, page)
    }

    func expireAnonymousPeople(before moment: Date) async throws -> [PersonID] {
        let old = try access { state in
            state.people.values.filter { person in
                person.isAnonymous && person.createdAt < moment
                    && !state.sightings.values.contains {
                        $0.sighting.person == person.id && $0.sighting.lastSeen >= moment
                    }
            }.map(\.id)
        }
        for id in old { _ = try await delete(id) }
        return old
    }

    func merges(into person: PersonID) async throws -> [Merge] {
        try access { $0.merges.map(\.merge).filter { $0.target == person }.reversed() }
    }

    func split(_ merge: MergeID, of person: PersonID) async throws -> Person {
        try access { state in
            guard let index = state.merges.firstIndex(where: { $0.merge.id == merge && $0.merge.target == person })
            else { throw StoreError(.notFound, "there is no merge '\(merge)'") }
            let undone = state.merges.remove(at: index)
            state.people[undone.source.id] = undone.source
            for id in undone.samples {
                guard let entry = state.samples[id], entry.sample.person == person else { continue }
                state.samples[id] = (Self.sample(entry.sample, of: undone.source.id), entry.jpeg)
            }
            for id in undone.sightings where state.sightings[id]?.sighting.person == person {
                state.sightings[id]?.sighting.person = undone.source.id
            }
            state.version += 1
            return Self.counted(undone.source, state)
        }
    }

    func assign(_ sighting: SightingID, to person: PersonID?) async throws -> SightingEntry {
        try access { state in
            if let person, state.people[person] == nil { throw Self.noPerson(person) }
            guard var record = state.sightings[sighting] else { throw Self.noSighting(sighting) }
            if let before = record.sighting.person, before != person {
                record.sighting.revision = Sighting.Revision(previous: before, at: Date())
            }
            record.sighting.person = person
            state.sightings[sighting] = record
            state.version += 1
            return Self.entry(record, state)
        }
    }

    func reject(_ sighting: SightingID, as person: PersonID, model: String) async throws -> Rejection {
        try access { state in
            guard state.people[person] != nil else { throw Self.noPerson(person) }
            guard let record = state.sightings[sighting] else { throw Self.noSighting(sighting) }
            guard let face = record.face, face.model == model else {
                throw StoreError(.notFound, "sighting '\(sighting)' has no face of model '\(model)'")
            }
            if record.sighting.person == person { state.sightings[sighting]?.sighting.person = nil }
            let rejection = Rejection(
                id: .make(), person: person, embedding: face.embedding, model: model, sighting: sighting,
                createdAt: Date())
            state.rejections.append(rejection)
            state.version += 1
            return rejection
        }
    }

    func rejections(of person: PersonID) async throws -> [Rejection] {
        try access { $0.rejections.filter { $0.person == person } }
    }

    func deleteRejection(_ id: RejectionID, of person: PersonID) async throws {
        try access { state in
            guard let index = state.rejections.firstIndex(where: { $0.id == id && $0.person == person }) else {
                throw StoreError(.notFound, "there is no rejection '\(id)'")
            }
            state.rejections.remove(at: index)
            state.version += 1
        }
    }

    func journey(
        of person: PersonID, from: Date?, to: Date?, gap: TimeInterval, limit: Int
    ) async throws -> [JourneyStop] {
        guard try await self.person(person) != nil else { throw Self.noPerson(person) }
        let filter = SightingFilter(person: person, from: from, to: to)
        var stops = JourneyStops(gap: gap, limit: limit)
        for entry in try await sightings(filter, page: PageRequest(limit: 1000)).items {
            guard stops.add(entry.sighting) else { break }
        }
        return stops.inOrder
    }

    private static func noSighting(_ id: SightingID) -> StoreError {
        StoreError(.notFound, "there is no sighting '\(id)'")
    }
}
