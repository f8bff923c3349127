import GRDB
import VedetteCore

extension StoreError {
    /// What SQLite's result code means for the reader. The database's own text goes into the message (it names tables
    /// and columns, never values).
    init(_ error: DatabaseError, file: String) {
        let detail = error.message ?? "code \(error.extendedResultCode.rawValue)"
        let code = Int(error.extendedResultCode.rawValue)
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(
                .unavailable, "the disk is full: \(file) cannot grow", remedy: "make room on the disk",
                underlyingCode: code)
        case .SQLITE_READONLY:
            self.init(
                .unavailable, "\(file) is open for reading only",
                remedy: "give the user that runs Vedette write access to the file and its folder", underlyingCode: code)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .unavailable, "\(file) is busy: another program holds it locked",
                remedy: "end programs that have the file open, such as a database browser", underlyingCode: code)
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .unavailable, "cannot read or write \(file): \(detail)",
                remedy: "check the disk, and that the user that runs Vedette may write to the folder",
                underlyingCode: code)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT:
            self.init(
                .unusable, "\(file) is damaged or not a Vedette database: \(detail)", remedy: StoreError.restoreRemedy,
                underlyingCode: code)
        case .SQLITE_CONSTRAINT:
            self.init(.conflict, "the change contradicts what is stored: \(detail)", underlyingCode: code)
        case .SQLITE_TOOBIG, .SQLITE_RANGE, .SQLITE_MISMATCH:
            self.init(.invalid, "a value cannot be stored: \(detail)", underlyingCode: code)
        case .SQLITE_ERROR:
            // A statement that the tables do not fit: the schema is not the one we made.
            self.init(
                .unusable, "\(file) has other tables than expected: \(detail)", remedy: StoreError.restoreRemedy,
                underlyingCode: code)
        default:
            self.init(.unavailable, "\(file) cannot be used now: \(detail)", underlyingCode: code)
        }
    }

    static let restoreRemedy =
        "the file was left as it is: move it away and restore a backup, or choose another folder with --data"

    static func unknown(_ kind: String, _ id: String) -> StoreError {
        StoreError(.notFound, "there is no \(kind) \(id)")
    }
}
