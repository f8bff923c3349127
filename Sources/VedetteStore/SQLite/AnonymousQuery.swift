import GRDB
import VedetteCore

/// The statement that lists a page of anonymous people.
struct AnonymousQuery {
    private let conditions: String
    private(set) var arguments: StatementArguments
    private let limit: Int

    /// - Parameter longest: microseconds of the longest sighting in the table.
    /// - Throws: ``StoreError`` `invalid` for a malformed page request.
    init(_ page: PageRequest, longest: Int64) throws(StoreError) {
        limit = try page.validatedLimit()
        arguments = [-longest]
        guard let cursor = page.cursor else {
            conditions = ""
            return
        }
        let key = try Cursor.parts(of: cursor, list: .anonymous, count: 2)
        guard let sightings = Int64(key[0]), PersonID(key[1]) != nil else { throw Cursor.malformed }
        // One range of the index; the two directions cannot be compared as a pair.
        conditions = "AND person.sightings <= ? AND (person.sightings < ? OR person.id > ?)"
        arguments += [sightings, sightings, key[1]]
    }

    /// The latest moment is searched as for ``SQLiteStore/lastSighting(of:)``. The best picture is that of the best
    /// sample, which has the id of its sighting.
    var sql: String {
        """
        SELECT person.id, person.name, person.created_at, person.updated_at,
            (SELECT COUNT(*) FROM sample WHERE sample.person = person.id), person.sightings,
            (SELECT MAX(last_seen) FROM sighting WHERE sighting.person = person.id AND first_seen >= ? + (
                SELECT last_seen FROM sighting WHERE sighting.person = person.id
                ORDER BY first_seen DESC, id DESC LIMIT 1)),
            (SELECT sample.id FROM sample
                JOIN sighting_face face ON face.sighting = sample.id AND face.jpeg IS NOT NULL
                WHERE sample.person = person.id ORDER BY sample.quality DESC, sample.id LIMIT 1)
        FROM person WHERE person.anonymous = 1 \(conditions)
        ORDER BY person.sightings DESC, person.id LIMIT \(limit + 1)
        """
    }

    func rows(_ db: Database) throws -> [AnonymousEntry] {
        try Row.fetchAll(db, sql: sql, arguments: arguments).map { row in
            let person = Person(
                id: try SQLiteStore.identifier(row[0]), name: row[1],
                createdAt: Timestamp(microseconds: row[2]).date, updatedAt: Timestamp(microseconds: row[3]).date,
                sampleCount: row[4], isAnonymous: true)
            let lastSeen: Int64? = row[6]
            let best: String? = row[7]
            return AnonymousEntry(
                person: person, sightings: row[5], lastSeen: lastSeen.map { Timestamp(microseconds: $0).date },
                bestSighting: try best.map { try SQLiteStore.identifier($0) })
        }
    }

    static func cursor(after entry: AnonymousEntry) -> Cursor {
        Cursor(.anonymous, [String(entry.sightings), entry.person.id.rawValue])
    }
}
