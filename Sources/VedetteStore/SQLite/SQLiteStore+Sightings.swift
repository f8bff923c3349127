import Foundation
import GRDB
package import VedetteCore

extension SQLiteStore {
    /// Nothing in a record can make the batch fail: values that are not numbers become none or 0.
    ///
    /// Camera and track are those of the first record of a sighting. A face without a picture (its
    /// `jpeg` is empty) leaves the stored picture. A record of a person who was erased, or that names one as whom the
    /// sighting was taken for before, loses its face as well: it would bring back what the erasure removed.
    package func write(_ records: [SightingRecord]) async throws {
        guard !records.isEmpty else { return }
        try await change { db in
            var writer = try SightingUpsert(db, records)
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

    static func longestSighting(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'longest_sighting'") ?? 0
    }
}
