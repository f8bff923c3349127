import Foundation
import Glibc
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing
import VedetteCore
import VedettePipeline

@testable import VedetteServer

/// The server on a real socket of the loopback.
@Suite struct HTTPServiceTests {
    /// Runs the server while `body` talks to its port, then shuts the group down and waits for its end.
    private func serve(_ harness: Harness, _ body: (Int) async throws -> Void) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let service = try harness.service { _, bound in port.yield(bound) }
        let group = ServiceGroup(services: [service], logger: Harness.quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { port.finish() }
                try await group.run()
            }
            var iterator = ports.makeAsyncIterator()
            guard let bound = await iterator.next() else {
                try await tasks.waitForAll()
                throw ServerError(.failed, "the server ended before it listened")
            }
            do {
                try await body(bound)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func harness(pictureSize: Int = 0) -> Harness {
        Harness(
            pictureSize: pictureSize,
            options: ServerOptions(port: 0, consoleFolder: Harness.console, viewersPerCamera: 2))
    }

    @Test func streamsPicturesAsTheyCome() async throws {
        let harness = harness()
        let camera = try await harness.addCamera("yard")
        try harness.publish(1, on: camera.id)
        try await serve(harness) { port in
            let connection = try Connection(port: port)
            try connection.request("GET", "/api/v1/cameras/yard/stream.mjpeg")
            let start = try await connection.read(until: "jpeg 1\r\n--frame\r\n")
            #expect(start.contains("200 OK"))
            #expect(start.lowercased().contains("content-type: multipart/x-mixed-replace; boundary=frame"))
            #expect(start.contains("Content-Type: image/jpeg\r\nContent-Length: 6\r\nX-Timestamp: "))
            for sequence in 2...4 as ClosedRange<UInt64> {
                try harness.publish(sequence, on: camera.id)
                _ = try await connection.read(until: "jpeg \(sequence)\r\n--frame\r\n")
            }
            #expect(harness.hub.viewerCount(of: camera.id) == 1)
        }
    }

    @Test func notesThatAViewerLeftThoughTheCameraIsSilent() async throws {
        let harness = harness()
        let camera = try await harness.addCamera("yard")
        try await serve(harness) { port in
            for _ in 0..<5 {
                let connection = try Connection(port: port)
                try connection.request("GET", "/api/v1/cameras/yard/stream.mjpeg")
                _ = try await connection.read(until: "--frame\r\n")
                #expect(harness.hub.viewerCount(of: camera.id) == 1)
                connection.close()
                try await eventually { harness.hub.viewerCount(of: camera.id) == 0 }
            }
        }
    }

    @Test func refusesMoreViewersThanAllowed() async throws {
        let harness = harness()
        let camera = try await harness.addCamera("yard")
        try harness.publish(1, on: camera.id)
        try await serve(harness) { port in
            let viewers = [try Connection(port: port), try Connection(port: port)]
            for viewer in viewers {
                try viewer.request("GET", "/api/v1/cameras/yard/stream.mjpeg")
                _ = try await viewer.read(until: "jpeg 1")
            }
            let third = try Connection(port: port)
            try third.request("GET", "/api/v1/cameras/yard/stream.mjpeg")
            let answer = try await third.read(until: "}")
            #expect(answer.contains("503") && answer.contains("too-many-viewers"))
            viewers[0].close()
            try await eventually { harness.hub.viewerCount(of: camera.id) == 1 }
            let fourth = try Connection(port: port)
            try fourth.request("GET", "/api/v1/cameras/yard/stream.mjpeg")
            _ = try await fourth.read(until: "jpeg 1")
        }
    }

    @Test func endsTheStreamOfARemovedCamera() async throws {
        let harness = harness()
        let camera = try await harness.addCamera("yard")
        try harness.publish(1, on: camera.id)
        try await serve(harness) { port in
            let connection = try Connection(port: port)
            try connection.request("GET", "/api/v1/cameras/yard/stream.mjpeg")
            _ = try await connection.read(until: "jpeg 1")
            harness.hub.remove(camera.id)
            _ = try await connection.read(until: "0\r\n\r\n")
        }
    }

    /// A picture is chosen when the connection can take it: a client that wakes up sees at most the few pictures that
    /// were on their way, and then the newest.
    @Test func aSlowClientSkipsPictures() async throws {
        let harness = harness(pictureSize: 400_000)
        let camera = try await harness.addCamera("yard")
        try await serve(harness) { port in
            let connection = try Connection(port: port, receiveBuffer: 16 << 10)
            try connection.request("GET", "/api/v1/cameras/yard/stream.mjpeg")
            _ = try await connection.read(until: "--frame\r\n")
            for sequence in 1...200 as ClosedRange<UInt64> {
                try harness.publish(sequence, on: camera.id)
                try await Task.sleep(for: .milliseconds(1))
            }
            let text = try await connection.read(until: "jpeg 200")
            let seen = text.matches(of: /jpeg (\d+)/).compactMap { Int($0.1) }
            #expect(seen.last == 200)
            #expect(seen.count < 50)
            #expect(seen == seen.sorted())
            // Between the first that were under way and the newest there is a gap.
            #expect(zip(seen, seen.dropFirst()).contains { $1 - $0 > 50 })
        }
    }

    @Test func stopsWithinASecondWithViewersThatReadAndViewersThatDoNot() async throws {
        let harness = harness(pictureSize: 2_000_000)
        let camera = try await harness.addCamera("yard")
        var connections: [Connection] = []
        var stopped: ContinuousClock.Instant?
        try await serve(harness) { port in
            let deaf = try Connection(port: port, receiveBuffer: 4 << 10)
            try deaf.request("GET", "/api/v1/cameras/yard/stream.mjpeg")
            _ = try await deaf.read(until: "--frame\r\n")
            let idle = try Connection(port: port)
            try idle.request("GET", "/health/live")
            _ = try await idle.read(until: "}")
            for sequence in 1...5 as ClosedRange<UInt64> {
                try harness.publish(sequence, on: camera.id)
                try await Task.sleep(for: .milliseconds(10))
            }
            let waiting = try Connection(port: port)
            try waiting.request("GET", "/api/v1/cameras/yard/stream.mjpeg")
            connections = [deaf, idle, waiting]
            _ = try await waiting.read(until: "jpeg")
            stopped = .now
        }
        let duration = try #require(stopped).duration(to: .now)
        #expect(duration < .seconds(1), "\(duration)")
        withExtendedLifetime(connections) {}
    }

    @Test func aPortInUseIsNamedWithARemedy() async throws {
        let first = harness()
        try await serve(first) { port in
            let second = Harness(options: ServerOptions(port: port, consoleFolder: Harness.console))
            let error = await #expect(throws: ServerError.self) { try await second.service().run() }
            #expect(error?.code == .portInUse)
            #expect(error?.message.contains("127.0.0.1:\(port)") == true)
            #expect(error?.remedy?.contains("server.port") == true)
        }
    }

    @Test(arguments: ["192.0.2.1", "no such host"])
    func anAddressThatIsNotHereIsExplained(host: String) async throws {
        let harness = Harness(options: ServerOptions(host: host, port: 0, consoleFolder: Harness.console))
        let error = await #expect(throws: ServerError.self) { try await harness.service().run() }
        #expect(error?.code == .addressNotAvailable)
        #expect(error?.message.contains(host) == true)
    }

    @Test func refusesAForeignHostOnTheWire() async throws {
        try await serve(harness()) { port in
            let connection = try Connection(port: port)
            try connection.request("GET", "/api/v1/people", host: "evil.example")
            let answer = try await connection.read(until: "}")
            #expect(answer.contains("403") && answer.contains("foreign-host"))
        }
    }

    @Test func endsTheConnectionOfAnEndlessBody() async throws {
        try await serve(harness()) { port in
            let connection = try Connection(port: port)
            try connection.send(
                "POST /api/v1/people HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n")
            let chunk = "8000\r\n" + String(repeating: " ", count: 0x8000) + "\r\n"
            var answer = ""
            await #expect(throws: Connection.Closed.self) {
                while true {
                    try connection.send(chunk)
                    try await Task.sleep(for: .milliseconds(20))
                    answer += try connection.readAvailable()
                }
            }
            #expect(answer.contains("413") && answer.contains("body-too-large"))
        }
    }

