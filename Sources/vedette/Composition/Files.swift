import Foundation
import VedetteCore
import VedetteImages

/// Files named on the command line.
enum Files {
    /// A file that could not be read or written.
    struct Failure: DescribedError {
        var message: String
        var remedy: String?
        var isRetriable: Bool { false }
    }

    /// The content of a regular file of at most `limit` bytes.
    static func read(_ path: String, limit: Int = 64 << 20) throws -> [UInt8] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Failure(message: "\(path): there is no such file")
        }
        guard !isFolder.boolValue else { throw Failure(message: "\(path) is a folder, not a file") }
        let kind =
            try? FileManager.default.attributesOfItem(atPath: (path as NSString).resolvingSymlinksInPath)[.type]
            as? FileAttributeType
        guard kind == .typeRegular else { throw Failure(message: "\(path) is not a regular file") }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Failure(message: "\(path) cannot be read", remedy: "check its permissions")
        }
        defer { try? handle.close() }
        guard let data = try handle.read(upToCount: limit + 1) else { return [] }
        guard data.count <= limit else { throw Failure(message: "\(path) is larger than \(limit >> 20) MiB") }
        return [UInt8](data)
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Failure(message: "\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    static func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

    static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw Failure(message: "the folder \(path) cannot be made: \(error.localizedDescription)")
        }
    }

    /// Whether files can be written there, without touching them.
    ///
    /// - Throws: when a folder is missing or read-only, or a file is the input or stands twice.
    static func checkOutputs(_ outputs: [String], besides inputs: [String]) throws {
        func identity(_ path: String) -> String {
            let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
            let file = try? FileManager.default.attributesOfItem(atPath: url.path)
            guard let file, let number = file[.systemFileNumber], let device = file[.systemNumber] else {
                return url.path
            }
            return "\(device) \(number)"
        }
        var taken = inputs.map(identity)
        for output in outputs {
            guard !taken.contains(identity(output)) else {
                throw Failure(message: "\(output) is named twice, or is an input", remedy: "write to another file")
            }
            taken.append(identity(output))
            let folder = URL(fileURLWithPath: output).deletingLastPathComponent().path
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: output, isDirectory: &isFolder)
            guard !isFolder.boolValue else { throw Failure(message: "\(output) is a folder") }
            guard FileManager.default.isWritableFile(atPath: folder),
                !exists || FileManager.default.isWritableFile(atPath: output)
            else {
                throw Failure(
                    message: "\(output) cannot be written", remedy: "name a folder that exists and may be written to")
            }
        }
    }

    /// Sub-folders of a gallery folder, one per person, by name; see ``PictureFolder``.
    static func folders(in path: String) throws -> [(name: String, path: String)] {
        try PictureFolder(path).subfolders().map { (($0 as NSString).lastPathComponent, $0) }
    }

    /// Picture files directly in a folder, by name; see ``PictureFolder``.
    static func pictures(in path: String) throws -> [String] { try PictureFolder(path).pictures() }

    /// Paths with each folder replaced by the pictures in it.
    static func expanded(_ paths: [String]) throws -> [String] {
        try paths.flatMap { path in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
                return [path]
            }
            return try pictures(in: path)
        }
    }
}
