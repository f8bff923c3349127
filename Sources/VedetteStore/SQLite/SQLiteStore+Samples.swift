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
            let face = try Self.requireFace(of: sighting, model: model, db)
            let quality = try Self.requireSighting(sighting, db).sighting.quality
            // The similarity of the face to itself.
            try Self.give(sighting, to: person, similarity: 1, db)
            if let present = try Self.samples(
                db, "WHERE person = ? AND model = ? AND embedding = ?", [person.rawValue, model, face.embedding]
            ).first {
                return present
            }
            let sample = FaceSample(
                id: .make(), person: person, embedding: try Self.embedding(face.embedding), model: model,
                quality: quality, source: Self.sampleSource(sighting), createdAt: Timestamp.now().date)
            try Self.insert(sample, embedding: face.embedding, jpeg: face.jpeg, db)
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
                    SELECT person.id, person.name, sample.embedding, person.anonymous, sample.id
                    FROM sample JOIN person ON person.id = sample.person
                    WHERE sample.model = ? ORDER BY sample.id
                    """, arguments: [model])
            var entries: [GalleryContents.Entry] = []
            while let row = try rows.next() {
                let embedding = try row.withUnsafeData(atIndex: 2) { try Self.embedding($0 ?? Data()) }
                entries.append(
                    .init(
                        person: try Self.identifier(row[0]), name: row[1], embedding: embedding, isAnonymous: row[3],
                        sample: try Self.identifier(row[4])))
            }
            let number = try Int.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'anonymous_number'")
            return GalleryContents(
                version: version ?? 0, entries: entries,
                rejections: try Self.rejections(db, "WHERE model = ? ORDER BY id", [model]),
                lastAnonymousNumber: number ?? 0)
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

    static func embedding(_ bytes: Data) throws -> Embedding {
        guard let embedding = Embedding(bytes: bytes) else {
            throw StoreError(
                .unusable, "the database holds an embedding that is damaged", remedy: StoreError.restoreRemedy)
        }
        return embedding
    }
}
