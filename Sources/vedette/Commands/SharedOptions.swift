import ArgumentParser
import Foundation
import Logging
import VedetteCore

/// Options that every command has.
struct SharedOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Data folder (or VEDETTE_DATA; default vedette-data).", valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("Model pack: a name or a folder (default scrfd-sface).", valueName: "pack"))
    var pack: String?

    @Flag(help: "Print machine-readable output.")
    var json = false

    @Flag(name: .shortAndLong, help: "Log more.")
    var verbose = false

    /// The configuration with these options on top; the file may also be named by VEDETTE_CONFIG.
    func load() throws -> Configuration {
        let environment = ProcessInfo.processInfo.environment
        var configuration = try Configuration.load(
            path: config ?? environment["VEDETTE_CONFIG"], environment: environment)
        if let data { configuration.data = data }
        if let pack { configuration.models.pack = pack }
        if verbose { configuration.log.level = "debug" }
        return configuration
    }
}

/// How a command that takes several inputs ends.
enum Outcome {
    static let someFailed = ExitCode(2)

    /// - Throws: the exit code when `failed` of `total` inputs did.
    static func check(failed: Int, of total: Int) throws {
        if failed == 0 { return }
        throw failed == total ? ExitCode.failure : someFailed
    }
}
