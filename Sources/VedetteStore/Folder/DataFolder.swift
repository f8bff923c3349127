import Foundation
import Glibc
package import VedetteCore

/// The folder in which everything that Vedette keeps lies: `vedette.sqlite`, `models/`, `backups/`.
///
/// The folder is made with mode 0700 and new files in it with 0600: it holds faces. Whoever writes holds the lock
/// on `vedette.lock` for as long as the object lives, so that two processes never work on one folder; commands that
/// only read need no lock and make no file.
///
/// ```swift
/// let folder = try DataFolder.open(at: "/var/lib/vedette")
/// let store = try SQLiteStore.open(in: folder)
/// ```
package final class DataFolder: Sendable {
    package enum Access: Sendable, Hashable {
        /// Reading and writing, by one process at a time.
        case exclusive
        /// Reading, beside a process that writes.
        case readOnly
    }

    /// Absolute.
    package let path: String
    package let access: Access
    private let lock: FolderLock?

    package static let lockName = "vedette.lock"
    package static let databaseName = "vedette.sqlite"

    package var databasePath: String { file(DataFolder.databaseName) }

    /// Opens the folder; with ``Access/exclusive``, makes it when it is missing and takes the lock.
    ///
    /// - Throws: ``StoreError`` that names the folder: `locked` when another process holds it, `unavailable` when it
    ///   is read-only or the disk is full, `invalid` when the path cannot be a folder, `notFound` when it is only to
    ///   be read and is not there.
    package static func open(at path: String, access: Access = .exclusive) throws(StoreError) -> DataFolder {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw StoreError(.invalid, "the data folder has no usable name", remedy: chooseAnother)
        }
        var absolute = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        while absolute.count > 1, absolute.hasSuffix("/") { absolute.removeLast() }
        try requireFolder(at: absolute, create: access == .exclusive)
        switch access {
        case .readOnly:
            guard Glibc.access(absolute, R_OK | X_OK) == 0 else { throw failure(errno, "read", absolute) }
            return DataFolder(path: absolute, access: access, lock: nil)
        case .exclusive:
            let lock = try FolderLock.take(at: absolute + "/" + lockName, folder: absolute)
            return DataFolder(path: absolute, access: access, lock: lock)
        }
    }

    private init(path: String, access: Access, lock: FolderLock?) {
        self.path = path
        self.access = access
        self.lock = lock
    }

    /// Gives the lock back before the object goes. Nothing may be written through this object any more.
    package func release() { lock?.release() }

    /// The path of a file directly in the folder.
    package func file(_ name: String) -> String { path + "/" + name }

    /// The path of a folder in the folder; made when it is missing and the access allows it.
    package func folder(_ name: String) throws(StoreError) -> String {
        let path = file(name)
        try DataFolder.requireFolder(at: path, create: access == .exclusive)
        return path
    }

    private static let chooseAnother = "choose another folder with --data or VEDETTE_DATA"

    private static func requireFolder(at path: String, create: Bool) throws(StoreError) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw StoreError(.invalid, "\(path) is a file, not a folder", remedy: chooseAnother)
            }
            return
        }
        guard errno == ENOENT else { throw failure(errno, "open", path) }
        guard create else {
            throw StoreError(
                .notFound, "there is no data folder at \(path)",
                remedy: "start \"vedette serve\" once to make it, or \(chooseAnother)")
        }
        // A folder that appears in between is as good as one we made.
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            if errno == ENOENT {
                let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
                throw StoreError(
                    .invalid, "the data folder \(path) cannot be made: \(parent) does not exist",
                    remedy: "make that folder first, or \(chooseAnother)", underlyingCode: Int(ENOENT))
            }
            throw failure(errno, "make", path)
        }
    }

    /// What the system said about the folder or a file in it, with what can be done about it.
    static func failure(_ code: Int32, _ attempt: String, _ path: String) -> StoreError {
        switch code {
        case EACCES, EPERM:
            return StoreError(
                .unavailable, "no permission to \(attempt) \(path)",
                remedy: "give the user that runs Vedette access to it, or \(chooseAnother)", underlyingCode: Int(code))
        case EROFS:
            return StoreError(
                .unavailable, "cannot \(attempt) \(path): the file system is read-only",
                remedy: "mount it for writing, or \(chooseAnother)", underlyingCode: Int(code))
        case ENOSPC, EDQUOT:
            return StoreError(
                .unavailable, "cannot \(attempt) \(path): the disk is full",
                remedy: "make room on it, or \(chooseAnother)", underlyingCode: Int(code))
        case ENOTDIR, ENAMETOOLONG, ELOOP, EISDIR:
            return StoreError(
                .invalid, "cannot \(attempt) \(path): \(String(cString: strerror(code)))", remedy: chooseAnother,
                underlyingCode: Int(code))
        default:
            return StoreError(
                .unavailable, "cannot \(attempt) \(path): \(String(cString: strerror(code)))", remedy: chooseAnother,
                underlyingCode: Int(code))
        }
    }
}
