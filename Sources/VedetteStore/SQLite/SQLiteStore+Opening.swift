import Foundation
import GRDB
import Glibc
package import Logging
package import VedetteCore

/// Opening, in steps that leave a file alone until it has proved to be ours:
///
/// 1. a missing database is made under another name and renamed when it is complete;
/// 2. the header tells a database from something else, and ours from another application's;
/// 3. a read-only connection looks for damage and for migrations that we do not know;
/// 4. only then it is opened for writing and brought up to date.
extension SQLiteStore {
    /// Opens the database in `folder`, which decides whether it can be written, or makes it. Blocks; for start-up.
    ///
    /// - Throws: ``StoreError`` `unusable` for a damaged or foreign file or one from a newer Vedette, with the file
    ///   left as it was; `notFound` when there is none and `folder` is only read; `unavailable` otherwise.
    package static func open(
        in folder: DataFolder, options: Options = Options(), logger: Logger = Logger(label: "vedette.store")
    ) throws(StoreError) -> SQLiteStore {
        let path = folder.databasePath
        do {
            if folder.access == .exclusive { try createIfMissing(path) }
            try requireOurHeader(path)
            let reader = try reader(path, options)
            try inspect(reader, path, access: folder.access)
            switch folder.access {
            case .readOnly:
                return SQLiteStore(database: reader, file: path, folder: folder, options: options, logger: logger)
            case .exclusive:
                try reader.close()
                let pool = try DatabasePool(path: path, configuration: configuration(options))
                try Schema.migrator.migrate(pool)
                return SQLiteStore(database: pool, file: path, folder: folder, options: options, logger: logger)
            }
        } catch let error as StoreError {
            throw error
        } catch let error as DatabaseError {
            throw StoreError(error, file: path)
        } catch {
            throw StoreError(.unavailable, "cannot open \(path): \(error)")
        }
    }

    /// A store that ends with the process: for a gallery that is not kept, and for tests.
    package static func inMemory(logger: Logger = Logger(label: "vedette.store")) throws(StoreError) -> SQLiteStore {
        do {
            let queue = try DatabaseQueue(configuration: configuration(Options()))
            try Schema.migrator.migrate(queue)
            return SQLiteStore(database: queue, file: nil, folder: nil, options: Options(), logger: logger)
        } catch {
            throw StoreError(.unavailable, "cannot make a database in memory: \(error)")
        }
    }

    private static func configuration(_ options: Options, readOnly: Bool = false) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(options.busyTimeout / .seconds(1))
        configuration.prepareDatabase { db in
            // What is deleted is overwritten with zeros; no temporary copy lies outside the data folder.
            try db.execute(
                sql: """
                    PRAGMA secure_delete = ON;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA trusted_schema = OFF;
                    """)
            guard !readOnly else { return }
            try db.execute(
                sql: """
                    PRAGMA synchronous = NORMAL;
                    PRAGMA journal_size_limit = \(64 << 20);
                    """)
            if let bytes = options.maximumBytes, let page = try Int64.fetchOne(db, sql: "PRAGMA page_size") {
                try db.execute(sql: "PRAGMA max_page_count = \(max(1, bytes / page))")
            }
        }
        return configuration
    }

    // MARK: - A new database

    private static func createIfMissing(_ path: String) throws {
        let size = fileSize(path)
        guard size == nil || size == 0 else { return }
        guard (fileSize(path + "-wal") ?? 0) == 0 else {
            throw StoreError(
                .unusable, "\(path) is gone, but its write-ahead log \(path)-wal is there",
                remedy: "put the database back beside its log, or move the log away and restore a backup")
        }
        let draft = path + ".new"
        for remains in [draft, draft + "-journal"] { unlink(remains) }
        // Made by us first: SQLite would make it readable for everybody, and its side files take over its mode.
        let descriptor = Glibc.open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DataFolder.failure(errno, "write to", draft) }
        Glibc.close(descriptor)

        // A rollback journal, so that the header is in the file and not in a log beside it.
        let queue = try DatabaseQueue(path: draft, configuration: configuration(Options()))
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA application_id = \(Schema.applicationID)") }
        try Schema.migrator.migrate(queue)
        try queue.close()
        for empty in ["-wal", "-shm"] { unlink(path + empty) }
        guard Glibc.rename(draft, path) == 0 else { throw DataFolder.failure(errno, "write to", path) }
    }

    private static func fileSize(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    // MARK: - An existing one

    /// Reads the first 100 bytes (https://www.sqlite.org/fileformat.html, section 1.3).
    private static func requireOurHeader(_ path: String) throws {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw DataFolder.failure(errno, "read", path) }
            throw StoreError(
                .notFound, "there is no database at \(path)", remedy: "start \"vedette serve\" or enroll somebody first"
            )
        }
        defer { Glibc.close(descriptor) }
        var header = [UInt8](repeating: 0, count: 100)
        let count = pread(descriptor, &header, header.count, 0)
        guard count >= 0 else { throw DataFolder.failure(errno, "read", path) }
        guard count == header.count, header.starts(with: "SQLite format 3\0".utf8) else {
            throw StoreError(.unusable, "\(path) is not a database", remedy: StoreError.restoreRemedy)
        }
        let application = header[68..<72].reduce(Int32(0)) { $0 << 8 | Int32($1) }
        guard application == Schema.applicationID else {
            throw StoreError(.unusable, "\(path) is the database of another program", remedy: StoreError.restoreRemedy)
        }
    }

    /// Up to this size every page is looked at, which takes a moment; damage in a larger one shows when it is read.
    private static let fullCheckLimit: Int64 = 64 << 20

    /// - Throws: for a database that is damaged or of a version we cannot work with.
    private static func inspect(_ reader: DatabaseQueue, _ path: String, access: DataFolder.Access) throws {
        try reader.read { db in
            let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            if try version > Schema.version || Schema.migrator.hasBeenSuperseded(db) {
                throw StoreError(
                    .unusable, "\(path) was made by a newer Vedette",
                    remedy: "install that Vedette again or restore a backup from before; the file was left as it is")
            }
            if try access == .readOnly && !Schema.migrator.hasCompletedMigrations(db) {
                throw StoreError(
                    .unusable, "\(path) was made by an older Vedette",
                    remedy: "start \"vedette serve\" once, which brings it up to date")
            }
            if (fileSize(path) ?? 0) <= fullCheckLimit {
                let findings = try String.fetchAll(db, sql: "PRAGMA quick_check(1)")
                guard findings == ["ok"] else {
                    throw StoreError(
                        .unusable, "\(path) is damaged: \(findings.first ?? "unreadable")",
                        remedy: StoreError.restoreRemedy)
                }
            }
        }
    }

    private static func reader(_ path: String, _ options: Options) throws -> DatabaseQueue {
        // Readers of a write-ahead log share an index of it in a file beside the database. Where that cannot be made,
        // but nothing lies in the log either, the database file by itself is complete.
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let standsAlone = access(folder, W_OK) != 0 && (fileSize(path + "-wal") ?? 0) == 0
        let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
        return try DatabaseQueue(
            path: standsAlone ? "file:\(escaped)?immutable=1" : path,
            configuration: configuration(options, readOnly: true))
    }
}
