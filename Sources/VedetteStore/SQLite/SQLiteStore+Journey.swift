package import Foundation
import GRDB
package import VedetteCore

extension SQLiteStore {
    /// Reads from the latest sighting back until there are enough stops, or ``Options/journeyRows`` were read.
    package func journey(
        of person: PersonID, from: Date?, to: Date?, gap: TimeInterval, limit: Int
    ) async throws -> [JourneyStop] {
        let filter = SightingFilter(person: person, from: from, to: to)
        guard (1...1000).contains(limit), JourneyStops.gaps.contains(gap) else {
            throw StoreError(
                .invalid,
                "a journey has 1 to 1000 stops, and a gap of 0 to \(Int(JourneyStops.gaps.upperBound)) seconds")
        }
        let most = options.journeyRows
        return try await read { db in
            _ = try Self.requirePerson(person, db)
            var stops = JourneyStops(gap: gap, limit: limit)
            let query = try SightingQuery(filter, page: PageRequest(), longest: Self.longestSighting(db))
            let rows = try Row.fetchCursor(db, sql: query.sql(limit: most), arguments: query.arguments)
            while let row = try rows.next() {
                guard stops.add(try SightingQuery.entry(row).sighting) else { break }
            }
            return stops.inOrder
        }
    }
}
