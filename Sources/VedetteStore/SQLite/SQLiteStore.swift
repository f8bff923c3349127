import Dispatch
import GRDB
import Logging
import Synchronization
import VedetteCore

/// The store in one SQLite file.
///
/// Reads run beside each other and beside the one writer (write-ahead log); each is one consistent view. A change is
/// one transaction, and once begun it is finished even when the caller's task is cancelled. The log is written
/// without waiting for the disk at every commit: a killed process loses nothing, a power cut perhaps the last moments.
///
/// Every method throws ``StoreError``; a cancelled read throws `CancellationError`.
package final class SQLiteStore: Store {
    package struct Options: Sendable {
        /// How long an access waits for another process that holds the file.
        package var busyTimeout: Duration = .seconds(5)
        /// The database grows no further than this; then writing fails as on a full disk. Nil: until the disk is full.
        package var maximumBytes: Int64?
        /// An erasure rewrites a file of at most this size as a whole, see ``SQLiteStore/delete(_:)``. Raised, more is
        /// rewritten (about 10 ms per megabyte, during which writing waits, and as much memory as the file has).
        package var rewriteLimit: Int64 = 64 << 20
        /// Sightings that a journey is made of, the latest. Raised, it reaches further back for somebody who is seen
        /// all the time, and takes longer (about 0.3 s at the default).
        package var journeyRows = 100_000

        package init() {}
    }

    let database: any DatabaseWriter
    let logger: Logger
    let options: Options
    /// The database file for messages and sizes; nil in memory.
    let file: String?
    /// What a committed erasure has left behind, see ``finishErasure(_:)``.
    let remains = Mutex<ErasureRemains?>(nil)
    let nextErasureAttempt = Mutex(ContinuousClock.now)
    /// Holds the lock for as long as the store lives.
    private let folder: DataFolder?

    init(database: any DatabaseWriter, file: String?, folder: DataFolder?, options: Options, logger: Logger) {
        self.database = database
        self.file = file
        self.folder = folder
        self.options = options
        self.logger = logger
    }

    package func close() async throws {
        if let remains = remains.withLock({ $0 }) { await finishErasure(remains) }
        let database = database
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            // Closing waits for what is running and writes the log back: not on a thread of the cooperative pool.
            DispatchQueue.global().async {
                // Readers first: the writer, as the last to leave, then removes the write-ahead log.
                (database as? DatabasePool)?.invalidateReadOnlyConnections()
                continuation.resume(with: Result { try database.close() }.mapError(self.described))
            }
        }
    }

    /// One consistent view of the database.
    func read<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await database.read(work)
        } catch {
            throw described(error)
        }
    }

    /// One transaction: all of `work` or, when it throws, nothing.
    func change<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            database.asyncWrite(work) { _, result in
                continuation.resume(with: result.mapError(self.described))
            }
        }
    }

    /// The same as what callers may see.
    func described(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        if error.resultCode == .SQLITE_MISUSE {
            return StoreError(.unavailable, "the store is closed", underlyingCode: Int(error.resultCode.rawValue))
        }
        return StoreError(error, file: file ?? "the database in memory")
    }
}

/// What the log lines of this module are keyed by.
enum LogKey {
    static let file = "file"
    static let error = "error"
    static let pending = "pending"
    static let pictures = "pictures"
    static let sightings = "sightings"
    static let retryIn = "retry_in"
}
