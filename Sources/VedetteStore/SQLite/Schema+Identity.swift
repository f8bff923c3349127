import GRDB

extension Schema {
    /// Anonymous people, corrections, rejections, and merges that can be undone.
    ///
    /// `sighting.named` says whether the person has a name, so that known faces are listed from an index.
    ///
    /// `person.sightings` counts those of an anonymous person: their list goes by it, and counting a million sightings
    /// for a page of it would take seconds. Triggers keep it, because sightings change their person in many ways; for
    /// those of people with a name they have nothing to do.
    static func createIdentity(_ db: Database) throws {
        try extendPeople(db)
        try extendSightings(db)
        try createRejections(db)
        try createMerges(db)
        try db.execute(sql: "INSERT INTO meta (key, value) VALUES ('anonymous_number', 0)")
    }

    /// `erased_person` holds the ids of those who were erased, which are random and say nothing of them: a sighting
    /// that is still on its way must not make an anonymous person anew.
    private static func extendPeople(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE person ADD COLUMN anonymous INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE person ADD COLUMN number INTEGER;
                ALTER TABLE person ADD COLUMN sightings INTEGER NOT NULL DEFAULT 0;
                CREATE INDEX person_named ON person (name_key, id) WHERE anonymous = 0;
                CREATE INDEX person_anonymous ON person (sightings DESC, id) WHERE anonymous = 1;

                CREATE TABLE erased_person (
                    id TEXT NOT NULL PRIMARY KEY,
                    erased_at INTEGER NOT NULL
                );
                """)
    }

    private static func extendSightings(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE sighting ADD COLUMN named INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE sighting ADD COLUMN revised_at INTEGER;
                ALTER TABLE sighting ADD COLUMN revised_from TEXT REFERENCES person (id) ON DELETE SET NULL;
                UPDATE sighting SET named = 1 WHERE person IS NOT NULL;
                DROP INDEX sighting_known;
                CREATE INDEX sighting_named ON sighting (first_seen, id) WHERE named = 1;
                -- Without it removing a person would look at every sighting.
                CREATE INDEX sighting_revised ON sighting (revised_from) WHERE revised_from IS NOT NULL;

                CREATE TRIGGER sighting_begins AFTER INSERT ON sighting
                WHEN NEW.person IS NOT NULL AND NEW.named = 0 BEGIN
                    UPDATE person SET sightings = sightings + 1 WHERE id = NEW.person;
                END;
                CREATE TRIGGER sighting_changes AFTER UPDATE OF person, named ON sighting
                WHEN (OLD.person IS NOT NEW.person OR OLD.named <> NEW.named) AND (OLD.named = 0 OR NEW.named = 0) BEGIN
                    UPDATE person SET sightings = sightings - 1 WHERE id = OLD.person AND OLD.named = 0;
                    UPDATE person SET sightings = sightings + 1 WHERE id = NEW.person AND NEW.named = 0;
                END;
                CREATE TRIGGER sighting_goes AFTER DELETE ON sighting
                WHEN OLD.person IS NOT NULL AND OLD.named = 0 BEGIN
                    UPDATE person SET sightings = sightings - 1 WHERE id = OLD.person;
                END;
                """)
    }

    /// Faces of which an operator said whose they are not.
    private static func createRejections(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE rejection (
                    id TEXT NOT NULL PRIMARY KEY,
                    person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
                    sighting TEXT REFERENCES sighting (id) ON DELETE SET NULL,
                    model TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    embedding BLOB NOT NULL CHECK (length(embedding) > 0 AND length(embedding) % 4 = 0)
                );
                CREATE INDEX rejection_by_person ON rejection (person, created_at, id);
                CREATE INDEX rejection_by_sighting ON rejection (sighting, person) WHERE sighting IS NOT NULL;
                """)
    }

    /// What a merge moved. `merged_person` stays what leads sightings on their way to the right person.
    ///
    /// `kind` is 'sample', 'rejection', 'sighting', 'merge' or 'redirect' (of `merged_person`). An item that is gone,
    /// or no longer the target's, is left where it is when the merge is undone.
    private static func createMerges(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE merge (
                    id TEXT NOT NULL PRIMARY KEY,
                    source TEXT NOT NULL,
                    source_name TEXT NOT NULL,
                    source_anonymous INTEGER NOT NULL,
                    source_number INTEGER,
                    source_created_at INTEGER NOT NULL,
                    target TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
                    created_at INTEGER NOT NULL
                );
                CREATE INDEX merge_by_target ON merge (target, created_at, id);

                CREATE TABLE merge_item (
                    merge TEXT NOT NULL REFERENCES merge (id) ON DELETE CASCADE,
                    kind TEXT NOT NULL,
                    item TEXT NOT NULL,
                    PRIMARY KEY (merge, kind, item)
                );
                CREATE INDEX merge_item_by_item ON merge_item (item, kind);
                """)
    }
}
