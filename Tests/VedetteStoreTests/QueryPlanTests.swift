import Foundation
import GRDB
import Testing
import VedetteCore

@testable import VedetteStore

/// Lists come out of an index in their order: their cost is that of a page, not of the table.
@Suite struct QueryPlanTests {
    @Test(arguments: [
        SightingFilter(),
        SightingFilter(person: .make()),
        SightingFilter(camera: .make()),
        SightingFilter(known: true),
        SightingFilter(known: false),
        SightingFilter(from: Sample.moment(0)),
        SightingFilter(to: Sample.moment(0)),
        SightingFilter(from: Sample.moment(0), to: Sample.moment(9)),
        SightingFilter(person: .make(), from: Sample.moment(0), to: Sample.moment(9)),
        SightingFilter(camera: .make(), from: Sample.moment(0), to: Sample.moment(9)),
        SightingFilter(person: .make(), camera: .make()),
    ])
    func aPageOfSightingsIsReadFromAnIndex(filter: SightingFilter) async throws {
        let store = try SQLiteStore.inMemory()
        let sighting = Sample.sighting()
        let cursor = SightingQuery.cursor(after: SightingEntry(sighting: sighting, personName: nil, hasImage: false))
            .text
        for cursor in [nil, cursor] {
            let query = try SightingQuery(filter, page: PageRequest(cursor: cursor), longest: 1)
            let plan = try await store.database.read { db in
                try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(query.sql)", arguments: query.arguments)
                    .map { $0["detail"] as String }
            }
            #expect(plan.first?.contains("USING INDEX sighting_") == true, "\(plan)")
            #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
        }
        try await store.close()
    }
}
