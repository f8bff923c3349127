import Foundation

/// The pictures of a folder: those of a person to enrol, or the frames of a source.
///
/// Hidden entries are left out, and so are symbolic links that lead out of the folder: who fills a folder for enrolment
/// shall not make the program read elsewhere. Files are chosen by name only, so that a broken picture is reported
/// rather than passed over.
package struct PictureFolder: Sendable {
    package static let extensions: Set<String> = ["jpg", "jpeg", "png", "webp"]

    package let path: String

    package init(_ path: String) { self.path = path }

    /// Paths of the picture files directly in the folder, sorted by name, numbers in it by value: `2.jpg` before
    /// `10.jpg`.
    ///
    /// - Throws: ``ImageError`` `unreadable` when the folder cannot be read.
    package func pictures() throws(ImageError) -> [String] {
        try entries(directories: false).filter {
            Self.extensions.contains(($0 as NSString).pathExtension.lowercased())
        }
    }

    /// Paths of the folders directly in the folder, sorted in the same way.
    ///
    /// - Throws: ``ImageError`` `unreadable` when the folder cannot be read.
    package func subfolders() throws(ImageError) -> [String] { try entries(directories: true) }

    private func entries(directories: Bool) throws(ImageError) -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw ImageError(.unreadable, "the folder \(PictureFile.lastComponent(of: path)) cannot be read")
        }
        let root = URL(fileURLWithPath: path, isDirectory: true).resolvingSymlinksInPath().path
        return names.filter { !$0.hasPrefix(".") }.sorted(by: Self.comesFirst).compactMap { name in
            let entry = (path as NSString).appendingPathComponent(name)
            let target = URL(fileURLWithPath: entry).resolvingSymlinksInPath().path
            guard target.hasPrefix(root == "/" ? root : root + "/") else { return nil }
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: target),
                let type = attributes[.type] as? FileAttributeType
            else { return nil }
            return type == (directories ? .typeDirectory : .typeRegular) ? entry : nil
        }
    }

    /// The same everywhere, whatever the locale; names that differ in case only keep a fixed order.
    static func comesFirst(_ left: String, _ right: String) -> Bool {
        switch left.compare(right, options: [.numeric, .caseInsensitive]) {
        case .orderedAscending: true
        case .orderedDescending: false
        case .orderedSame: left < right
        }
    }
}
