import Foundation
import Glibc
import Testing
import VedetteCore
import VedetteStore

@Suite struct DataFolderTests {
    @Test func isMadeForItsOwnerOnly() async throws {
        try await withTemporaryFolder { path in
            let folder = try DataFolder.open(at: path + "/data/")
            #expect(folder.path == path + "/data")
            #expect(try mode(folder.path) == 0o700)
            #expect(try mode(folder.file(DataFolder.lockName)) == 0o600)
            #expect(try mode(folder.folder("backups")) == 0o700)
            let store = try SQLiteStore.open(in: folder)
            try await store.write([Sample.record(Sample.sighting())])
            for suffix in ["", "-wal", "-shm"] { #expect(try mode(folder.databasePath + suffix) == 0o600) }
            try await store.close()
        }
    }

    @Test func isHeldByOneWriterAtATime() async throws {
        try await withTemporaryFolder { path in
            let folder = try DataFolder.open(at: path)
            let error = #expect(throws: StoreError.self) { try DataFolder.open(at: path) }
            #expect(error?.code == .locked)
            #expect(error?.message == "the data folder \(path) is in use by process \(getpid())")
            #expect(error?.remedy == "stop it, or use its console or API")
            folder.release()
            let next = try DataFolder.open(at: path)
            next.release()
        }
    }

    @Test func givesTheLockBackWhenItGoes() async throws {
        try await withTemporaryFolder { path in
            do { _ = try DataFolder.open(at: path) }
            _ = try DataFolder.open(at: path)
        }
    }

    @Test func isLockedAsLongAsItsStoreLives() async throws {
        try await withTemporaryFolder { path in
            let store = try SQLiteStore.open(in: DataFolder.open(at: path))
            #expect(throws: StoreError.self) { try DataFolder.open(at: path) }
            try await store.close()
            withExtendedLifetime(store) {}
        }
    }

    @Test func canBeReadBesideAWriter() async throws {
        try await withTemporaryFolder { path in
            let store = try SQLiteStore.open(in: DataFolder.open(at: path))
            let anna = try await store.createPerson(name: "Anna")
            let reader = try SQLiteStore.open(in: DataFolder.open(at: path, access: .readOnly))
            #expect(try await reader.person(anna.id) == anna)
            let bert = try await store.createPerson(name: "Bert")
            #expect(try await reader.person(bert.id) == bert)
            await expectStoreError(.unavailable) { _ = try await reader.createPerson(name: "Clara") }
            try await reader.close()
            try await store.close()
        }
    }

    @Test func leavesNothingBehindWhenItIsOnlyRead() async throws {
        try await withTemporaryFolder { path in
            _ = try DataFolder.open(at: path, access: .readOnly)
            #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
            let error = #expect(throws: StoreError.self) { try DataFolder.open(at: path + "/none", access: .readOnly) }
            #expect(error?.code == .notFound)
        }
    }

    @Test func refusesAPathThatCannotBeAFolder() async throws {
        try await withTemporaryFolder { path in
            try Data("x".utf8).write(to: URL(fileURLWithPath: path + "/file"))
            let cases = [
                (path + "/file", "\(path)/file is a file, not a folder"),
                (path + "/file/data", "cannot open \(path)/file/data: Not a directory"),
                (path + "/none/data", "the data folder \(path)/none/data cannot be made: \(path)/none does not exist"),
                (path + "/" + String(repeating: "x", count: 300), "File name too long"),
                ("", "the data folder has no usable name"),
            ]
            for (folder, message) in cases {
                let error = #expect(throws: StoreError.self) { try DataFolder.open(at: folder) }
                #expect(error?.code == .invalid)
                #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
                #expect(error?.remedy?.contains("--data") == true)
            }
        }
    }

    /// Where even the super-user may not make a folder.
    @Test func namesAFolderThatCannotBeMade() throws {
        let error = #expect(throws: StoreError.self) { try DataFolder.open(at: "/sys/vedette-test") }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("/sys/vedette-test") == true)
        #expect(error?.remedy != nil)
    }

    // The super-user writes in spite of a folder's mode: skipped for it.
    @Test(.enabled(if: geteuid() != 0, "the super-user may write everywhere"))
    func namesAReadOnlyFolder() async throws {
        try await withTemporaryFolder { path in
            let store = try SQLiteStore.open(in: DataFolder.open(at: path))
            let anna = try await store.createPerson(name: "Anna")
            try await store.close()
            for file in try FileManager.default.contentsOfDirectory(atPath: path) { chmod(path + "/" + file, 0o400) }
            chmod(path, 0o500)
            defer { chmod(path, 0o700) }
            let error = #expect(throws: StoreError.self) { try DataFolder.open(at: path) }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains(path) == true)
            let reader = try SQLiteStore.open(in: DataFolder.open(at: path, access: .readOnly))
            #expect(try await reader.person(anna.id) == anna)
            try await reader.close()
        }
    }

    private func mode(_ path: String) throws -> mode_t {
        var status = stat()
        try #require(stat(path, &status) == 0, "\(path)")
        return status.st_mode & 0o777
    }
}
