import Foundation
import GRDB
package import VedetteCore

extension SQLiteStore {
    /// Nothing in a record can make the batch fail: values that are not numbers become none or 0.
    ///
    /// Camera and track are those of the first record of a sighting. A face without a picture (its
    /// `jpeg` is empty) leaves the stored picture. A record of a person who was erased loses its face as well: it
    /// would bring back what the erasure removed. A person that was merged becomes the one they were merged into.
    package func write(_ records: [SightingRecord]) async throws {
        guard !records.isEmpty else { return }
        try await change { db in
            var writer = try SightingUpsert(db)
            for record in records { try writer.write(record) }
            try writer.finish()
        }
        await retryErasure()
    }

    package func sightings(_ filter: SightingFilter, page: PageRequest) async throws -> Page<SightingEntry> {
        let rows = try await read { db in
            try SightingQuery(filter, page: page, longest: Self.longestSighting(db)).rows(db)
        }
        return Page(rows: rows, limit: page.limit, cursor: SightingQuery.cursor(after:))
    }

    package func sighting(_ id: SightingID) async throws -> SightingEntry? {
        try await read { db in
            try SightingQuery.entries(db, SightingQuery.columns + " WHERE s.id = ?", [id.rawValue]).first
        }
    }

    package func sightingImage(_ id: SightingID) async throws -> [UInt8]? {
        try await read { db in
            try Data.fetchOne(
                db, sql: "SELECT jpeg FROM sighting_face WHERE sighting = ? AND jpeg IS NOT NULL",
                arguments: [id.rawValue]
            ).map(Array.init)
        }
    }

    package func lastSighting(of person: PersonID) async throws -> SightingEntry? {
        try await read { db in
            // The one that began last need not be the one that ended last, but those that ended later began no
            // earlier than the longest sighting takes.
            guard
                let latest = try Int64.fetchOne(
                    db,
                    sql: "SELECT last_seen FROM sighting WHERE person = ? ORDER BY first_seen DESC, id DESC LIMIT 1",
                    arguments: [person.rawValue])
            else { return nil }
            return try SightingQuery.entries(
                db,
                SightingQuery.columns
                    + " WHERE s.person = ? AND s.first_seen >= ? ORDER BY s.last_seen DESC, s.first_seen DESC, s.id DESC LIMIT 1",
                [person.rawValue, latest - Self.longestSighting(db)]
            ).first
        }
    }

    package func endOpenSightings() async throws -> Int {
        try await change { db in
            try db.execute(sql: "UPDATE sighting SET ended = 1 WHERE ended = 0")
            return db.changesCount
        }
    }

    private static func longestSighting(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'longest_sighting'") ?? 0
    }
}

/// Writes a batch of records in the transaction it is made in.
private struct SightingUpsert {
    private let db: Database
    private let state: Statement
    private let face: Statement
    /// Who each person of the batch is now; nil when they are gone.
    private var people: [PersonID: PersonID?] = [:]
    private var longest: Int64 = 0

    init(_ db: Database) throws {
        self.db = db
        state = try db.cachedStatement(
            sql: """
                INSERT INTO sighting
                    (id, camera, track, person, first_seen, last_seen, similarity, quality, ended, assigned)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
                ON CONFLICT (id) DO UPDATE SET
                    person = CASE WHEN sighting.assigned = 1 THEN sighting.person ELSE excluded.person END,
                    similarity = CASE WHEN sighting.assigned = 1 THEN sighting.similarity ELSE excluded.similarity END,
                    first_seen = excluded.first_seen, last_seen = excluded.last_seen, quality = excluded.quality, ended = excluded.ended
                """)
        face = try db.cachedStatement(
            sql: """
                INSERT INTO sighting_face (sighting, model, embedding, jpeg) VALUES (?, ?, ?, ?)
                ON CONFLICT (sighting) DO UPDATE SET
                    model = excluded.model, embedding = excluded.embedding,
                    jpeg = COALESCE(excluded.jpeg, sighting_face.jpeg)
                """)
    }

    mutating func write(_ record: SightingRecord) throws {
        let sighting = record.sighting
        let person = try sighting.person.flatMap { try current($0) }
        let similarity = person == nil ? nil : sighting.similarity.flatMap { $0.isFinite ? $0 : nil }
        let firstSeen = Timestamp(sighting.firstSeen).microseconds
        let lastSeen = Timestamp(sighting.lastSeen).microseconds
        longest = max(longest, lastSeen - firstSeen)
        try state.execute(arguments: [
            sighting.id.rawValue, sighting.camera.rawValue, sighting.track, person?.rawValue, firstSeen, lastSeen,
            similarity, sighting.quality.isFinite ? sighting.quality : 0, sighting.ended,
        ])
        let isErased = sighting.person != nil && person == nil
        guard let best = record.face, !isErased else { return }
        try face.execute(arguments: [
            sighting.id.rawValue, best.model, Data(best.embedding.bytes), best.jpeg.isEmpty ? nil : Data(best.jpeg),
        ])
    }

    func finish() throws {
        try db.execute(
            sql: "UPDATE meta SET value = ? WHERE key = 'longest_sighting' AND value < ?",
            arguments: [longest, longest])
    }

    private mutating func current(_ id: PersonID) throws -> PersonID? {
        if let known = people[id] { return known }
        let text = try String.fetchOne(
            db,
            sql: """
                SELECT id FROM person WHERE id = ?
                UNION ALL SELECT target FROM merged_person WHERE id = ? LIMIT 1
                """, arguments: [id.rawValue, id.rawValue])
        let found: PersonID? = try text.map { try SQLiteStore.identifier($0) }
        people[id] = .some(found)
        return found
    }
}
