import GRDB
package import VedetteCore

/// Merging two people, with a journal of what moved, and undoing it.
extension SQLiteStore {
    /// The journal lasts as long as the target.
    ///
    /// - Throws: `invalid` also for a person with a name into an anonymous one, who would take the name away.
    package func merge(_ source: PersonID, into target: PersonID) async throws -> Person {
        guard source != target else { throw StoreError(.invalid, "a person cannot be merged into the same person") }
        return try await change { db in
            let from = try Self.requirePerson(source, db)
            let into = try Self.requirePerson(target, db)
            guard from.isAnonymous || !into.isAnonymous else {
                throw StoreError(
                    .invalid, "somebody with a name cannot be merged into the anonymous '\(into.name)'",
                    remedy: "merge the other way round, or name '\(into.name)' first")
            }
            let merge = MergeID.make()
            // The target, as a reference of the journal, must outlive the source, which goes last.
            try db.execute(
                sql: """
                    INSERT INTO merge
                        (id, source, source_name, source_anonymous, source_number, source_created_at, target, created_at)
                    SELECT ?, id, name, anonymous, number, created_at, ?, ? FROM person WHERE id = ?
                    """,
                arguments: [merge.rawValue, target.rawValue, Timestamp.now().microseconds, source.rawValue])
            for item in MergedItem.allCases { try item.move(from: source, to: target, merge: merge, db) }
            try db.execute(
                sql: "UPDATE sighting SET named = ? WHERE person = ? AND named <> ?",
                arguments: [!into.isAnonymous, target.rawValue, !into.isAnonymous])
            try db.execute(sql: "DELETE FROM person WHERE id = ?", arguments: [source.rawValue])
            try db.execute(
                sql: "INSERT INTO merged_person (id, target) VALUES (?, ?)",
                arguments: [source.rawValue, target.rawValue])
            try Self.touch(target, db)
            return try Self.requirePerson(target, db)
        }
    }

    package func merges(into person: PersonID) async throws -> [Merge] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, source, source_name, source_anonymous, created_at FROM merge
                    WHERE target = ? ORDER BY created_at DESC, id DESC
                    """, arguments: [person.rawValue]
            ).map { row in
                Merge(
                    id: try Self.identifier(row[0]), source: try Self.identifier(row[1]), sourceName: row[2],
                    sourceWasAnonymous: row[3], target: person, at: Timestamp(microseconds: row[4]).date)
            }
        }
    }

    package func split(_ merge: MergeID, of person: PersonID) async throws -> Person {
        try await change { db in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT source, source_name, source_anonymous, source_number, source_created_at FROM merge
                        WHERE id = ? AND target = ?
                        """, arguments: [merge.rawValue, person.rawValue])
            else { throw StoreError.unknown("merge", merge.rawValue) }
            let source: PersonID = try Self.identifier(row[0])
            let name: String = row[1]
            let isAnonymous: Bool = row[2]
            let number: Int? = row[3]
            let createdAt: Int64 = row[4]
            try db.execute(
                sql: """
                    INSERT INTO person (id, name, name_key, created_at, updated_at, anonymous, number)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    source.rawValue, name, FoldedName(name).key, createdAt, Timestamp.now().microseconds, isAnonymous,
                    number,
                ])
            try db.execute(sql: "DELETE FROM merged_person WHERE id = ?", arguments: [source.rawValue])
            for item in MergedItem.allCases { try item.moveBack(to: source, from: person, merge: merge, db) }
            try db.execute(
                sql: "UPDATE sighting SET named = ? WHERE person = ? AND named <> ?",
                arguments: [!isAnonymous, source.rawValue, !isAnonymous])
            // What is given back is no longer what another merge brought to the target by way of the source.
            try db.execute(
                sql: """
                    DELETE FROM merge_item WHERE merge IN (SELECT id FROM merge WHERE target = ? AND id <> ?)
                        AND (item, kind) IN (SELECT item, kind FROM merge_item WHERE merge = ?)
                    """, arguments: [person.rawValue, merge.rawValue, merge.rawValue])
            try db.execute(sql: "DELETE FROM merge WHERE id = ?", arguments: [merge.rawValue])
            try Self.touch(person, db)
            return try Self.requirePerson(source, db)
        }
    }
}

/// A kind of thing that a merge moves from one person to another.
private enum MergedItem: String, CaseIterable {
    case sample, rejection, sighting
    /// Earlier merges into the person that goes: they can be undone at the one that stays.
    case merge
    /// Where sightings of people who were merged away earlier are led to.
    case redirect

    private var table: String { self == .redirect ? "merged_person" : rawValue }

    private var owner: String {
        switch self {
        case .sample, .rejection, .sighting: "person"
        case .merge, .redirect: "target"
        }
    }

    func move(from source: PersonID, to target: PersonID, merge: MergeID, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO merge_item (merge, kind, item) SELECT ?, ?, id FROM \(table) WHERE \(owner) = ?",
            arguments: [merge.rawValue, rawValue, source.rawValue])
        try db.execute(
            sql: "UPDATE \(table) SET \(owner) = ? WHERE \(owner) = ?", arguments: [target.rawValue, source.rawValue])
    }

    func moveBack(to source: PersonID, from target: PersonID, merge: MergeID, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE \(table) SET \(owner) = ? WHERE \(owner) = ? AND id IN (
                    SELECT item FROM merge_item WHERE merge = ? AND kind = ?)
                """, arguments: [source.rawValue, target.rawValue, merge.rawValue, rawValue])
    }
}
