import Crypto
import Foundation

extension ModelPack {
    /// What became of one file's check.
    package struct FileCheck: Sendable, Hashable {
        package var file: String
        /// The file's own, in hexadecimal.
        package var sha256: String
        /// False when the description names another hash; nil when it names none.
        package var matches: Bool?
    }

    /// Computes the SHA-256 of every model file and compares it with the description.
    ///
    /// - Returns: a check per file, also for those without a recorded hash.
    /// - Throws: ``VisionError`` `modelMissing` when a file cannot be read.
    package func checkFiles() throws(VisionError) -> [FileCheck] {
        var expected: [(String, String?)] = [(detector.file, detector.sha256), (embedder.file, embedder.sha256)]
        if let int8 = detector.int8 { expected.append((int8.file, int8.sha256)) }
        var checks: [FileCheck] = []
        for (file, hash) in expected {
            let actual = try Self.sha256(of: path(of: file))
            checks.append(FileCheck(file: file, sha256: actual, matches: hash.map { $0.lowercased() == actual }))
        }
        return checks
    }

    /// As ``checkFiles()``, but a difference is an error.
    ///
    /// - Throws: ``VisionError`` `hashMismatch`, `modelMissing`.
    package func verify() throws(VisionError) {
        for check in try checkFiles() where check.matches == false {
            throw VisionError(
                .hashMismatch,
                "'\(path(of: check.file))' is not the file that the pack describes (SHA-256 \(check.sha256))",
                remedy: "it is damaged or was replaced: delete it and run `make setup`")
        }
    }

    /// Hashes in pieces, so that a large model needs no memory of its size.
    private static func sha256(of path: String) throws(VisionError) -> String {
        let unreadable = VisionError(
            .modelMissing, "the model file '\(path)' does not exist or cannot be read", remedy: "run `make setup`")
        guard let file = FileHandle(forReadingAtPath: path) else { throw unreadable }
        defer { try? file.close() }
        var hash = SHA256()
        do {
            while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
        } catch {
            throw unreadable
        }
        return hash.finalize().map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
