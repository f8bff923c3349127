import Foundation

/// The folder `.vedette` that `make setup` fills with the inference library and the model packs.
package struct RuntimeFolder: Sendable, Hashable {
    package let path: String

    package init(path: String) { self.path = path }

    /// Finds the folder: `VEDETTE_HOME`, or else `.vedette` in the current directory or one above it, or else in the
    /// folder of the program or one above it.
    ///
    /// - Returns: nil when there is none; a folder that `VEDETTE_HOME` names is returned as it is.
    package static func locate(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        currentDirectory: String = FileManager.default.currentDirectoryPath,
        program: String? = Bundle.main.executablePath
    ) -> RuntimeFolder? {
        if let home = environment["VEDETTE_HOME"], !home.isEmpty { return RuntimeFolder(path: home) }
        let starts = [currentDirectory, program.map { ($0 as NSString).resolvingSymlinksInPath.deletingLastComponent }]
        for case let start? in starts {
            if let found = climb(from: start) { return found }
        }
        return nil
    }

    /// What to say when ``locate(environment:currentDirectory:program:)`` finds nothing.
    package static let missing = VisionError(
        .runtimeUnavailable, "there is no folder '.vedette' with models and the inference library here or above",
        remedy: "run `make setup` in the repository, or set VEDETTE_HOME to the folder's path")

    package var openVINOLibrary: String { path + "/runtime/openvino/lib/libopenvino_c.so" }
    package var packs: String { path + "/models" }

    /// The folder of a pack given by name (`scrfd-sface`) or by path (anything with a slash).
    package func pack(_ name: String) -> String {
        name.contains("/") ? name : packs + "/" + name
    }

    private static func climb(from start: String) -> RuntimeFolder? {
        var directory = (start as NSString).standardizingPath
        while true {
            let candidate = directory == "/" ? "/.vedette" : directory + "/.vedette"
            var isDirectory: ObjCBool = false
            if FileManager.default.fileExists(atPath: candidate, isDirectory: &isDirectory), isDirectory.boolValue {
                return RuntimeFolder(path: candidate)
            }
            let parent = directory.deletingLastComponent
            if parent == directory || parent.isEmpty { return nil }
            directory = parent
        }
    }
}

extension String {
    fileprivate var deletingLastComponent: String { (self as NSString).deletingLastPathComponent }
}
