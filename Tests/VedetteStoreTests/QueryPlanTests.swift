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

    @Test func aPageOfAnonymousPeopleIsReadFromAnIndex() async throws {
        let entry = AnonymousEntry(
            person: Person(id: .make(), name: "", createdAt: Date(), updatedAt: Date()), sightings: 3, lastSeen: nil,
            bestSighting: nil)
        for cursor in [nil, AnonymousQuery.cursor(after: entry).text] {
            let query = try AnonymousQuery(PageRequest(cursor: cursor), longest: 1)
            let plan = try await plan(query.sql, query.arguments)
            #expect(plan.contains { $0.contains("person USING INDEX person_anonymous") }, "\(plan)")
            #expect(!plan.contains { $0.hasPrefix("SCAN") && !$0.contains("USING INDEX person_anonymous") }, "\(plan)")
            // The few samples of each person are put in order, the people are not.
            #expect(plan.count { $0.contains("TEMP B-TREE") } <= 1, "\(plan)")
        }
    }

    @Test(arguments: [
        ("SELECT id FROM person WHERE anonymous = 0 ORDER BY name_key, id LIMIT 9", "INDEX person_named"),
        ("SELECT id FROM person WHERE anonymous = 1 AND sightings = 0", "INDEX person_anonymous (sightings=?)"),
        ("UPDATE sighting SET revised_from = NULL WHERE revised_from = ?", "sighting_revised (revised_from=?)"),
        (
            "SELECT 1 FROM rejection WHERE sighting = ? AND person = ?",
            "rejection_by_sighting (sighting=? AND person=?)"
        ),
        (
            "DELETE FROM rejection WHERE sighting IN (SELECT id FROM sighting WHERE person = ?)",
            "rejection_by_sighting (sighting=?)"
        ),
        ("SELECT 1 FROM merge_item WHERE item = ? AND kind = 'sample'", "merge_item_by_item (item=? AND kind=?)"),
    ])
    func whatEveryWriteAndErasureAsksForHasAnIndex(sql: String, index: String) async throws {
        let plan = try await plan(sql, nil)
        #expect(plan.contains { $0.contains(index) }, "\(plan)")
        #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
    }

    private func plan(_ sql: String, _ arguments: StatementArguments?) async throws -> [String] {
        let store = try SQLiteStore.inMemory()
        let plan = try await store.database.read { db in
            let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN \(sql)")
            statement.setUncheckedArguments(arguments ?? StatementArguments())
            return try Row.fetchAll(statement).map { $0["detail"] as String }
        }
        try await store.close()
        return plan
    }
}
