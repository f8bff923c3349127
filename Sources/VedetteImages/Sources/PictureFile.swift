import Glibc

/// Reads a whole picture file, bounded.
enum PictureFile {
    /// - Throws: ``ImageError`` `unreadable` when it is missing, no regular file or not ours to read; `tooLarge`, found
    ///   before it is read; `empty`.
    static func read(_ path: String, limits: ImageLimits) throws(ImageError) -> [UInt8] {
        let name = lastComponent(of: path)
        // Without O_NONBLOCK the opening of a named pipe would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw ImageError(.unreadable, "\(name) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ImageError(.unreadable, "\(name) is not a file")
        }
        let size = Int(status.st_size)
        guard size > 0 else { throw ImageError(.empty, "\(name) is empty: it has 0 bytes") }
        try limits.check(bytes: size)
        var failure: Int32 = 0
        // A file that grows meanwhile is read as far as it went; one that shrinks shows as a truncated picture.
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                guard got > 0 else { break }
                count += got
            }
        }
        guard failure == 0 else {
            throw ImageError(.unreadable, "\(name) cannot be read: \(String(cString: strerror(failure)))")
        }
        return bytes
    }

    static func lastComponent(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
