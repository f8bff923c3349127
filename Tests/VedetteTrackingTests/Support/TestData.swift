import Foundation

/// The data folder that tests against real sequences read, which is not part of the repository.
enum TestData {
    static let folder = ProcessInfo.processInfo.environment["VEDETTE_TEST_DATA"] ?? "../shared/data"

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(path)") }

    static func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
    }
}
