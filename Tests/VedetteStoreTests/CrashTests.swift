import Foundation
import GRDB
import Glibc
import Testing
import VedetteCore
import VedetteStore

/// A process that is killed in the middle of writing.
@Suite struct CrashTests {
    /// The child writes until it is killed, noting what the store has acknowledged.
    @Test func aKilledProcessLosesNothingThatWasAcknowledgedAndDamagesNothing() async throws {
        try await withTemporaryFolder { path in
            await writeUntilKilled(path)
            let note = try String(contentsOfFile: path + "/acknowledged", encoding: .utf8)
            let acknowledged = note.split(separator: "\n").compactMap { SightingID(String($0)) }
            #expect(acknowledged.count >= 10)

            // The dead process holds no lock; its log is still there.
            let folder = try DataFolder.open(at: path)
            #expect(FileManager.default.fileExists(atPath: folder.databasePath + "-wal"))
            let store = try SQLiteStore.open(in: folder)
            for id in acknowledged { #expect(try await store.sighting(id)?.personName == "Anna") }
            let open = try await store.endOpenSightings()
            #expect(open - acknowledged.count == 0 || open - acknowledged.count == 10, "a batch is whole or not there")
            try await store.close()
            #expect(try findings(folder) == ["ok"])
        }
    }

    /// The files as they are at one moment while a transaction is under way, as a crash or a snapshot leaves them.
    @Test func aCopyOfTheFilesHasAllThatWasCommittedAndNothingElse() async throws {
        try await withTemporaryFolder { path in
            let folder = try DataFolder.open(at: path + "/data")
            let store = try SQLiteStore.open(in: folder)
            let committed = (0..<300).map { Sample.sighting(from: Double($0)) }
            for sighting in committed { try await store.write([Sample.record(sighting, face: 1)]) }
            try FileManager.default.createDirectory(atPath: path + "/copy", withIntermediateDirectories: false)
            try copyDuringTransaction(folder, to: path + "/copy")
            try await store.close()

            let copy = try DataFolder.open(at: path + "/copy")
            let opened = try SQLiteStore.open(in: copy)
            let found = try await opened.sightings(SightingFilter(), page: PageRequest(limit: 1000)).items
            #expect(found.map(\.sighting) == committed.reversed())
            #expect(found.allSatisfy { $0.hasImage })
            try await opened.close()
            #expect(try findings(copy) == ["ok"])
        }
    }

    private func writeUntilKilled(_ path: String) async {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try SQLiteStore.open(in: DataFolder.open(at: path))
            let anna = try await store.createPerson(name: "Anna")
            let note = open(path + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
            DispatchQueue.global().asyncAfter(deadline: .now() + 0.4) { kill(getpid(), SIGKILL) }
            for index in 0... {
                let records = (0..<10).map { number in
                    SightingRecord(
                        sighting: Sample.sighting(person: anna.id, from: Double(index), similarity: 0.5, ended: false),
                        face: SightingRecord.Face(
                            jpeg: Sample.jpeg(number, bytes: 4000), embedding: Sample.embedding(index),
                            model: Sample.model))
                }
                try await store.write(records)
                let line = records.map { $0.sighting.id.rawValue + "\n" }.joined()
                _ = line.withCString { Glibc.write(note, $0, strlen($0)) }
            }
        }
    }

    private func copyDuringTransaction(_ folder: DataFolder, to path: String) throws {
        let queue = try DatabaseQueue(path: folder.databasePath)
        try queue.writeWithoutTransaction { db in
            // A cache this small spills uncommitted pages into the log.
            try db.execute(
                sql: """
                    PRAGMA cache_size = 5;
                    BEGIN IMMEDIATE;
                    UPDATE sighting SET track = 666;
                    DELETE FROM sighting_face;
                    """)
            for name in ["vedette.sqlite", "vedette.sqlite-wal"] {
                try FileManager.default.copyItem(atPath: folder.file(name), toPath: path + "/" + name)
            }
            try db.execute(sql: "ROLLBACK")
        }
        try queue.close()
    }

    private func findings(_ folder: DataFolder) throws -> [String] {
        try DatabaseQueue(path: folder.databasePath).read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
    }
}
