package import Foundation
import GRDB
package import VedetteCore

extension SQLiteStore {
    /// People erased in one transaction, so that sightings are written in between.
    private static let expiryPortion = 200

    /// By the counter that each person has; so a page costs its own length. A person who is seen while somebody pages
    /// may move to a page that was read already, or be met twice.
    package func anonymousPeople(page: PageRequest) async throws -> Page<AnonymousEntry> {
        let rows = try await read { db in try AnonymousQuery(page, longest: Self.longestSighting(db)).rows(db) }
        return Page(rows: rows, limit: page.limit, cursor: AnonymousQuery.cursor(after:))
    }

    package func expireAnonymousPeople(before moment: Date) async throws -> [PersonID] {
        let moment = Timestamp(moment).microseconds
        var gone: [PersonID] = []
        while true {
            let portion = try await change { db in
                let old = try Self.anonymousPeople(unseenSince: moment, limit: Self.expiryPortion, db)
                for person in old { _ = try Self.erase(person, db) }
                if !old.isEmpty { try Self.advanceGallery(db) }
                return old
            }
            gone += portion
            if portion.count < Self.expiryPortion { break }
        }
        if !gone.isEmpty { await finishErasure() }
        return gone
    }

    /// No sighting that ended after the moment began earlier than the longest one takes.
    private static func anonymousPeople(
        unseenSince moment: Int64, limit: Int, _ db: Database
    ) throws -> [PersonID] {
        try String.fetchAll(
            db,
            sql: """
                SELECT id FROM person
                WHERE anonymous = 1 AND created_at < ? AND NOT EXISTS (
                    SELECT 1 FROM sighting
                    WHERE sighting.person = person.id AND sighting.first_seen >= ? AND sighting.last_seen >= ?)
                LIMIT ?
                """, arguments: [moment, moment - longestSighting(db), moment, limit]
        ).map { try identifier($0) }
    }
}
