import Foundation

/// The data folder that tests against real sequences read, which is not part of the repository.
enum TestData {
    static let folder = ProcessInfo.processInfo.environment["VEDETTE_TEST_DATA"] ?? "../shared/data"

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(path)") }

    static func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
    }

    /// A file beside these tests that is part of the repository.
    static func fixture(_ name: String) throws -> String {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: folder.appendingPathComponent("Fixtures/\(name)"), encoding: .utf8)
    }
}
