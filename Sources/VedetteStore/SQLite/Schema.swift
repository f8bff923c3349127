import GRDB

/// The tables and how they came to be: one migration after the other, never changed once released, forward only.
///
/// Pictures lie in the database rather than in files: a face and its row are then one transaction, erasing a person
/// is one transaction, and a backup is one file. They have tables of their own, so that lists never read them.
///
/// Columns are of types that every SQL database has; moments are microseconds since 1970 (``Timestamp``).
enum Schema {
    /// "VEDT", in the header of the file.
    static let applicationID: Int32 = 0x5645_4454

    /// Stored as `user_version`: the number of migrations.
    static let version = 2

    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 people, cameras, sightings") { db in
            try createPeople(db)
            try createCameras(db)
            try createSightings(db)
            try db.execute(
                sql: """
                    CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL);
                    INSERT INTO meta (key, value) VALUES ('gallery_version', 1), ('longest_sighting', 0);
                    PRAGMA user_version = 1;
                    """)
        }
        migrator.registerMigration("2 identity") { db in
            try createIdentity(db)
            try db.execute(sql: "ALTER TABLE camera ADD COLUMN tracker TEXT")
            try db.execute(sql: "PRAGMA user_version = 2")
        }
        return migrator
    }()

    /// `name_key` is the name folded for ordering and searching, see ``FoldedName``.
    ///
    /// `merged_person` leads from a person who was merged away to the one who took over: sightings that were still on
    /// their way then find the right person.
    private static func createPeople(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE person (
                    id TEXT NOT NULL PRIMARY KEY,
                    name TEXT NOT NULL,
                    name_key TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL
                );
                CREATE INDEX person_by_name ON person (name_key, id);

                CREATE TABLE merged_person (
                    id TEXT NOT NULL PRIMARY KEY,
                    target TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE
                );
                CREATE INDEX merged_person_by_target ON merged_person (target);

                CREATE TABLE sample (
                    id TEXT NOT NULL PRIMARY KEY,
                    person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
                    model TEXT NOT NULL,
                    quality REAL NOT NULL,
                    source TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    embedding BLOB NOT NULL CHECK (length(embedding) > 0 AND length(embedding) % 4 = 0)
                );
                CREATE INDEX sample_by_person ON sample (person, id);

                CREATE TABLE sample_image (
                    sample TEXT NOT NULL PRIMARY KEY REFERENCES sample (id) ON DELETE CASCADE,
                    jpeg BLOB NOT NULL
                );
                """)
    }

    private static func createCameras(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE camera (
                    id TEXT NOT NULL PRIMARY KEY,
                    name TEXT NOT NULL,
                    uri TEXT NOT NULL,
                    enabled INTEGER NOT NULL,
                    created_at INTEGER NOT NULL
                );
                """)
    }

    /// A sighting's camera is not a reference: sightings outlive their camera.
    ///
    /// `assigned` is 1 when an operator said who it is; the pipeline's opinion then no longer changes the person.
    /// One index for each way in which the log is listed, all in the order of the list.
    private static func createSightings(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE sighting (
                    id TEXT NOT NULL PRIMARY KEY,
                    camera TEXT NOT NULL,
                    track INTEGER NOT NULL,
                    person TEXT REFERENCES person (id) ON DELETE SET NULL,
                    first_seen INTEGER NOT NULL,
                    last_seen INTEGER NOT NULL,
                    similarity REAL,
                    quality REAL NOT NULL,
                    ended INTEGER NOT NULL,
                    assigned INTEGER NOT NULL
                );
                CREATE INDEX sighting_by_time ON sighting (first_seen, id);
                CREATE INDEX sighting_by_camera ON sighting (camera, first_seen, id);
                CREATE INDEX sighting_by_person ON sighting (person, first_seen, id);
                CREATE INDEX sighting_known ON sighting (first_seen, id) WHERE person IS NOT NULL;
                CREATE INDEX sighting_open ON sighting (id) WHERE ended = 0;

                CREATE TABLE sighting_face (
                    sighting TEXT NOT NULL PRIMARY KEY REFERENCES sighting (id) ON DELETE CASCADE,
                    model TEXT NOT NULL,
                    embedding BLOB NOT NULL CHECK (length(embedding) > 0 AND length(embedding) % 4 = 0),
                    jpeg BLOB
                );
                """)
    }
}
