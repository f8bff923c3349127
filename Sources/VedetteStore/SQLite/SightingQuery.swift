import GRDB
import VedetteCore

/// The statement that lists a page of sightings, newest first.
///
/// Each filter leaves the rows in the order of an index, so that a page costs its own length. `from` asks for rows by
/// when they ended while the list goes by when they began: no row that ended after `from` began earlier than the
/// longest sighting ever takes, which bounds the search.
struct SightingQuery {
    private(set) var conditions: [String] = []
    private(set) var arguments: StatementArguments = []
    private(set) var limit: Int

    /// - Parameter longest: microseconds of the longest sighting in the table.
    /// - Throws: ``StoreError`` `invalid` for a malformed page request.
    init(_ filter: SightingFilter, page: PageRequest, longest: Int64) throws(StoreError) {
        limit = try page.validatedLimit()
        if let person = filter.person { add("s.person = ?", person.rawValue) }
        if let camera = filter.camera { add("s.camera = ?", camera.rawValue) }
        if let from = filter.from.map(Timestamp.init) {
            add("s.last_seen >= ?", from.microseconds)
            add("s.first_seen >= ?", from.microseconds - longest)
        }
        if let to = filter.to.map(Timestamp.init) { add("s.first_seen < ?", to.microseconds) }
        if let known = filter.known { conditions.append(known ? "s.named = 1" : "s.named = 0") }
        if let cursor = page.cursor {
            let key = try Cursor.parts(of: cursor, list: .sightings, count: 2)
            guard let firstSeen = Int64(key[0]), SightingID(key[1]) != nil else { throw Cursor.malformed }
            conditions.append("(s.first_seen, s.id) < (?, ?)")
            arguments += [firstSeen, key[1]]
        }
    }

    private mutating func add(_ condition: String, _ value: some DatabaseValueConvertible) {
        conditions.append(condition)
        arguments += [value]
    }

    /// With one row more than the page: whether another follows.
    var sql: String { sql(limit: limit + 1) }

    func sql(limit: Int) -> String {
        let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return "\(SightingQuery.columns) \(clause) ORDER BY s.first_seen DESC, s.id DESC LIMIT \(limit)"
    }

    func rows(_ db: Database) throws -> [SightingEntry] {
        try SightingQuery.entries(db, sql, arguments)
    }

    static let columns = """
        SELECT s.id, s.camera, s.track, s.person, s.first_seen, s.last_seen, s.similarity, s.quality, s.ended, p.name,
            EXISTS (SELECT 1 FROM sighting_face f WHERE f.sighting = s.id AND f.jpeg IS NOT NULL),
            COALESCE(p.anonymous, 0), s.revised_at, s.revised_from
        FROM sighting s LEFT JOIN person p ON p.id = s.person
        """

    static func entries(_ db: Database, _ sql: String, _ arguments: StatementArguments) throws -> [SightingEntry] {
        try Row.fetchAll(db, sql: sql, arguments: arguments).map(entry)
    }

    /// From a row of ``columns``.
    static func entry(_ row: Row) throws -> SightingEntry {
        let person: String? = row[3]
        let revisedAt: Int64? = row[12]
        let revisedFrom: String? = row[13]
        let sighting = Sighting(
            id: try SQLiteStore.identifier(row[0]), camera: try SQLiteStore.identifier(row[1]), track: row[2],
            person: try person.map { try SQLiteStore.identifier($0) },
            firstSeen: Timestamp(microseconds: row[4]).date, lastSeen: Timestamp(microseconds: row[5]).date,
            similarity: row[6], quality: row[7], ended: row[8],
            revision: try revisedAt.map { at in
                Sighting.Revision(
                    previous: try revisedFrom.map { try SQLiteStore.identifier($0) },
                    at: Timestamp(microseconds: at).date)
            })
        return SightingEntry(sighting: sighting, personName: row[9], isAnonymous: row[11], hasImage: row[10])
    }

    static func cursor(after entry: SightingEntry) -> Cursor {
        let firstSeen = Timestamp(entry.sighting.firstSeen).microseconds
        return Cursor(.sightings, [String(firstSeen), entry.sighting.id.rawValue])
    }
}
