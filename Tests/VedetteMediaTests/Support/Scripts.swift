import Foundation
import Testing

/// The Python parts of the tests: cameras on the loopback and a maker of video files.
enum Scripts {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Support")

    /// Whether they can run; printed once when not, with what to install.
    static let available: Bool = {
        let check = """
            import gi; gi.require_version('Gst', '1.0'); gi.require_version('GstRtspServer', '1.0')
            from gi.repository import Gst, GstRtspServer; Gst.init(None)
            assert all(Gst.ElementFactory.find(e) for e in ('x264enc', 'mp4mux', 'jpegenc', 'rtph264pay', 'avenc_aac'))
            """
        let status = try? run(["-c", check])
        if status != 0 {
            print(
                "media tests with cameras and files are skipped: install python3-gi gir1.2-gst-rtsp-server-1.0",
                "gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav")
        }
        return status == 0
    }()

    @discardableResult
    static func run(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Makes a video file; see `make_video.py` for the options.
    static func makeVideo(_ path: String, _ options: [String] = []) throws {
        let status = try run([folder.appendingPathComponent("make_video.py").path, path] + options)
        try #require(status == 0, "make_video.py \(options) failed")
    }
}

/// A folder that lives as long as the object.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("vedette-media-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
}

/// A camera in a process of its own. `@unchecked Sendable`: used by one test, in order.
final class CameraProcess: @unchecked Sendable {
    let port: Int
    private let process = Process()
    private let commands = Pipe()

    /// Starts the script and waits for the port that it names.
    init(_ script: String, _ options: [String] = []) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [Scripts.folder.appendingPathComponent(script).path] + options
        process.standardInput = commands
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.first == "PORT", let port = words.last.flatMap({ Int($0) }) else {
            process.terminate()
            throw NotStarted(script: script, said: line)
        }
        self.port = port
    }

    static func rtsp(_ options: [String] = []) throws -> CameraProcess {
        try CameraProcess("rtsp_server.py", ["--until-eof"] + options)
    }

    static func http(_ options: [String] = []) throws -> CameraProcess {
        try CameraProcess("http_camera.py", options)
    }

    deinit { kill() }

    func send(_ command: String) throws {
        try commands.fileHandleForWriting.write(contentsOf: Data((command + "\n").utf8))
    }

    /// Ends the process at once, as a power cut would.
    func kill() { signal(SIGKILL) }

    /// Stops the process without ending it: connections stay open and nothing answers.
    func suspend() { signal(SIGSTOP) }

    private func signal(_ number: Int32) {
        if process.isRunning { Foundation.kill(process.processIdentifier, number) }
    }

    struct NotStarted: Error {
        var script: String
        var said: String
    }
}
