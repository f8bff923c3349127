import GRDB
import VedetteCore

/// Keeps the face of a sighting as a sample of the anonymous person it shows, and takes it back when the sighting turns
/// out to show somebody else.
///
/// Such a sample has the sighting's id as its own. Of each anonymous person the best
/// ``AnonymousPerson/maximumSamples`` are kept, besides those that came with a merge, which may have to be given back.
struct AnonymousSamples {
    private let db: Database
    /// People who got a sample, and may have too many now.
    private var grown: Set<PersonID> = []

    init(_ db: Database) { self.db = db }

    /// The sighting does not show this anonymous person after all.
    func remove(_ sighting: SightingID, from person: PersonID) throws {
        let statement = try db.cachedStatement(sql: "DELETE FROM sample WHERE id = ? AND person = ?")
        try statement.execute(arguments: [sighting.rawValue, person.rawValue])
    }

    /// Takes over the face of the sighting, which shows this anonymous person, if it has one.
    ///
    /// A sample that stayed with somebody who was anonymous and has a name now is theirs: an operator saw it.
    mutating func keep(_ sighting: SightingID, of person: PersonID) throws {
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
        guard db.changesCount > 0 else { return }
        let image = try db.cachedStatement(
            sql: """
                INSERT INTO sample_image (sample, jpeg)
                SELECT sighting, jpeg FROM sighting_face WHERE sighting = ? AND jpeg IS NOT NULL
                ON CONFLICT (sample) DO UPDATE SET jpeg = excluded.jpeg
                """)
        try image.execute(arguments: [sighting.rawValue])
        grown.insert(person)
    }

    /// Drops the samples that are too many, and the people of whom no sighting is left. Somebody of whom a face was
    /// rejected stays until they expire, so that the rejection holds.
    func finish() throws {
        for person in grown {
            let trim = try db.cachedStatement(
                sql: """
                    DELETE FROM sample WHERE id IN (
                        SELECT id FROM sample
                        WHERE person = ? AND NOT EXISTS (
                            SELECT 1 FROM merge_item WHERE item = sample.id AND kind = 'sample')
                        ORDER BY quality DESC, id LIMIT -1 OFFSET \(AnonymousPerson.maximumSamples))
                    """)
            try trim.execute(arguments: [person.rawValue])
        }
        try db.execute(
            sql: """
                DELETE FROM person WHERE anonymous = 1 AND sightings = 0
                    AND NOT EXISTS (SELECT 1 FROM rejection WHERE rejection.person = person.id)
                """)
    }
}