    private func eventually(_ condition: () -> Bool) async throws {
        for _ in 0..<500 {
            if condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("it did not happen within five seconds")
    }
}

/// A plain socket: what goes over the wire, read at the test's own pace.
private final class Connection {
    struct Closed: Error {}

    private var socket: Int32

    /// - Parameter receiveBuffer: bytes the kernel takes while the test does not read.
    init(port: Int, receiveBuffer: Int32? = nil) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Closed() }
        _ = fcntl(socket, F_SETFL, O_NONBLOCK)
    }

    deinit { close() }

    func close() {
        guard socket >= 0 else { return }
        Glibc.close(socket)
        socket = -1
    }

    func request(_ method: String, _ path: String, host: String = "localhost") throws {
        try send("\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
    }

    func send(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                return
            } else {
                throw Closed()
            }
        }
    }

    /// What has arrived; empty when nothing has.
    func readAvailable() throws -> String {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(socket, &buffer, buffer.count, 0)
        if count > 0 { return String(decoding: buffer[..<count].filter { $0 != 0 }, as: UTF8.self) }
        guard count < 0, errno == EAGAIN else { throw Closed() }
        return ""
    }

    /// Reads until `text` has come; gives up after ten seconds.
    func read(until text: String) async throws -> String {
        var read = ""
        let end = ContinuousClock.now + .seconds(10)
        while !read.contains(text) {
            let more = try readAvailable()
            read += more
            if more.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            guard ContinuousClock.now < end else {
                Issue.record("'\(text)' did not come; got '\(read.suffix(300))'")
                throw Closed()
            }
        }
        return read
    }
}
