import GRDB
import VedetteCore

/// Keeps the face of a sighting as a sample of the anonymous person it shows, and takes it back when the sighting turns
/// out to show somebody else.
///
/// Such a sample has the sighting's id as its own. Of each anonymous person the best
/// ``AnonymousPerson/maximumSamples`` are kept, besides those that came with a merge, which may have to be given back.
struct AnonymousSamples {
    private let db: Database
    /// Sighting and quality of the samples that each person has, as far as they were asked for.
    private var kept: [PersonID: [SightingID: Float]] = [:]

    init(_ db: Database) { self.db = db }

    /// The sighting does not show this anonymous person after all.
    mutating func remove(_ sighting: SightingID, from person: PersonID) throws {
        kept[person]?[sighting] = nil
        let statement = try db.cachedStatement(sql: "DELETE FROM sample WHERE id = ? AND person = ?")
        try statement.execute(arguments: [sighting.rawValue, person.rawValue])
    }

    /// Takes over the face of the sighting, which shows this anonymous person, if it has one that is among their best.
    ///
    /// A sample that stayed with somebody who was anonymous and has a name now is theirs: an operator saw it.
    mutating func keep(_ sighting: SightingID, quality: Float, of person: PersonID) throws {
        var others = try kept[person] ?? samples(of: person)
        kept[person] = others
        others[sighting] = nil
        let worst = others.min { ($0.value, $1.key) < ($1.value, $0.key) }
        let isFull = others.count >= AnonymousPerson.maximumSamples
        // Most faces of somebody who is often seen end here, and cost nothing.
        if isFull, let worst, worst.value >= quality, kept[person]?[sighting] == nil { return }
        guard try insert(sighting) else { return }
        if isFull, let worst { try remove(worst.key, from: person) }
        kept[person]?[sighting] = quality
    }

    /// Without those that came with a merge.
    private func samples(of person: PersonID) throws -> [SightingID: Float] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT id, quality FROM sample
                WHERE person = ? AND NOT EXISTS (
                    SELECT 1 FROM merge_item WHERE item = sample.id AND kind = 'sample')
                """)
        var samples: [SightingID: Float] = [:]
        let rows = try Row.fetchCursor(statement, arguments: [person.rawValue])
        while let row = try rows.next() { samples[try SQLiteStore.identifier(row[0])] = row[1] }
        return samples
    }

    /// - Returns: false when the sighting has no face, or its sample is somebody's who has a name.
    private func insert(_ sighting: SightingID) throws -> Bool {
        let sample = try db.cachedStatement(
            sql: """
                INSERT INTO sample (id, person, model, quality, source, created_at, embedding)
                SELECT sighting.id, sighting.person, face.model, sighting.quality, ?, sighting.first_seen,
                    face.embedding
                FROM sighting JOIN sighting_face face ON face.sighting = sighting.id WHERE sighting.id = ?
                ON CONFLICT (id) DO UPDATE SET
                    person = excluded.person, model = excluded.model, quality = excluded.quality,
                    embedding = excluded.embedding
                WHERE (SELECT anonymous FROM person WHERE person.id = sample.person) = 1
                """)
        try sample.execute(arguments: [SQLiteStore.sampleSource(sighting), sighting.rawValue])
        guard db.changesCount > 0 else { return false }
        let image = try db.cachedStatement(
            sql: """
                INSERT INTO sample_image (sample, jpeg)
                SELECT sighting, jpeg FROM sighting_face WHERE sighting = ? AND jpeg IS NOT NULL
                ON CONFLICT (sample) DO UPDATE SET jpeg = excluded.jpeg
                """)
        try image.execute(arguments: [sighting.rawValue])
        return true
    }

    /// Drops the people of whom no sighting is left. Somebody of whom a face was rejected stays until they expire, so
    /// that the rejection holds.
    func finish() throws {
        try db.execute(
            sql: """
                DELETE FROM person WHERE anonymous = 1 AND sightings = 0
                    AND NOT EXISTS (SELECT 1 FROM rejection WHERE rejection.person = person.id)
                """)
    }
}
