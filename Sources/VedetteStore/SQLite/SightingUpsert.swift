import Foundation
import GRDB
import VedetteCore

/// Writes a batch of records in the transaction it is made in.
///
/// The people of the batch are looked up once each. What only anonymous people or rejections make necessary is asked
/// for only where there are any: a store without them writes as fast as if there were no such thing.
struct SightingUpsert {
    /// Who a person of the batch is now.
    private struct Present {
        var id: PersonID
        var isAnonymous: Bool
    }

    /// Whom a sighting shows, as stored.
    private struct Shown {
        var person: Present?
        var isAssigned: Bool
    }

    private let db: Database
    private let state: Statement
    private let face: Statement
    private let hasRejections: Bool
    /// Nil where nobody is anonymous.
    private var samples: AnonymousSamples?
    /// The sightings of the batch that are stored already; only where somebody is anonymous.
    private var stored: [SightingID: Shown] = [:]
    /// By the id in the records; nil for people who are gone.
    private var people: [PersonID: Present?] = [:]
    private var longest: Int64 = 0

    init(_ db: Database, _ records: [SightingRecord]) throws {
        self.db = db
        if try records.contains(where: { $0.anonymous != nil })
            || Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM person WHERE anonymous = 1)") ?? false
        {
            samples = AnonymousSamples(db)
            stored = try Self.stored(records, db)
        }
        hasRejections = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM rejection)") ?? false
        state = try db.cachedStatement(
            sql: """
                INSERT INTO sighting
                    (id, camera, track, person, named, first_seen, last_seen, similarity, quality, ended, assigned,
                     revised_at, revised_from)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
                ON CONFLICT (id) DO UPDATE SET
                    person = CASE WHEN sighting.assigned = 1 THEN sighting.person ELSE excluded.person END,
                    named = CASE WHEN sighting.assigned = 1 THEN sighting.named ELSE excluded.named END,
                    similarity = CASE WHEN sighting.assigned = 1 THEN sighting.similarity ELSE excluded.similarity END,
                    revised_from = CASE WHEN sighting.assigned = 1 OR excluded.revised_at IS NULL
                        THEN sighting.revised_from ELSE excluded.revised_from END,
                    revised_at = CASE WHEN sighting.assigned = 1 OR excluded.revised_at IS NULL
                        THEN sighting.revised_at ELSE excluded.revised_at END,
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
        let said = try sighting.person.flatMap { try present($0, record.anonymous) }
        let isErased = try sighting.person != nil && said == nil || mayShowErased(sighting)
        // The pipeline may not have heard of it yet.
        let person = try said.flatMap { try isRejected(sighting.id, $0.id) ? nil : $0 }
        try upsert(sighting, person)
        let hasNewFace = record.face != nil && !isErased
        if let best = record.face, hasNewFace {
            try face.execute(arguments: [
                sighting.id.rawValue, best.model, Data(best.embedding.bytes),
                best.jpeg.isEmpty ? nil : Data(best.jpeg),
            ])
        }
        try keepSample(of: sighting, showing: person, hasNewFace: hasNewFace)
    }

    /// Brings the samples of anonymous people up to date after the sighting and its face were written.
    private mutating func keepSample(of sighting: Sighting, showing person: Present?, hasNewFace: Bool) throws {
        guard samples != nil else { return }
        let before = stored[sighting.id]
        let now = before?.isAssigned == true ? before?.person : person
        stored[sighting.id] = Shown(person: now, isAssigned: before?.isAssigned ?? false)
        if let previous = before?.person, previous.isAnonymous, previous.id != now?.id {
            try samples?.remove(sighting.id, from: previous.id)
        }
        if let now, now.isAnonymous, hasNewFace || before?.person?.id != now.id {
            try samples?.keep(sighting.id, quality: sighting.quality, of: now.id)
        }
    }

    private mutating func upsert(_ sighting: Sighting, _ person: Present?) throws {
        let similarity = person == nil ? nil : sighting.similarity.flatMap { $0.isFinite ? $0 : nil }
        let firstSeen = Timestamp(sighting.firstSeen).microseconds
        let lastSeen = Timestamp(sighting.lastSeen).microseconds
        longest = max(longest, lastSeen - firstSeen)
        let previous = try sighting.revision?.previous.flatMap { try present($0, nil) }
        try state.execute(arguments: [
            sighting.id.rawValue, sighting.camera.rawValue, sighting.track, person?.id.rawValue,
            person.map { !$0.isAnonymous } ?? false, firstSeen, lastSeen, similarity,
            sighting.quality.isFinite ? sighting.quality : 0, sighting.ended,
            sighting.revision.map { Timestamp($0.at).microseconds }, previous?.id.rawValue,
        ])
    }

    mutating func finish() throws {
        try db.execute(
            sql: "UPDATE meta SET value = ? WHERE key = 'longest_sighting' AND value < ?",
            arguments: [longest, longest])
        try samples?.finish()
    }

    private static func stored(_ records: [SightingRecord], _ db: Database) throws -> [SightingID: Shown] {
        var stored: [SightingID: Shown] = [:]
        var rest = records[...]
        while !rest.isEmpty {
            let portion = rest.prefix(1000)
            rest = rest.dropFirst(portion.count)
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT sighting.id, sighting.assigned, person.id, person.anonymous
                    FROM sighting LEFT JOIN person ON person.id = sighting.person
                    WHERE sighting.id IN (\(databaseQuestionMarks(count: portion.count)))
                    """, arguments: StatementArguments(portion.map(\.sighting.id.rawValue)))
            while let row = try rows.next() {
                let person: String? = row[2]
                stored[try SQLiteStore.identifier(row[0])] = Shown(
                    person: try person.map { Present(id: try SQLiteStore.identifier($0), isAnonymous: row[3]) },
                    isAssigned: row[1])
            }
        }
        return stored
    }

    private func isRejected(_ sighting: SightingID, _ person: PersonID) throws -> Bool {
        guard hasRejections else { return false }
        let statement = try db.cachedStatement(
            sql: "SELECT EXISTS (SELECT 1 FROM rejection WHERE sighting = ? AND person = ?)")
        return try Bool.fetchOne(statement, arguments: [sighting.rawValue, person.rawValue]) ?? false
    }

    // MARK: - People

    /// - Parameter new: whom to make when nobody of this id is or was known.
    private mutating func present(_ id: PersonID, _ new: AnonymousPerson?) throws -> Present? {
        if let known = people[id], known != nil || new?.id != id { return known }
        var found = try lookUp(id)
        if found == nil, let new, new.id == id, try !wasErased(id) {
            try make(new)
            found = Present(id: id, isAnonymous: true)
        }
        people[id] = .some(found)
        return found
    }

    private func lookUp(_ id: PersonID) throws -> Present? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT id, anonymous FROM person WHERE id = ?
                UNION ALL
                SELECT person.id, person.anonymous
                FROM merged_person JOIN person ON person.id = merged_person.target WHERE merged_person.id = ? LIMIT 1
                """)
        return try Row.fetchOne(statement, arguments: [id.rawValue, id.rawValue])
            .map { Present(id: try SQLiteStore.identifier($0[0]), isAnonymous: $0[1]) }
    }

    private func wasErased(_ id: PersonID) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM erased_person WHERE id = ?)")
        return try Bool.fetchOne(statement, arguments: [id.rawValue]) ?? false
    }

    /// Whether the sighting named somebody before who was erased. Its face may have been kept from that time: a record
    /// replaces the waiting one of the same sighting, but not that one's face.
    private func mayShowErased(_ sighting: Sighting) throws -> Bool {
        guard let previous = sighting.revision?.previous else { return false }
        return try wasErased(previous)
    }

    private func make(_ person: AnonymousPerson) throws {
        let createdAt = Timestamp(person.createdAt).microseconds
        try db.execute(
            sql: """
                INSERT INTO person (id, name, name_key, created_at, updated_at, anonymous, number)
                VALUES (?, ?, ?, ?, ?, 1, ?)
                """,
            arguments: [
                person.id.rawValue, person.name, FoldedName(person.name).key, createdAt, createdAt, person.number,
            ])
        try db.execute(
            sql: "UPDATE meta SET value = ? WHERE key = 'anonymous_number' AND value < ?",
            arguments: [person.number, person.number])
    }
}
