import Foundation
import VedetteCore

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
            throw Failure(message: "there is no such file")
        }
        guard !isFolder.boolValue else { throw Failure(message: "is a folder, not a file") }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Failure(message: "cannot be read", remedy: "check its permissions")
        }
        defer { try? handle.close() }
        guard let data = try handle.read(upToCount: limit + 1) else { return [] }
        guard data.count <= limit else { throw Failure(message: "is larger than \(limit >> 20) MiB") }
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

    /// Sub-folders of a gallery folder, one per person, by name; hidden ones are left out.
    static func folders(in path: String) throws -> [(name: String, path: String)] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw Failure(
                message: "the folder \(path) cannot be read", remedy: "name a folder with one sub-folder per person")
        }
        return names.sorted().compactMap { name in
            var isFolder: ObjCBool = false
            let inner = path + "/" + name
            guard !name.hasPrefix("."), FileManager.default.fileExists(atPath: inner, isDirectory: &isFolder),
                isFolder.boolValue
            else { return nil }
            return (name, inner)
        }
    }

    private static let pictureEndings: Set<String> = ["jpg", "jpeg", "png", "webp"]

    /// Picture files directly in a folder, by name; hidden ones are left out.
    static func pictures(in path: String) throws -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw Failure(message: "the folder \(path) cannot be read")
        }
        return names.sorted().filter { name in
            !name.hasPrefix(".") && pictureEndings.contains((name as NSString).pathExtension.lowercased())
        }.map { path + "/" + $0 }
    }

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
