import GRDB
package import VedetteCore

extension SQLiteStore {
    package func createPerson(name: String) async throws -> Person {
        let name = try validated(name)
        let now = Timestamp.now()
        let person = Person(id: .make(), name: name, createdAt: now.date, updatedAt: now.date)
        try await change { db in
            try db.execute(
                sql: "INSERT INTO person (id, name, name_key, created_at, updated_at) VALUES (?, ?, ?, ?, ?)",
                arguments: [person.id.rawValue, name, FoldedName(name).key, now.microseconds, now.microseconds])
            try Self.advanceGallery(db)
        }
        return person
    }

    package func person(_ id: PersonID) async throws -> Person? {
        try await read { try Self.person(id, $0) }
    }

    package func people(named name: String) async throws -> [Person] {
        guard let name = try? Person.validated(name: name) else { return [] }
        let found = try await read { db in
            try Self.people(db, "WHERE name_key = ? ORDER BY created_at, id", [FoldedName(name).key])
        }
        return found.filter { $0.name == name }
    }

    package func people(search: String?, kind: PersonKind, page: PageRequest) async throws -> Page<Person> {
        let limit = try page.validatedLimit()
        var conditions: [String] = []
        switch kind {
        case .named: conditions.append("anonymous = 0")
        case .anonymous: conditions.append("anonymous = 1")
        case .all: break
        }
        var arguments: StatementArguments = []
        if let search, !search.isEmpty {
            guard let pattern = FoldedName(search).searchPattern else { return Page(items: [], next: nil) }
            conditions.append("name_key LIKE ? ESCAPE '\\'")
            arguments += [pattern]
        }
        if let cursor = page.cursor {
            let key = try Cursor.parts(of: cursor, list: .people, count: 2)
            guard PersonID(key[1]) != nil else { throw Cursor.malformed }
            conditions.append("(name_key, id) > (?, ?)")
            arguments += [key[0], key[1]]
        }
        arguments += [limit + 1]
        let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let rows = try await read { [clause, arguments] db in
            try Self.people(db, "\(clause) ORDER BY name_key, id LIMIT ?", arguments)
        }
        return Page(rows: rows, limit: limit) { Cursor(.people, [FoldedName($0.name).key, $0.id.rawValue]) }
    }

    package func rename(_ id: PersonID, to name: String) async throws -> Person {
        let name = try validated(name)
        return try await change { db in
            try db.execute(
                sql: "UPDATE sighting SET named = 1 WHERE person = ? AND named = 0", arguments: [id.rawValue])
            try db.execute(
                sql: "UPDATE person SET name = ?, name_key = ?, updated_at = ?, anonymous = 0 WHERE id = ?",
                arguments: [name, FoldedName(name).key, Timestamp.now().microseconds, id.rawValue])
            try Self.advanceGallery(db)
            return try Self.requirePerson(id, db)
        }
    }

    // MARK: - Rows

    static func people(_ db: Database, _ clause: String, _ arguments: StatementArguments) throws -> [Person] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT id, name, created_at, updated_at, (SELECT COUNT(*) FROM sample WHERE sample.person = person.id),
                    anonymous
                FROM person \(clause)
                """, arguments: arguments
        ).map { row in
            Person(
                id: try identifier(row[0]), name: row[1], createdAt: Timestamp(microseconds: row[2]).date,
                updatedAt: Timestamp(microseconds: row[3]).date, sampleCount: row[4], isAnonymous: row[5])
        }
    }

    static func person(_ id: PersonID, _ db: Database) throws -> Person? {
        try people(db, "WHERE id = ?", [id.rawValue]).first
    }

    static func requirePerson(_ id: PersonID, _ db: Database) throws -> Person {
        guard let person = try person(id, db) else { throw StoreError.unknown("person", id.rawValue) }
        return person
    }

    /// Notes that the person or one of their samples changed.
    static func touch(_ id: PersonID, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE person SET updated_at = ? WHERE id = ?",
            arguments: [Timestamp.now().microseconds, id.rawValue])
        try advanceGallery(db)
    }

    /// Part of every transaction in which an operator changes people or samples.
    static func advanceGallery(_ db: Database) throws {
        try db.execute(sql: "UPDATE meta SET value = value + 1 WHERE key = 'gallery_version'")
    }

    static func identifier<Kind>(_ text: String) throws -> Identifier<Kind> {
        guard let id = Identifier<Kind>(text) else {
            throw StoreError(.unusable, "the database holds an id that is none", remedy: StoreError.restoreRemedy)
        }
        return id
    }

    private func validated(_ name: String) throws -> String {
        do {
            return try Person.validated(name: name)
        } catch {
            throw StoreError(.invalid, error.reason)
        }
    }
}
