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

    private func serve(_ arguments: [String]) async throws -> LiveServer {
        try await LiveServer(arguments, data: scratch.path + "/data")
    }

    @Test func fromTheDemoToANamedFaceAndBackAfterAKill() async throws {
        var server = try await serve(["--demo"])
        defer { server.process.send(SIGKILL) }
        // Boxes with the names of enrolled guests.
        #expect(
            try await eventuallyTrue {
                let faces =
                    try await server.get("cameras/demo-1/tracks").body["faces"] as? [[String: Any]] ?? []
                return faces.contains { $0["name"] is String }
            })
        // An unknown face is given a name, and has it at once.
        var unknown: [String: Any]?
        #expect(
            try await eventuallyTrue {
                unknown = try await server.items("sightings?known=false&limit=50").first {
                    ($0["hasFace"] as? Bool) == true && ($0["ended"] as? Bool) == false
                        && ($0["quality"] as? Double ?? 0) > 0.5
                }
                return unknown != nil
            })
        let sighting = try #require(unknown?["id"] as? String)
        let created = try await server.send("POST", "people", ["name": "Guest 😀/..", "sighting": sighting])
        #expect(created.status == 201)
        let entry = try await server.get("sightings/" + sighting)
        #expect(entry.body["personName"] as? String == "Guest 😀/..")
        #expect(
            try await eventuallyTrue(seconds: 10) {
                try await server.items("people").contains { $0["name"] as? String == "Guest 😀/.." }
            })
        let before = try await server.items("sightings?limit=200").count
        #expect(before > 0)
        // Killed without warning: what was written more than a second ago is there again.
        try await Task.sleep(for: .seconds(1))
        server.process.send(SIGKILL)
        _ = await server.process.finish()
        server = try await serve(["--demo"])
        let after = try await server.items("sightings?limit=1000")
        #expect(after.count >= before)
        #expect(after.contains { $0["id"] as? String == sighting })
        #expect(try await server.items("people").contains { $0["name"] as? String == "Guest 😀/.." })
        server.process.send(SIGTERM)
        #expect(await server.process.finish().status == 0)
        // After a stop in good order nothing is left open.
        let log = try await Program.run("sightings", "--data", scratch.path + "/data", "--json", "--limit", "1000")
        #expect(log.status == 0)
        #expect(log.lines.count >= before)
        #expect(log.lines.allSatisfy { $0["ended"] as? Bool == true })
    }

    @Test func stopsWithinASecondWithViewersAttached() async throws {
        let server = try await serve(["--camera", "test:?width=320&height=240&fps=10"])
        defer { server.process.send(SIGKILL) }
        let url = try #require(URL(string: server.base + "/api/v1/cameras/camera-1/stream.mjpeg"))
        let viewers = (0..<5).map { _ in
            Task {
                let (bytes, _) = try await URLSession.shared.data(from: url)
                return bytes.count
            }
        }
        #expect(
            try await eventuallyTrue {
                let metrics = try await URLSession.shared.data(
                    from: try #require(URL(string: server.base + "/metrics"))
                ).0
                return String(decoding: metrics, as: UTF8.self).contains(
                    "vedette_camera_frames_received_total{camera=\"camera-1\"}")
            })
        try await Task.sleep(for: .milliseconds(700))
        let start = ContinuousClock.now
        server.process.send(SIGTERM)
        let result = await server.process.finish()
        #expect(result.status == 0, "\(result.errors)")
        // Generous: the machine may be busy. A stop that waits for viewers or time-outs takes far longer.
        #expect(ContinuousClock.now - start < .seconds(5))
        for viewer in viewers { _ = await viewer.result }
    }

    @Test func aPortInUseIsSaid() async throws {
        let server = try await serve([])
        defer { server.process.send(SIGKILL) }
        let port = try #require(server.base.split(separator: ":").last.map(String.init))
        let other = try Scratch()
        let second = try await Program.run("serve", "--port", port, "--data", other.path)
        #expect(second.status == 1)
        #expect(second.errors.contains("127.0.0.1:\(port)"), "\(second.errors)")
        server.process.send(SIGTERM)
        _ = await server.process.finish()
    }

    @Test func camerasComeAndGoWithoutARestart() async throws {
        let server = try await serve([])
        defer { server.process.send(SIGKILL) }
        let created = try await server.send(
            "POST", "cameras", ["name": "Pattern", "uri": "test:?width=320&height=240&fps=10"])
        #expect(created.status == 201)
        let id = try #require(created.body["id"] as? String)
        #expect(
            try await eventuallyTrue {
                let status = try await server.get("cameras/" + id).body["status"] as? [String: Any]
                return status?["state"] as? String == "live" && (status?["analysed"] as? Int ?? 0) > 0
            })
        let changed = try await server.send("PATCH", "cameras/" + id, ["uri": "test:?width=640&height=480&fps=10"])
        #expect(changed.status == 200)
        #expect(
            try await eventuallyTrue {
                let status = try await server.get("cameras/" + id).body["status"] as? [String: Any]
                return status?["width"] as? Int == 640 && (status?["analysed"] as? Int ?? 0) > 0
                    && status?["state"] as? String == "live"
            }, "a changed camera is analysed again")
        let secret = try await server.send(
            "POST", "cameras", ["name": "Door", "uri": "rtsp://admin:s3cret@127.0.0.1:9/x"])
        #expect(secret.status == 201)
        #expect(!(secret.body["uri"] as? String ?? "s3cret").contains("s3cret"))
        let wrong = try await server.send("POST", "cameras", ["name": "X", "uri": "gopher://x"])
        #expect(wrong.status >= 400 && wrong.status < 500)
        #expect(try await server.send("DELETE", "cameras/" + id, nil).status == 204)
        #expect(try await server.get("cameras/" + id).status == 404)
        #expect(
            try await eventuallyTrue {
                let door = try await server.get("cameras/" + (secret.body["id"] as? String ?? ""))
                return (door.body["status"] as? [String: Any])?["state"] as? String == "backing-off"
            })
        server.process.send(SIGTERM)
        let result = await server.process.finish()
        #expect(result.status == 0)
        #expect(!result.errors.contains("s3cret"), "no password in the log")
    }
}
