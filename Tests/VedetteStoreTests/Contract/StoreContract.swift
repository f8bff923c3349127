import Foundation
import Testing
import VedetteCore
import VedetteStore

/// What every store promises, as checks that take any store, new and empty. A new kind of store joins by one more
/// ``StoreBackend``.
enum StoreContract {
    struct Clause: Sendable, CustomTestStringConvertible {
        let name: String
        let check: @Sendable (any Store) async throws -> Void

        init(_ name: String, _ check: @escaping @Sendable (any Store) async throws -> Void) {
            self.name = name
            self.check = check
        }

        var testDescription: String { name }
    }

    static let clauses =
        people + samples + cameras + sightings + anonymous + identity + journeys + paging + filters + concurrency
}

/// A kind of store that the contract is checked on.
enum StoreBackend: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqliteFile, sqliteMemory

    var testDescription: String { rawValue }

    func withStore(_ body: (any Store) async throws -> Void) async throws {
        switch self {
        case .sqliteMemory:
            let store = try SQLiteStore.inMemory()
            try await body(store)
            try await store.close()
        case .sqliteFile:
            try await withTemporaryFolder { path in
                let store = try SQLiteStore.open(in: DataFolder.open(at: path))
                try await body(store)
                try await store.close()
            }
        }
    }
}

@Suite struct StoreContractTests {
    @Test(arguments: StoreBackend.allCases, StoreContract.clauses)
    func keeps(backend: StoreBackend, clause: StoreContract.Clause) async throws {
        try await backend.withStore(clause.check)
    }
}

/// Calls `body` with the path of an empty folder that is removed afterwards.
func withTemporaryFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("vedette-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: url) }
    return try await body(url.path)
}

/// Things to store, distinct where it matters and the same in every run where it does not.
enum Sample {
    static let model = "sface"

    /// Points in a direction of its own for every `seed`.
    static func embedding(_ seed: Int, length: Int = 128) -> Embedding {
        var generator = SeededGenerator(seed: UInt64(truncatingIfNeeded: seed) &+ 1)
        let values = (0..<length).map { _ in Float(Int(generator.next() % 2001) - 1000) / 1000 }
        return Embedding(normalizing: values) ?? Embedding(normalizing: [1])!
    }

    static func jpeg(_ seed: Int, bytes: Int = 300) -> [UInt8] {
        var generator = SeededGenerator(seed: UInt64(truncatingIfNeeded: seed) &* 31 &+ 7)
        return (0..<bytes).map { _ in UInt8(truncatingIfNeeded: generator.next() >> 24) }
    }

    static func face(_ seed: Int, model: String = model) -> SightingRecord.Face {
        SightingRecord.Face(jpeg: jpeg(seed), embedding: embedding(seed), model: model)
    }

    static func faceSample(of person: PersonID, _ seed: Int, model: String = model) -> FaceSample {
        FaceSample(
            id: .make(), person: person, embedding: embedding(seed), model: model, quality: 0.75,
            source: "photo \(seed).jpg",
            createdAt: moment(Double(seed)))
    }

    /// Seconds after a fixed moment; whole microseconds.
    static func moment(_ seconds: Double) -> Date { Date(timeIntervalSince1970: 1_790_000_000 + seconds) }

    static func sighting(
        id: SightingID = .make(), camera: String = "entrance", person: PersonID? = nil, from: Double = 0,
        to: Double? = nil,
        similarity: Float? = nil, quality: Float = 0.5, ended: Bool = true
    ) -> Sighting {
        Sighting(
            id: id, camera: CameraID(camera)!, track: 7, person: person, firstSeen: moment(from),
            lastSeen: moment(to ?? from + 1),
            similarity: similarity, quality: quality, ended: ended)
    }

    static func record(_ sighting: Sighting, face: Int? = nil) -> SightingRecord {
        SightingRecord(sighting: sighting, face: face.map { Sample.face($0) })
    }
}

/// Checks that `body` throws a ``StoreError`` of this code, and returns it.
@discardableResult
func expectStoreError(
    _ code: StoreError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> StoreError? {
    let error = await #expect(throws: StoreError.self, sourceLocation: sourceLocation) { try await body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    return error
}
