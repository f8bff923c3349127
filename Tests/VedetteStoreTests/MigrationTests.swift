import Foundation
import GRDB
import Testing
import VedetteCore

@testable import VedetteStore

/// A file from before anonymous people is brought up to date when it is opened.
@Suite struct MigrationTests {
    @Test func aFileOfTheFirstVersionKeepsEverything() async throws {
        try await withTemporaryFolder { path in
            let folder = try DataFolder.open(at: path)
            let ids = try makeFirstVersion(folder)

            let early = try DataFolder.open(at: path, access: .readOnly)
            let error = #expect(throws: StoreError.self) { try SQLiteStore.open(in: early) }
            #expect(error?.message.contains("older Vedette") == true)

            let store = try SQLiteStore.open(in: folder)
            let anna = try #require(try await store.person(ids.anna))
            #expect(anna.name == "Anna")
            #expect(!anna.isAnonymous)
            #expect(anna.sampleCount == 1)
            #expect(try await store.people(search: nil, page: PageRequest()).items == [anna])
            let known = try await store.sightings(SightingFilter(known: true), page: PageRequest()).items
            #expect(known.map(\.sighting.id) == [ids.hers])
            #expect(known.first?.sighting.revision == nil)
            let unknown = try await store.sightings(SightingFilter(known: false), page: PageRequest()).items
            #expect(unknown.map(\.sighting.id) == [ids.nobodys])
            let contents = try await store.galleryContents(model: Sample.model)
            #expect(contents.version == 7)
            #expect(contents.lastAnonymousNumber == 0)
            #expect(try await store.merges(into: ids.anna).isEmpty)

            // What was merged before the journal still leads to the right person.
            let late = Sample.sighting(person: ids.merged, from: 90)
            let stranger = Sample.anonymous(1)
            try await store.write([Sample.record(late), Sample.record(of: stranger, face: 1)])
            #expect(try await store.sighting(late.id)?.sighting.person == ids.anna)
            #expect(try await store.anonymousPeople(page: PageRequest()).items.map(\.sightings) == [1])
            _ = try await store.delete(ids.anna)
            #expect(try await store.sighting(ids.hers)?.sighting.person == nil)
            try await store.close()

            let again = try SQLiteStore.open(in: folder)
            #expect(try await again.person(stranger.id)?.name == "Unknown 1")
            try await again.close()
        }
    }

    /// Made by the first migration alone.
    private func makeFirstVersion(
        _ folder: DataFolder
    ) throws -> (anna: PersonID, merged: PersonID, hers: SightingID, nobodys: SightingID) {
        let ids = (anna: PersonID.make(), merged: PersonID.make(), hers: SightingID.make(), nobodys: SightingID.make())
        let queue = try DatabaseQueue(path: folder.databasePath)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA application_id = \(Schema.applicationID)") }
        try Schema.migrator.migrate(queue, upTo: "1 people, cameras, sightings")
        try queue.write { db in
            #expect(try Int.fetchOne(db, sql: "PRAGMA user_version") == 1)
            try db.execute(
                sql: """
                    INSERT INTO person (id, name, name_key, created_at, updated_at) VALUES (?, 'Anna', 'anna', 1, 1);
                    INSERT INTO merged_person (id, target) VALUES (?, ?);
                    INSERT INTO sample (id, person, model, quality, source, created_at, embedding)
                        VALUES ('sample', ?, 'sface', 0.5, 'a.jpg', 1, ?);
                    UPDATE meta SET value = 7 WHERE key = 'gallery_version';
                    """,
                arguments: [
                    ids.anna.rawValue, ids.merged.rawValue, ids.anna.rawValue, ids.anna.rawValue,
                    Data(Sample.embedding(1).bytes),
                ])
            for (id, person) in [(ids.hers, ids.anna), (ids.nobodys, nil)] {
                try db.execute(
                    sql: """
                        INSERT INTO sighting
                            (id, camera, track, person, first_seen, last_seen, similarity, quality, ended, assigned)
                        VALUES (?, 'door', 1, ?, 10, 20, NULL, 0.5, 1, 0)
                        """, arguments: [id.rawValue, person?.rawValue])
            }
        }
        try queue.close()
        return ids
    }
}
