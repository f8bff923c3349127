import Foundation
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// `vedette serve` as a whole: real models, a real database, a real port.
@Suite(.enabled(if: Surroundings.hasModels, "skipped: no models here; run 'make setup'"), .serialized)
struct ServeTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Starts a server and waits until it listens.
    private func serve(_ arguments: [String]) async throws -> (server: Program.Running, base: String) {
        let server = try Program.start(["serve", "--port", "0", "--data", scratch.path + "/data"] + arguments)
        let isReady = await eventually { server.errors.contains("open http://") || !server.isRunning }
        let words = server.errors.split(whereSeparator: \.isWhitespace)
        let address = words.first { $0.hasPrefix("http://127.0.0.1:") && !$0.hasSuffix(":0") }
        try #require(isReady && server.isRunning, "\(server.errors)")
        return (server, String(try #require(address, "\(server.errors)")))
    }

    private func get(_ url: String) async throws -> (status: Int, body: [String: Any]) {
        try await send("GET", url, nil)
    }

    private func send(
        _ method: String, _ url: String, _ json: [String: Any]?
    ) async throws -> (status: Int, body: [String: Any]) {
        var request = URLRequest(url: try #require(URL(string: url)))
        request.httpMethod = method
        if let json {
            request.httpBody = try JSONSerialization.data(withJSONObject: json)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        let body = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, body)
    }

    private func items(_ url: String) async throws -> [[String: Any]] {
        try await get(url).body["items"] as? [[String: Any]] ?? []
    }

    private func eventuallyTrue(seconds: Double = 40, _ condition: () async throws -> Bool) async rethrows -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while Date() < deadline {
            if try await condition() { return true }
            try? await Task.sleep(for: .milliseconds(100))
        }
        return false
    }

    @Test func fromTheDemoToANamedFaceAndBackAfterAKill() async throws {
        var (server, base) = try await serve(["--demo"])
        defer { server.send(SIGKILL) }
        // Boxes with the names of enrolled guests.
        #expect(
            try await eventuallyTrue {
                let faces =
                    try await get(base + "/api/v1/cameras/demo-1/tracks").body["faces"] as? [[String: Any]] ?? []
                return faces.contains { $0["name"] is String }
            })
        // An unknown face is given a name, and has it at once.
        var unknown: [String: Any]?
        #expect(
            try await eventuallyTrue {
                unknown = try await items(base + "/api/v1/sightings?known=false&limit=50").first {
                    ($0["hasFace"] as? Bool) == true && ($0["ended"] as? Bool) == false
                        && ($0["quality"] as? Double ?? 0) > 0.5
                }
                return unknown != nil
            })
        let sighting = try #require(unknown?["id"] as? String)
        let created = try await send("POST", base + "/api/v1/people", ["name": "Guest 😀/..", "sighting": sighting])
        #expect(created.status == 201)
        let entry = try await get(base + "/api/v1/sightings/" + sighting)
        #expect(entry.body["personName"] as? String == "Guest 😀/..")
        #expect(
            try await eventuallyTrue(seconds: 10) {
                try await items(base + "/api/v1/people").contains { $0["name"] as? String == "Guest 😀/.." }
            })
        let before = try await items(base + "/api/v1/sightings?limit=200").count
        #expect(before > 0)
        // Killed without warning: what was written more than a second ago is there again.
        try await Task.sleep(for: .seconds(1))
        server.send(SIGKILL)
        _ = await server.finish()
        (server, base) = try await serve(["--demo"])
        let after = try await items(base + "/api/v1/sightings?limit=1000")
        #expect(after.count >= before)
        #expect(after.contains { $0["id"] as? String == sighting })
        #expect(try await items(base + "/api/v1/people").contains { $0["name"] as? String == "Guest 😀/.." })
        server.send(SIGTERM)
        #expect(await server.finish().status == 0)
        // After a stop in good order nothing is left open.
        let log = try await Program.run("sightings", "--data", scratch.path + "/data", "--json", "--limit", "1000")
        #expect(log.status == 0)
        #expect(log.lines.count >= before)
        #expect(log.lines.allSatisfy { $0["ended"] as? Bool == true })
    }

    @Test func stopsWithinASecondWithViewersAttached() async throws {
        let (server, base) = try await serve(["--camera", "test:?width=320&height=240&fps=10"])
        defer { server.send(SIGKILL) }
        let url = try #require(URL(string: base + "/api/v1/cameras/camera-1/stream.mjpeg"))
        let viewers = (0..<5).map { _ in
            Task {
                let (bytes, _) = try await URLSession.shared.data(from: url)
                return bytes.count
            }
        }
        #expect(
            try await eventuallyTrue {
                let metrics = try await URLSession.shared.data(from: try #require(URL(string: base + "/metrics"))).0
                return String(decoding: metrics, as: UTF8.self).contains(
                    "vedette_camera_frames_received_total{camera=\"camera-1\"}")
            })
        try await Task.sleep(for: .milliseconds(700))
        let start = ContinuousClock.now
        server.send(SIGTERM)
        let result = await server.finish()
        #expect(result.status == 0, "\(result.errors)")
        // Generous: the machine may be busy. A stop that waits for viewers or time-outs takes far longer.
        #expect(ContinuousClock.now - start < .seconds(5))
        for viewer in viewers { _ = await viewer.result }
    }

    @Test func aPortInUseIsSaid() async throws {
        let (server, base) = try await serve([])
        defer { server.send(SIGKILL) }
        let port = try #require(base.split(separator: ":").last.map(String.init))
        let other = try Scratch()
        let second = try await Program.run("serve", "--port", port, "--data", other.path)
        #expect(second.status == 1)
        #expect(second.errors.contains("127.0.0.1:\(port)"), "\(second.errors)")
        server.send(SIGTERM)
        _ = await server.finish()
    }

    @Test func camerasComeAndGoWithoutARestart() async throws {
        let (server, base) = try await serve([])
        defer { server.send(SIGKILL) }
        let created = try await send(
            "POST", base + "/api/v1/cameras", ["name": "Pattern", "uri": "test:?width=320&height=240&fps=10"])
        #expect(created.status == 201)
        let id = try #require(created.body["id"] as? String)
        #expect(
            try await eventuallyTrue {
                let status = try await get(base + "/api/v1/cameras/" + id).body["status"] as? [String: Any]
                return status?["state"] as? String == "live" && (status?["analysed"] as? Int ?? 0) > 0
            })
        let changed = try await send(
            "PATCH", base + "/api/v1/cameras/" + id, ["uri": "test:?width=640&height=480&fps=10"])
        #expect(changed.status == 200)
        #expect(
            try await eventuallyTrue {
                let status = try await get(base + "/api/v1/cameras/" + id).body["status"] as? [String: Any]
                return status?["width"] as? Int == 640 && (status?["analysed"] as? Int ?? 0) > 0
                    && status?["state"] as? String == "live"
            }, "a changed camera is analysed again")
        let secret = try await send(
            "POST", base + "/api/v1/cameras", ["name": "Door", "uri": "rtsp://admin:s3cret@127.0.0.1:9/x"])
        #expect(secret.status == 201)
        #expect(!(secret.body["uri"] as? String ?? "s3cret").contains("s3cret"))
        let wrong = try await send("POST", base + "/api/v1/cameras", ["name": "X", "uri": "gopher://x"])
        #expect(wrong.status >= 400 && wrong.status < 500)
        #expect(try await send("DELETE", base + "/api/v1/cameras/" + id, nil).status == 204)
        #expect(try await get(base + "/api/v1/cameras/" + id).status == 404)
        #expect(
            try await eventuallyTrue {
                let door = try await get(base + "/api/v1/cameras/" + (secret.body["id"] as? String ?? ""))
                return (door.body["status"] as? [String: Any])?["state"] as? String == "backing-off"
            })
        server.send(SIGTERM)
        let result = await server.finish()
        #expect(result.status == 0)
        #expect(!result.errors.contains("s3cret"), "no password in the log")
    }
}
