import Foundation
import Glibc
import VedetteCore

/// Looks at a file or device before it is opened: the media library would say only that it could not.
enum LocalFile {
    /// - Throws: ``SourceFailure`` `notFound`, `unsupported`, `corrupt` (empty) or `other` (not allowed).
    static func check(_ address: SourceAddress) throws(SourceFailure) {
        switch address {
        case .file(let path): try check(file: path)
        case .device(let path): try check(device: path)
        default: break
        }
    }

    private static func check(file path: String) throws(SourceFailure) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let why = errno
            guard why == ENOENT || why == ENOTDIR else {
                throw SourceFailure(.other, "\(path) cannot be opened: \(String(cString: strerror(why)))")
            }
            throw SourceFailure(.notFound, "there is no file \(path)", remedy: "check the path")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SourceFailure(.unsupported, "\(path) is not a file", isRetriable: false)
        }
        guard access(path, R_OK) == 0 else {
            throw SourceFailure(.other, "\(path) may not be read", remedy: "give Vedette's user the right to read it")
        }
        guard status.st_size > 0 else {
            throw SourceFailure(.corrupt, "\(path) is empty", remedy: "copy or record the file again")
        }
        // The library takes one for a video and then never ends.
        guard !begins(path, with: "GIF8") else {
            throw SourceFailure(
                .unsupported, "\(path) is a GIF animation", remedy: "convert it to MP4", isRetriable: false)
        }
    }

    private static func begins(_ path: String, with text: String) -> Bool {
        guard let file = fopen(path, "rb") else { return false }
        defer { fclose(file) }
        var head = [UInt8](repeating: 0, count: text.utf8.count)
        return fread(&head, 1, head.count, file) == head.count && head == Array(text.utf8)
    }

    private static func check(device path: String) throws(SourceFailure) {
        guard access(path, F_OK) == 0 else {
            throw SourceFailure(.notFound, "there is no camera \(path)", remedy: "plug it in, or try another number")
        }
        guard access(path, R_OK | W_OK) == 0 else {
            throw SourceFailure(
                .other, "\(path) may not be used", remedy: "add Vedette's user to the group 'video' and start it again")
        }
    }
}
