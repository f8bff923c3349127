import Foundation

/// Where the files of the web console are.
enum ConsoleFolder {
    /// Sets the folder when no option does.
    static let variable = "VEDETTE_CONSOLE"

    /// The folder that was named, else that of the environment, else the first `Console` (or `share/vedette/Console`)
    /// beside the working directory or beside or above the executable.
    ///
    /// - Returns: nil when nothing was named and none is found.
    /// - Throws: ``ServerError`` when a folder was named and has no `index.html`.
    static func find(
        named: String?, environment: [String: String] = ProcessInfo.processInfo.environment,
        workingDirectory: String = FileManager.default.currentDirectoryPath,
        executable: String? = Bundle.main.executablePath
    ) throws -> URL? {
        if let path = named ?? environment[variable] {
            let folder = URL(fileURLWithPath: path, isDirectory: true)
            guard isConsole(folder) else {
                throw ServerError(
                    .noConsole, "'\(path)' is not the folder of the console: it has no index.html",
                    remedy: "set server.console or \(variable) to the folder Console of Vedette, or to nothing")
            }
            return folder
        }
        return candidates(workingDirectory, executable).first(where: isConsole)
    }

    private static func candidates(_ workingDirectory: String, _ executable: String?) -> [URL] {
        var folders = [URL(fileURLWithPath: workingDirectory, isDirectory: true)]
        if let executable {
            var folder = URL(fileURLWithPath: executable).resolvingSymlinksInPath().deletingLastPathComponent()
            for _ in 0..<5 where folder.path != "/" {
                folders.append(folder)
                folder.deleteLastPathComponent()
            }
        }
        return folders.flatMap { [$0.appending(path: "Console"), $0.appending(path: "share/vedette/Console")] }
    }

    private static func isConsole(_ folder: URL) -> Bool {
        FileManager.default.isReadableFile(atPath: folder.appending(path: "index.html").path)
    }
}
