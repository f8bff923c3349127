import Foundation
import Synchronization

/// The built program, run as a user runs it.
enum Program {
    /// Beside the test bundle, where the build puts it.
    static let path: String = {
        let tests =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return (tests as NSString).deletingLastPathComponent + "/vedette"
    }()

    struct Result {
        var status: Int32
        var output: String
        var errors: String

        /// Output as one JSON object per line.
        var lines: [[String: Any]] {
            output.split(separator: "\n").compactMap {
                (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
            }
        }
    }

    /// Runs to the end.
    static func run(
        _ arguments: String..., environment: [String: String] = [:], input: String? = nil
    ) async throws -> Result {
        let running = try start(arguments, environment: environment)
        if let input { running.write(input) }
        running.closeInput()
        return await running.finish()
    }

    static func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Running {
        try Running(arguments, environment)
    }

    /// A program that runs. `@unchecked Sendable`: the texts are guarded by `texts`, and the process is thread-safe.
    final class Running: @unchecked Sendable {
        private let process = Process()
        private let texts = Mutex<(output: Data, errors: Data)>((Data(), Data()))
        private let input = Pipe()
        private let readers = DispatchGroup()

        fileprivate init(_ arguments: [String], _ environment: [String: String]) throws {
            process.executableURL = URL(fileURLWithPath: Program.path)
            process.arguments = arguments
            var all = ProcessInfo.processInfo.environment.filter {
                !$0.key.hasPrefix("VEDETTE_") || $0.key == "VEDETTE_HOME"
            }
            all.merge(environment) { _, new in new }
            process.environment = all
            let output = Pipe()
            let errors = Pipe()
            process.standardInput = input
            process.standardOutput = output
            process.standardError = errors
            try process.run()
            read(output) { $0.output.append($1) }
            read(errors) { $0.errors.append($1) }
        }

        private func read(_ pipe: Pipe, _ take: @escaping @Sendable (inout (output: Data, errors: Data), Data) -> Void)
        {
            readers.enter()
            let handle = pipe.fileHandleForReading
            Thread.detachNewThread { [self] in
                while case let data = handle.availableData, !data.isEmpty { texts.withLock { take(&$0, data) } }
                readers.leave()
            }
        }

        var id: Int32 { process.processIdentifier }
        var isRunning: Bool { process.isRunning }
        var errors: String { String(decoding: texts.withLock { $0.errors }, as: UTF8.self) }

        func write(_ text: String) { try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }
        func closeInput() { try? input.fileHandleForWriting.close() }
        func send(_ signal: Int32) { kill(id, signal) }

        /// Waits until it has ended, at most two minutes.
        func finish() async -> Result {
            let deadline = Date(timeIntervalSinceNow: 120)
            while process.isRunning {
                if Date() > deadline { kill(id, SIGKILL) }
                try? await Task.sleep(for: .milliseconds(10))
            }
            await withCheckedContinuation { done in readers.notify(queue: .global()) { done.resume() } }
            let (output, errors) = texts.withLock { $0 }
            return Result(
                status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
                output: String(decoding: output, as: UTF8.self), errors: String(decoding: errors, as: UTF8.self))
        }
    }
}

/// What the tests need that may not be there.
enum Surroundings {
    static let home = ProcessInfo.processInfo.environment["VEDETTE_HOME"] ?? ".vedette"
    static let data = ProcessInfo.processInfo.environment["VEDETTE_TEST_DATA"] ?? "../shared/data"

    static let hasModels = FileManager.default.fileExists(atPath: home + "/models/scrfd-sface/pack.json")
    static let hasData = FileManager.default.fileExists(atPath: data + "/faces_lfw/pairs.csv")
    static let photo = home + "/demo/group-1.jpg"
}

/// A folder that is gone after the test.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "vedette-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func write(_ bytes: some Sequence<UInt8>, _ name: String) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
