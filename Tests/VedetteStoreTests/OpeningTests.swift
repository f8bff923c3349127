import Foundation
import GRDB
import Testing
import VedetteCore
import VedetteStore

/// What lies at the place of the database when a store is opened.
@Suite struct OpeningTests {
    @Test func whatWasStoredIsThereAfterOpeningAgain() async throws {
        try await withTemporaryFolder { path in
            let folder = try DataFolder.open(at: path)
            var store = try SQLiteStore.open(in: folder)
            let anna = try await store.createPerson(name: "Anna")
            let version = try await store.galleryContents(model: "sface").version
            try await store.close()
            for _ in 0..<3 {
                store = try SQLiteStore.open(in: folder)
                #expect(try await store.person(anna.id) == anna)
                #expect(try await store.galleryContents(model: "sface").version == version)
                try await store.close()
            }
            #expect(!FileManager.default.fileExists(atPath: path + "/vedette.sqlite-wal"))
        }
    }

    @Test func anUnusableFileIsNamedAndLeftAlone() async throws {
        for spoiler in Spoiler.all {
            try await withTemporaryFolder { path in
                let folder = try DataFolder.open(at: path)
                try await spoiler.make(folder)
                let before = try Data(contentsOf: URL(fileURLWithPath: folder.databasePath))
                for access in [DataFolder.Access.exclusive, .readOnly] {
                    let opened = access == .exclusive ? folder : try DataFolder.open(at: path, access: access)
                    let error = #expect(throws: StoreError.self, "\(spoiler.name)") { try SQLiteStore.open(in: opened) }
                    #expect(error?.code == .unusable, "\(spoiler.name)")
                    #expect(error?.message.contains(folder.databasePath) == true, "\(spoiler.name)")
                    #expect(
                        error?.message.contains(spoiler.complaint) == true, "\(spoiler.name): \(error?.message ?? "")")
                    #expect(error?.remedy?.isEmpty == false)
                    #expect(
                        try Data(contentsOf: URL(fileURLWithPath: folder.databasePath)) == before, "\(spoiler.name)")
                }
            }
        }
    }

    @Test func aLogWithoutItsDatabaseIsNotThrownAway() async throws {
        try await withTemporaryFolder { path in
            let folder = try DataFolder.open(at: path)
            let log = URL(fileURLWithPath: folder.databasePath + "-wal")
            try Data("sightings".utf8).write(to: log)
            let error = #expect(throws: StoreError.self) { try SQLiteStore.open(in: folder) }
            #expect(error?.code == .unusable)
            #expect(try Data(contentsOf: log) == Data("sightings".utf8))
        }
    }

    @Test func anEmptyFileAndTheRemainsOfAnInterruptedStartAreReplaced() async throws {
        try await withTemporaryFolder { path in
            let folder = try DataFolder.open(at: path)
            try Data().write(to: URL(fileURLWithPath: folder.databasePath))
            try Data("half".utf8).write(to: URL(fileURLWithPath: folder.databasePath + ".new"))
            let store = try SQLiteStore.open(in: folder)
            _ = try await store.createPerson(name: "Anna")
            try await store.close()
            #expect(!FileManager.default.fileExists(atPath: folder.databasePath + ".new"))
        }
    }

    @Test func readingAFolderWithoutDatabaseSaysSo() async throws {
        try await withTemporaryFolder { path in
            let folder = try DataFolder.open(at: path, access: .readOnly)
            let error = #expect(throws: StoreError.self) { try SQLiteStore.open(in: folder) }
            #expect(error?.code == .notFound)
            #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
        }
    }

    @Test func aClosedStoreFailsWithoutHarm() async throws {
        try await withTemporaryFolder { path in
            let store = try SQLiteStore.open(in: DataFolder.open(at: path))
            try await store.close()
            await expectStoreError(.unavailable) { _ = try await store.createPerson(name: "Anna") }
            await expectStoreError(.unavailable) { _ = try await store.cameras() }
            try await store.close()
        }
    }

    @Test func aFullDiskIsSaidAndLosesNothing() async throws {
        try await withTemporaryFolder { path in
            var options = SQLiteStore.Options()
            options.maximumBytes = 400_000
            let folder = try DataFolder.open(at: path)
            let store = try SQLiteStore.open(in: folder, options: options)
            let anna = try await store.createPerson(name: "Anna")
            var written: [SightingID] = []
            let error = await #expect(throws: StoreError.self) {
                for index in 0..<10_000 {
                    let sighting = Sample.sighting(from: Double(index))
                    let face = SightingRecord.Face(
                        jpeg: Sample.jpeg(index, bytes: 3000), embedding: Sample.embedding(index), model: Sample.model)
                    try await store.write([SightingRecord(sighting: sighting, face: face)])
                    written.append(sighting.id)
                }
            }
            #expect(error?.code == .unavailable)
            #expect(error?.isRetriable == true)
            #expect(error?.message.contains("full") == true)
            #expect(written.count > 20)
            #expect(try await store.person(anna.id) == anna)
            try await store.close()

            let roomy = try SQLiteStore.open(in: folder)
            let kept = try await roomy.sightings(SightingFilter(), page: PageRequest(limit: 1000)).items
            #expect(kept.map(\.sighting.id) == written.reversed())
            try await roomy.write([Sample.record(Sample.sighting(), face: 1)])
            try await roomy.close()
        }
    }
}

