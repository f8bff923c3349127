import GRDB
import Glibc
import Logging
import Synchronization
package import VedetteCore

/// Erasing for good. Three copies have to go: the rows (overwritten with zeros, `secure_delete`), what the write-ahead
/// log still holds of them, and what SQLite left in the unused part of a page when it moved rows to another one.
extension SQLiteStore {
    /// Removes the person, their samples, rejections and pictures, the journal of merges into them, and from their
    /// sightings the name, the face and its embedding; the sightings stay as those of nobody. What was rejected as
    /// another person's goes too where it was seen in a sighting of this one: it is their face.
    ///
    /// Afterwards none of it can be read from the database file or its log. Exception: above
    /// ``Options/rewriteLimit`` only the indexes of names are rewritten, not the whole file, and a piece of a row may
    /// survive in the unused part of a page until that page is used again. Should another process still read an older
    /// state, the log is emptied with the next write after that.
    package func delete(_ id: PersonID) async throws -> ErasureReport {
        let report = try await change { db in
            _ = try Self.requirePerson(id, db)
            let report = try Self.erase(id, db)
            try Self.advanceGallery(db)
            return report
        }
        await finishErasure()
        return report
    }

    /// The rows alone; ``finishErasure(_:)`` comes after the transaction.
    static func erase(_ id: PersonID, _ db: Database) throws -> ErasureReport {
        let samples = try Int.fetchOne(
            db, sql: "SELECT COUNT(*) FROM sample WHERE person = ?", arguments: [id.rawValue])
        try db.execute(
            sql: "DELETE FROM sighting_face WHERE sighting IN (SELECT id FROM sighting WHERE person = ?)",
            arguments: [id.rawValue])
        try db.execute(
            sql: "DELETE FROM rejection WHERE sighting IN (SELECT id FROM sighting WHERE person = ?)",
            arguments: [id.rawValue])
        try db.execute(
            sql: "UPDATE sighting SET person = NULL, named = 0, similarity = NULL, assigned = 0 WHERE person = ?",
            arguments: [id.rawValue])
        let sightings = db.changesCount
        try bury(id, db)
        // Samples, their pictures, rejections and what was merged into the person go with it.
        try db.execute(sql: "DELETE FROM person WHERE id = ?", arguments: [id.rawValue])
        return ErasureReport(samples: samples ?? 0, sightings: sightings)
    }

    /// Keeps the ids of the person and of whoever was merged into them, so that sightings on their way do not make
    /// anonymous people of them. None is on its way for as long as a week.
    private static func bury(_ id: PersonID, _ db: Database) throws {
        let now = Timestamp.now().microseconds
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO erased_person (id, erased_at)
                SELECT ?, ? UNION SELECT id, ? FROM merged_person WHERE target = ?
                """, arguments: [id.rawValue, now, now, id.rawValue])
        try db.execute(
            sql: "DELETE FROM erased_person WHERE erased_at < ?", arguments: [now - 7 * 24 * 3600 * 1_000_000])
    }

    package func deleteSample(_ id: SampleID, of person: PersonID) async throws {
        try await change { db in
            try db.execute(
                sql: "DELETE FROM sample WHERE id = ? AND person = ?", arguments: [id.rawValue, person.rawValue])
            guard db.changesCount == 1 else { throw StoreError.unknown("sample", id.rawValue) }
            try Self.touch(person, db)
        }
        await finishErasure()
    }

    /// Removes the copies that a committed erasure left in log and pages. What fails is logged and tried again: the
    /// erasure itself stands.
    func finishErasure(_ found: ErasureRemains = .unusedParts) async {
        guard let file else { return }
        let rewrite = Self.size(of: file) <= options.rewriteLimit
        let patience = options.busyTimeout
        do {
            let left = try await barrier { db in
                if found == .unusedParts { try db.execute(sql: rewrite ? "VACUUM" : "REINDEX person") }
                return try Self.emptyLog(db, patience) ? nil : ErasureRemains.log
            }
            remains.withLock { $0 = left }
            guard left != nil else { return }
            logger.notice(
                "another process reads the database: the log of an erasure is emptied later",
                metadata: [LogKey.file: "\(file)"])
        } catch {
            remains.withLock { $0 = found }
            logger.warning(
                "the traces of an erasure could not be overwritten yet: trying again later",
                metadata: [LogKey.file: "\(file)", LogKey.error: "\(described(error))"])
        }
        nextErasureAttempt.withLock { $0 = .now + .seconds(10) }
    }

    /// Finishes what an earlier attempt could not; called with every write of sightings.
    func retryErasure() async {
        guard let remains = remains.withLock({ $0 }), nextErasureAttempt.withLock({ $0 <= .now }) else { return }
        await finishErasure(remains)
    }

    /// Runs alone: nothing reads or writes meanwhile. Not cancelled with the caller.
    private func barrier<Value: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            database.asyncBarrierWriteWithoutTransaction { access in
                continuation.resume(with: Result { try work(access.get()) })
            }
        }
    }

    /// - Returns: false when another process that reads an older state was in the way.
    private static func emptyLog(_ db: Database, _ patience: Duration) throws -> Bool {
        // Everything in this process waits meanwhile, so not as long for the other one as usual.
        try db.execute(sql: "PRAGMA busy_timeout = 200")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = \(Int(patience / .milliseconds(1)))") }
        do {
            // One row: whether it was blocked, pages in the log, pages written back.
            return try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") == 0
        } catch let error as DatabaseError where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode) {
            return false
        }
    }

    private static func size(of file: String) -> Int64 {
        var status = stat()
        return stat(file, &status) == 0 ? Int64(status.st_size) : 0
    }
}

/// What a committed erasure has not overwritten yet.
enum ErasureRemains: Sendable {
    /// Earlier states of pages in the write-ahead log.
    case log
    /// That, and rows that were moved, in the unused parts of pages.
    case unusedParts
}
