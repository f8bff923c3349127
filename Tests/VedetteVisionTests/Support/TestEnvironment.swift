import Foundation
import VedetteCore
import VedetteVision

/// What a machine may lack: the runtime folder that `make setup` fills, and the pictures for accuracy tests.
enum TestEnvironment {
    /// Also says why, so that a skipped test is explained in the log.
    static let hasRuntime: Bool = {
        let found = folder.map { FileManager.default.fileExists(atPath: $0.openVINOLibrary) } ?? false
        if !found { print("Tests with real models are skipped: there is no .vedette folder; run `make setup`.") }
        return found
    }()

    static let hasData: Bool = {
        let found = FileManager.default.fileExists(atPath: data + "/det_extra/gt.csv")
        if !found { print("Accuracy tests are skipped: no pictures in '\(data)'; set VEDETTE_TEST_DATA.") }
        return found
    }()

    static let folder = RuntimeFolder.locate()
    static let data = ProcessInfo.processInfo.environment["VEDETTE_TEST_DATA"] ?? "../shared/data"

    /// One runtime for all tests: the library is never unloaded.
    static let runtime = Result { try OpenVINORuntime.open(folder: folder) }

    static func pack(_ name: String) throws -> ModelPack {
        guard let folder else { throw RuntimeFolder.missing }
        return try ModelPack.open(folder.pack(name)) { try runtime.get() }
    }
}

/// A folder that is gone after the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "vedette-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ content: some DataProtocol) throws {
        try Data(content).write(to: URL(fileURLWithPath: path + "/" + name))
    }

    func write(_ name: String, text: String) throws { try write(name, Array(text.utf8)) }
}
