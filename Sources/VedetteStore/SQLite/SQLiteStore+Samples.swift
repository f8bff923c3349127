import Foundation
import GRDB
package import VedetteCore

extension SQLiteStore {
    package func addSample(_ sample: FaceSample, jpeg: [UInt8]) async throws {
        guard sample.quality.isFinite, !sample.model.isEmpty else {
            throw StoreError(.invalid, "a sample needs a model and a quality that is a number")
        }
        try await change { db in
            _ = try Self.requirePerson(sample.person, db)
            try Self.insert(sample, embedding: Data(sample.embedding.bytes), jpeg: Data(jpeg), db)
        }
    }

    package func addSample(from sighting: SightingID, to person: PersonID, model: String) async throws -> FaceSample {
        try await change { db in
            _ = try Self.requirePerson(person, db)
            guard
                let quality = try Float.fetchOne(
                    db, sql: "SELECT quality FROM sighting WHERE id = ?", arguments: [sighting.rawValue])
            else { throw StoreError.unknown("sighting", sighting.rawValue) }
            guard
                let face = try Row.fetchOne(
                    db, sql: "SELECT embedding, jpeg FROM sighting_face WHERE sighting = ? AND model = ?",
                    arguments: [sighting.rawValue, model])
            else { throw StoreError(.notFound, "sighting \(sighting) has no face of model \(model)") }
            // The similarity of the face to itself. From now on the pipeline does not change who it is.
            try db.execute(
                sql: "UPDATE sighting SET person = ?, similarity = 1, assigned = 1 WHERE id = ?",
                arguments: [person.rawValue, sighting.rawValue])
            let bytes: Data = face[0]
            if let present = try Self.samples(
                db, "WHERE person = ? AND model = ? AND embedding = ?", [person.rawValue, model, bytes]
            ).first {
                return present
            }
            let sample = FaceSample(
                id: .make(), person: person, embedding: try Self.embedding(bytes), model: model, quality: quality,
                source: "sighting \(sighting)", createdAt: Timestamp.now().date)
            try Self.insert(sample, embedding: bytes, jpeg: face[1], db)
            return sample
        }
    }

    package func samples(of person: PersonID) async throws -> [FaceSample] {
        try await read { try Self.samples($0, "WHERE person = ? ORDER BY created_at, id", [person.rawValue]) }
    }

    package func sampleImage(_ id: SampleID) async throws -> [UInt8]? {
        try await read { db in
            try Data.fetchOne(db, sql: "SELECT jpeg FROM sample_image WHERE sample = ?", arguments: [id.rawValue])
                .map(Array.init)
        }
    }

    package func galleryContents(model: String) async throws -> GalleryContents {
        try await read { db in
            let version = try Int64.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'gallery_version'")
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT person.id, person.name, sample.embedding
                    FROM sample JOIN person ON person.id = sample.person
                    WHERE sample.model = ? ORDER BY sample.id
                    """, arguments: [model])
            var entries: [GalleryContents.Entry] = []
            while let row = try rows.next() {
                let embedding = try row.withUnsafeData(atIndex: 2) { try Self.embedding($0 ?? Data()) }
                entries.append(.init(person: try Self.identifier(row[0]), name: row[1], embedding: embedding))
            }
            return GalleryContents(version: version ?? 0, entries: entries)
        }
    }

    // MARK: - Rows

    private static func insert(_ sample: FaceSample, embedding: Data, jpeg: Data?, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO sample (id, person, model, quality, source, created_at, embedding)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                sample.id.rawValue, sample.person.rawValue, sample.model, sample.quality, sample.source,
                Timestamp(sample.createdAt).microseconds, embedding,
            ])
        if let jpeg, !jpeg.isEmpty {
            try db.execute(
                sql: "INSERT INTO sample_image (sample, jpeg) VALUES (?, ?)", arguments: [sample.id.rawValue, jpeg])
        }
        try touch(sample.person, db)
    }

    private static func samples(
        _ db: Database, _ clause: String, _ arguments: StatementArguments
    ) throws -> [FaceSample] {
        try Row.fetchAll(
            db, sql: "SELECT id, person, embedding, model, quality, source, created_at FROM sample \(clause)",
            arguments: arguments
        ).map { row in
            FaceSample(
                id: try identifier(row[0]), person: try identifier(row[1]), embedding: try embedding(row[2]),
                model: row[3], quality: row[4], source: row[5], createdAt: Timestamp(microseconds: row[6]).date)
        }
    }

    private static func embedding(_ bytes: Data) throws -> Embedding {
        guard let embedding = Embedding(bytes: bytes) else {
            throw StoreError(
                .unusable, "the database holds an embedding that is damaged", remedy: StoreError.restoreRemedy)
        }
        return embedding
    }
}
