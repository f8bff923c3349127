import Foundation
import Synchronization
import VedetteCore

/// The whole store in memory: what the routes see is what the database would answer.
final class MemoryStore: Store {
    struct State {
        var people: [PersonID: Person] = [:]
        var samples: [SampleID: (sample: FaceSample, jpeg: [UInt8])] = [:]
        var cameras: [CameraID: Camera] = [:]
        var sightings: [SightingID: SightingRecord] = [:]
        var rejections: [Rejection] = []
        var merges: [MergeRecord] = []
        var version: Int64 = 0
        /// Thrown by every call while set.
        var failure: StoreError?
    }

    /// A merge with what it moved.
    struct MergeRecord {
        var merge: Merge
        var source: Person
        var samples: [SampleID]
        var sightings: [SightingID]
    }

    let state = Mutex(State())

    func access<Value>(_ body: (inout sending State) throws -> sending Value) throws -> sending Value {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            return try body(&state)
        }
    }

    func fail(with error: StoreError?) { state.withLock { $0.failure = error } }

    // MARK: People

    func createPerson(name: String) async throws -> Person {
        let name = try Self.validated(name)
        let person = Person(id: .make(), name: name, createdAt: Date(), updatedAt: Date())
        try access {
            $0.people[person.id] = person
            $0.version += 1
        }
        return person
    }

    private static func validated(_ name: String) throws -> String {
        do {
            return try Person.validated(name: name)
        } catch {
            throw StoreError(.invalid, error.reason)
        }
    }

    static func counted(_ person: Person, _ state: State) -> Person {
        var person = person
        person.sampleCount = state.samples.values.count { $0.sample.person == person.id }
        return person
    }

    func person(_ id: PersonID) async throws -> Person? {
        try access { state in state.people[id].map { Self.counted($0, state) } }
    }

    func people(named name: String) async throws -> [Person] {
        try access { state in state.people.values.filter { $0.name == name }.sorted { $0.id < $1.id } }
    }

    func people(search: String?, kind: PersonKind, page: PageRequest) async throws -> Page<Person> {
        let all = try access { state in state.people.values.map { Self.counted($0, state) } }
        let found =
            all
            .filter { kind == .all || $0.isAnonymous == (kind == .anonymous) }
            .filter { search == nil || $0.name.localizedCaseInsensitiveContains(search ?? "") }
            .sorted { ($0.name.lowercased(), $0.id) < ($1.name.lowercased(), $1.id) }
        return try Self.page(found, page)
    }

    func rename(_ id: PersonID, to name: String) async throws -> Person {
        let name = try Self.validated(name)
        return try access { state in
            guard var person = state.people[id] else { throw Self.noPerson(id) }
            person.name = name
            person.isAnonymous = false
            state.version += 1
            person.updatedAt = Date()
            state.people[id] = person
            return Self.counted(person, state)
        }
    }

    func delete(_ id: PersonID) async throws -> ErasureReport {
        try access { state in
            guard state.people.removeValue(forKey: id) != nil else { throw Self.noPerson(id) }
            let samples = state.samples.values.filter { $0.sample.person == id }.map(\.sample.id)
            for sample in samples { state.samples[sample] = nil }
            state.rejections.removeAll { $0.person == id }
            state.merges.removeAll { $0.merge.target == id }
            state.version += 1
            let seen = state.sightings.values.filter { $0.sighting.person == id }.map(\.sighting.id)
            for sighting in seen { state.sightings[sighting]?.sighting.person = nil }
            return ErasureReport(samples: samples.count, sightings: seen.count)
        }
    }

    func merge(_ source: PersonID, into target: PersonID) async throws -> Person {
        try access { state in
            guard let person = state.people[target] else { throw Self.noPerson(target) }
            guard let gone = state.people.removeValue(forKey: source) else { throw Self.noPerson(source) }
            let merge = Merge(
                id: .make(), source: source, sourceName: gone.name, sourceWasAnonymous: gone.isAnonymous,
                target: target, at: Date())
            var record = MergeRecord(merge: merge, source: gone, samples: [], sightings: [])
            for (id, entry) in state.samples where entry.sample.person == source {
                state.samples[id] = (Self.sample(entry.sample, of: target), entry.jpeg)
                record.samples.append(id)
            }
            for (id, seen) in state.sightings where seen.sighting.person == source {
                state.sightings[id]?.sighting.person = target
                record.sightings.append(id)
            }
            state.merges.append(record)
            state.version += 1
            return Self.counted(person, state)
        }
    }

    static func sample(_ sample: FaceSample, of person: PersonID) -> FaceSample {
        FaceSample(
            id: sample.id, person: person, embedding: sample.embedding, model: sample.model, quality: sample.quality,
            source: sample.source, createdAt: sample.createdAt)
    }

    func addSample(_ sample: FaceSample, jpeg: [UInt8]) async throws {
        try access { state in
            guard state.people[sample.person] != nil else { throw Self.noPerson(sample.person) }
            state.samples[sample.id] = (sample, jpeg)
            state.version += 1
        }
    }

    func addSample(from sighting: SightingID, to person: PersonID, model: String) async throws -> FaceSample {
        try access { state in
            guard state.people[person] != nil else { throw Self.noPerson(person) }
            guard let face = state.sightings[sighting]?.face, face.model == model else {
                throw StoreError(.notFound, "there is no face of sighting '\(sighting)'")
            }
            let sample = FaceSample(
                id: .make(), person: person, embedding: face.embedding, model: model, quality: 0.8,
                source: "sighting \(sighting)", createdAt: Date())
            state.samples[sample.id] = (sample, face.jpeg)
            state.sightings[sighting]?.sighting.person = person
            state.version += 1
            return sample
        }
    }

    func samples(of person: PersonID) async throws -> [FaceSample] {
        try access { state in
            state.samples.values.map(\.sample).filter { $0.person == person }.sorted { $0.id < $1.id }
        }
    }

    func deleteSample(_ id: SampleID, of person: PersonID) async throws {
        try access { state in
            guard state.samples[id]?.sample.person == person else {
                throw StoreError(.notFound, "person '\(person)' has no face '\(id)'")
            }
            state.samples[id] = nil
        }
    }

    func sampleImage(_ id: SampleID) async throws -> [UInt8]? { try access { $0.samples[id]?.jpeg } }

    func galleryContents(model: String) async throws -> GalleryContents {
        try access { state in
            GalleryContents(
                version: state.version,
                entries: state.samples.values.filter { $0.sample.model == model }.map { entry in
                    .init(
                        person: entry.sample.person, name: state.people[entry.sample.person]?.name ?? "",
                        embedding: entry.sample.embedding,
                        isAnonymous: state.people[entry.sample.person]?.isAnonymous ?? false)
                }, rejections: state.rejections.filter { $0.model == model })
        }
    }

    static func noPerson(_ id: PersonID) -> StoreError { StoreError(.notFound, "there is no person '\(id)'") }

    // MARK: Cameras

    func cameras() async throws -> [Camera] { try access { $0.cameras.values.sorted { $0.id < $1.id } } }
    func camera(_ id: CameraID) async throws -> Camera? { try access { $0.cameras[id] } }
    func save(_ camera: Camera) async throws { try access { $0.cameras[camera.id] = camera } }
    func deleteCamera(_ id: CameraID) async throws -> Bool { try access { $0.cameras.removeValue(forKey: id) != nil } }

    // MARK: Sightings

    func write(_ records: [SightingRecord]) async throws {
        try access { state in
            for record in records {
                var record = record
                if let new = record.anonymous, state.people[new.id] == nil {
                    state.people[new.id] = Person(
                        id: new.id, name: new.name, createdAt: new.createdAt, updatedAt: new.createdAt,
                        isAnonymous: true)
                }
                if record.face == nil { record.face = state.sightings[record.sighting.id]?.face }
                state.sightings[record.sighting.id] = record
            }
        }
    }

    func sightings(_ filter: SightingFilter, page: PageRequest) async throws -> Page<SightingEntry> {
        let found = try access { state in
            state.sightings.values
                .filter { record in
                    let sighting = record.sighting
                    return (filter.person == nil || sighting.person == filter.person)
                        && (filter.camera == nil || sighting.camera == filter.camera)
                        && (filter.from.map { sighting.lastSeen >= $0 } ?? true)
                        && (filter.to.map { sighting.firstSeen < $0 } ?? true)
                        && (filter.known.map { known in
                            known == (sighting.person.flatMap { state.people[$0] }.map { !$0.isAnonymous } ?? false)
                        } ?? true)
                }
                .map { Self.entry($0, state) }
        }
        return try Self.page(
            found.sorted { ($0.sighting.firstSeen, $0.sighting.id) > ($1.sighting.firstSeen, $1.sighting.id) }, page)
    }

    func sighting(_ id: SightingID) async throws -> SightingEntry? {
        try access { state in state.sightings[id].map { Self.entry($0, state) } }
    }

    func sightingImage(_ id: SightingID) async throws -> [UInt8]? { try access { $0.sightings[id]?.face?.jpeg } }

    func lastSighting(of person: PersonID) async throws -> SightingEntry? {
        try await sightings(SightingFilter(person: person), page: PageRequest()).items
            .max { $0.sighting.lastSeen < $1.sighting.lastSeen }
    }

    func endOpenSightings() async throws -> Int { 0 }
    func close() async throws {}

    static func entry(_ record: SightingRecord, _ state: State) -> SightingEntry {
        SightingEntry(
            sighting: record.sighting, personName: record.sighting.person.flatMap { state.people[$0]?.name },
            isAnonymous: record.sighting.person.flatMap { state.people[$0]?.isAnonymous } ?? false,
            hasImage: record.face != nil)
    }

    static func page<Item>(_ all: [Item], _ page: PageRequest) throws -> Page<Item> {
        var start = 0
        if let cursor = page.cursor {
            guard cursor.hasPrefix("at"), let at = Int(cursor.dropFirst(2)) else {
                throw StoreError(.invalid, "the cursor is not one of this list")
            }
            start = at
        }
        let end = min(all.count, start + page.limit)
        return Page(items: Array(all[min(start, end)..<end]), next: end < all.count ? "at\(end)" : nil)
    }
}
