import Foundation
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
    private func harness(pictureSize: Int = 0) -> Harness {
        Harness(
            pictureSize: pictureSize,
            options: ServerOptions(port: 0, consoleFolder: Harness.console, viewersPerCamera: 2))
    }

    @Test func streamsPicturesAsTheyCome() async throws {
        let harness = harness()
        let camera = try await harness.addCamera("yard")
        try harness.publish(1, on: camera.id)
        try await harness.serve { port in
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
        try await harness.serve { port in
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
        try await harness.serve { port in
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
        try await harness.serve { port in
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
        try await harness.serve { port in
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
        try await harness.serve { port in
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
        try await first.serve { port in
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
        try await harness().serve { port in
            let connection = try Connection(port: port)
            try connection.request("GET", "/api/v1/people", host: "evil.example")
            let answer = try await connection.read(until: "}")
            #expect(answer.contains("403") && answer.contains("foreign-host"))
        }
    }

    @Test func endsTheConnectionOfAnEndlessBody() async throws {
        try await harness().serve { port in
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
}
