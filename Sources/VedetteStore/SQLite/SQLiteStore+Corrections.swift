import Foundation
import GRDB
package import VedetteCore

/// What operators say about single sightings: "this is X", "this is not X".
extension SQLiteStore {
    /// A face that was enrolled from the sighting for another person is theirs no longer, nor is a rejection kept that
    /// says the opposite.
    package func assign(_ sighting: SightingID, to person: PersonID?) async throws -> SightingEntry {
        try await change { db in
            if let person { _ = try Self.requirePerson(person, db) }
            try Self.give(sighting, to: person, similarity: nil, db)
            return try Self.requireSighting(sighting, db)
        }
    }

    /// The pipeline may give the sighting to anybody else; to this person it does not come back, see
    /// ``SightingUpsert``.
    package func reject(_ sighting: SightingID, as person: PersonID, model: String) async throws -> Rejection {
        try await change { db in
            _ = try Self.requirePerson(person, db)
            let face = try Self.requireFace(of: sighting, model: model, db)
            if try Self.requireSighting(sighting, db).sighting.person == person {
                try Self.revise(sighting, from: person, to: nil, similarity: nil, isAssigned: false, db)
                try Self.removeSamples(of: sighting, from: person, db)
            }
            try Self.touch(person, db)
            if let present = try Self.rejections(
                db, "WHERE person = ? AND sighting = ? AND model = ? AND embedding = ?",
                [person.rawValue, sighting.rawValue, model, face.embedding]
            ).first {
                return present
            }
            let id = RejectionID.make()
            try db.execute(
                sql: """
                    INSERT INTO rejection (id, person, sighting, model, created_at, embedding) VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id.rawValue, person.rawValue, sighting.rawValue, model, Timestamp.now().microseconds,
                    face.embedding,
                ])
            guard let made = try Self.rejections(db, "WHERE id = ?", [id.rawValue]).first else {
                throw StoreError.unknown("rejection", id.rawValue)
            }
            return made
        }
    }

    package func rejections(of person: PersonID) async throws -> [Rejection] {
        try await read { try Self.rejections($0, "WHERE person = ? ORDER BY created_at, id", [person.rawValue]) }
    }

    package func deleteRejection(_ id: RejectionID, of person: PersonID) async throws {
        try await change { db in
            try db.execute(
                sql: "DELETE FROM rejection WHERE id = ? AND person = ?", arguments: [id.rawValue, person.rawValue])
            guard db.changesCount == 1 else { throw StoreError.unknown("rejection", id.rawValue) }
            try Self.touch(person, db)
        }
        await finishErasure()
    }

    // MARK: - Steps of a correction

    /// Makes the sighting the person's for good; part of every transaction in which an operator says whose it is.
    ///
    /// - Parameter similarity: nil keeps the present one where the person stays, and leaves none otherwise.
    /// - Throws: `notFound` for an unknown sighting.
    static func give(_ sighting: SightingID, to person: PersonID?, similarity: Float?, _ db: Database) throws {
        let before = try requireSighting(sighting, db).sighting
        let isSame = before.person == person
        try revise(
            sighting, from: isSame ? nil : before.person, to: person,
            similarity: similarity ?? (isSame ? before.similarity : nil), isAssigned: true, db)
        if let previous = before.person, !isSame {
            try removeSamples(of: sighting, from: previous, db)
            try touch(previous, db)
        }
        if let person {
            try db.execute(
                sql: "DELETE FROM rejection WHERE sighting = ? AND person = ?",
                arguments: [sighting.rawValue, person.rawValue])
            try touch(person, db)
        }
        // A merge that is undone later does not undo what was said meanwhile.
        try db.execute(
            sql: "DELETE FROM merge_item WHERE item = ? AND kind = 'sighting'", arguments: [sighting.rawValue])
        var samples = AnonymousSamples(db)
        if let person, try requirePerson(person, db).isAnonymous {
            try samples.keep(sighting, quality: before.quality, of: person)
        }
        try samples.finish()
        try advanceGallery(db)
    }

    private static func revise(
        _ sighting: SightingID, from previous: PersonID?, to person: PersonID?, similarity: Float?, isAssigned: Bool,
        _ db: Database
    ) throws {
        try db.execute(
            sql: """
                UPDATE sighting SET person = ?, similarity = ?, assigned = ?,
                    named = EXISTS (SELECT 1 FROM person WHERE id = ? AND anonymous = 0)
                WHERE id = ?
                """,
            arguments: [person?.rawValue, similarity, isAssigned, person?.rawValue, sighting.rawValue])
        guard let previous else { return }
        try db.execute(
            sql: "UPDATE sighting SET revised_at = ?, revised_from = ? WHERE id = ?",
            arguments: [Timestamp.now().microseconds, previous.rawValue, sighting.rawValue])
    }

    /// Removes what was enrolled for the person from the face of this sighting.
    private static func removeSamples(of sighting: SightingID, from person: PersonID, _ db: Database) throws {
        try db.execute(
            sql: "DELETE FROM sample WHERE person = ? AND source = ?",
            arguments: [person.rawValue, sampleSource(sighting)])
    }

    /// What a sample that was made of a sighting's face gives as its source.
    static func sampleSource(_ sighting: SightingID) -> String { "sighting \(sighting)" }

    // MARK: - Rows

    static func requireSighting(_ id: SightingID, _ db: Database) throws -> SightingEntry {
        let entries = try SightingQuery.entries(db, SightingQuery.columns + " WHERE s.id = ?", [id.rawValue])
        guard let entry = entries.first else { throw StoreError.unknown("sighting", id.rawValue) }
        return entry
    }

    /// The best face of a sighting, as stored.
    static func requireFace(
        of sighting: SightingID, model: String, _ db: Database
    ) throws -> (embedding: Data, jpeg: Data?) {
        _ = try requireSighting(sighting, db)
        guard
            let face = try Row.fetchOne(
                db, sql: "SELECT embedding, jpeg FROM sighting_face WHERE sighting = ? AND model = ?",
                arguments: [sighting.rawValue, model])
        else { throw StoreError(.notFound, "sighting \(sighting) has no face of model \(model)") }
        return (face[0], face[1])
    }

    static func rejections(
        _ db: Database, _ clause: String, _ arguments: StatementArguments
    ) throws -> [Rejection] {
        try Row.fetchAll(
            db, sql: "SELECT id, person, embedding, model, sighting, created_at FROM rejection \(clause)",
            arguments: arguments
        ).map { row in
            let sighting: String? = row[4]
            return Rejection(
                id: try identifier(row[0]), person: try identifier(row[1]), embedding: try embedding(row[2]),
                model: row[3], sighting: try sighting.map { try identifier($0) },
                createdAt: Timestamp(microseconds: row[5]).date)
        }
    }
}
