import Foundation

/// A loopback RTSP camera in a process of its own, so that it can be killed.
final class RTSPServer: @unchecked Sendable {
    private static let python = "/usr/bin/python3"
    private static let script = "Tests/Support/rtsp_server.py"

    /// Whether the Debian packages that it needs are here.
    static let isHere: Bool = {
        let check = Process()
        check.executableURL = URL(fileURLWithPath: python)
        check.arguments = [
            "-c", "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer",
        ]
        check.standardError = FileHandle.nullDevice
        guard (try? check.run()) != nil else { return false }
        check.waitUntilExit()
        return check.terminationStatus == 0
    }()

    let port: Int
    private let process = Process()
    private let input = Pipe()

    /// Starts and waits until it listens.
    init(port: Int = 0, _ options: String...) throws {
        process.executableURL = URL(fileURLWithPath: Self.python)
        process.arguments =
            [Self.script, "--port", "\(port)", "--width", "320", "--height", "240", "--until-eof"] + options
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.first == "PORT", let number = words.dropFirst().first.flatMap({ Int($0) }) else {
            process.terminate()
            throw Unavailable(answer: line)
        }
        self.port = number
    }

    struct Unavailable: Error { var answer: String }

    func command(_ word: String) { try? input.fileHandleForWriting.write(contentsOf: Data((word + "\n").utf8)) }

    func killNow() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    deinit { killNow() }
}
