import Glibc
import Synchronization
import VedetteCore

/// An exclusive advisory lock on a file that holds the owner's process number.
///
/// The kernel ties the lock to the open file and drops it when the process ends in any way, so that a crash never
/// leaves a folder locked. The file itself stays: removing it would let two processes lock two files of one name.
final class FolderLock: Sendable {
    /// -1 once released.
    private let descriptor: Mutex<Int32>

    /// - Parameters:
    ///   - path: the lock file, made when missing.
    ///   - folder: what the lock stands for, for the message.
    static func take(at path: String, folder: String) throws(StoreError) -> FolderLock {
        // Closed on exec: a child process that outlives us must not keep the folder.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw DataFolder.failure(errno, "write to", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let owner = owner(descriptor)
            close(descriptor)
            guard code == EWOULDBLOCK else { throw DataFolder.failure(code, "lock", path) }
            throw StoreError(
                .locked,
                "the data folder \(folder) is in use by " + (owner.map { "process \($0)" } ?? "another process"),
                remedy: "stop it, or use its console or API", underlyingCode: Int(code))
        }
        let lock = FolderLock(descriptor: descriptor)
        try lock.signWithProcess(path)
        return lock
    }

    private init(descriptor: Int32) { self.descriptor = Mutex(descriptor) }

    deinit { release() }

    func release() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            ftruncate(descriptor, 0)
            close(descriptor)
            descriptor = -1
        }
    }

    private func signWithProcess(_ path: String) throws(StoreError) {
        let code = descriptor.withLock { descriptor -> Int32 in
            let text = Array("\(getpid())\n".utf8)
            guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else {
                return errno
            }
            return 0
        }
        guard code == 0 else { throw DataFolder.failure(code, "write to", path) }
    }

    private static func owner(_ descriptor: Int32) -> Int32? {
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: buffer[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