/// Something that is not our database, at its place.
private struct Spoiler: Sendable {
    let name: String
    let complaint: String
    let make: @Sendable (DataFolder) async throws -> Void

    static let all = [
        Spoiler(name: "text", complaint: "not a database") { folder in
            try Data(String(repeating: "This is a letter. ", count: 100).utf8).write(to: url(folder))
        },
        Spoiler(name: "a short file", complaint: "not a database") { folder in
            try Data("SQLite format 3\0".utf8).write(to: url(folder))
        },
        Spoiler(name: "another program's", complaint: "another program") { folder in
            try query(
                folder,
                "CREATE TABLE bookmark (url TEXT); INSERT INTO bookmark VALUES ('x'); PRAGMA application_id = 17")
        },
        Spoiler(name: "nobody's", complaint: "another program") { folder in try query(folder, "CREATE TABLE t (a)") },
        Spoiler(name: "a newer version", complaint: "newer Vedette") { folder in
            try await makeOurs(folder)
            try query(folder, "PRAGMA user_version = 99")
        },
        Spoiler(name: "a newer migration", complaint: "newer Vedette") { folder in
            try await makeOurs(folder)
            try query(folder, "INSERT INTO grdb_migrations VALUES ('9000 telepathy')")
        },
        Spoiler(name: "cut short", complaint: "damaged") { folder in
            try await makeOurs(folder)
            let data = try Data(contentsOf: url(folder))
            try data.prefix(data.count / 2).write(to: url(folder))
        },
        Spoiler(name: "damaged inside", complaint: "damaged") { folder in
            try await makeOurs(folder)
            var data = try Data(contentsOf: url(folder))
            for at in 4096..<data.count where at % 7 != 0 { data[at] = 0xA5 }
            try data.write(to: url(folder))
        },
        Spoiler(name: "damaged schema", complaint: "damaged") { folder in
            try await makeOurs(folder)
            var data = try Data(contentsOf: url(folder))
            for at in 100..<4096 { data[at] = 0xFF }
            try data.write(to: url(folder))
        },
    ]

    private static func url(_ folder: DataFolder) -> URL { URL(fileURLWithPath: folder.databasePath) }

    private static func makeOurs(_ folder: DataFolder) async throws {
        let store = try SQLiteStore.open(in: folder)
        for index in 0..<20 {
            let person = try await store.createPerson(name: "Person \(index)")
            try await store.addSample(Sample.faceSample(of: person.id, index), jpeg: Sample.jpeg(index, bytes: 9000))
        }
        try await store.close()
    }

    private static func query(_ folder: DataFolder, _ sql: String) throws {
        let queue = try DatabaseQueue(path: folder.databasePath)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }
}
