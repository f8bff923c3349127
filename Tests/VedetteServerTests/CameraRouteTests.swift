import Foundation
import HTTPTypes
import Testing
import VedetteCore
import VedettePipeline

@testable import VedetteServer

@Suite struct CameraRouteTests {
    @Test func listsRunningAndSwitchedOffCamerasWithTheirState() async throws {
        let harness = Harness()
        try await harness.addCamera("b")
        try await harness.addCamera("c", live: false)
        harness.hub.setState(.backingOff, reason: "connection refused", of: CameraID("c")!)
        try await harness.store.save(Camera(id: CameraID("a")!, name: "Off", uri: SourceURI("test:"), enabled: false))
        try await harness.test { client in
            let answer = try await client.get("/api/v1/cameras")
            #expect(answer.status == .ok)
            #expect(answer.json["next"] is NSNull)
            #expect(answer.items.map { $0["id"] as? String } == ["a", "b", "c"])
            let states = answer.items.map { ($0["status"] as? [String: Any])?["state"] as? String }
            #expect(states == ["stopped", "live", "backing-off"])
            let status = answer.items[2]["status"] as? [String: Any]
            #expect(status?["reason"] as? String == "connection refused")
            #expect(status?["latency"] is NSNull)
            #expect(answer.items[0]["tracks"] == nil)
        }
    }

    @Test func pagesByCursor() async throws {
        let harness = Harness()
        for id in ["a", "b", "c"] { try await harness.addCamera(id) }
        try await harness.test { client in
            let first = try await client.get("/api/v1/cameras?limit=2")
            #expect(first.items.map { $0["id"] as? String } == ["a", "b"])
            let cursor = try #require(first.json["next"] as? String)
            let second = try await client.get("/api/v1/cameras?limit=2&cursor=\(cursor)")
            #expect(second.items.map { $0["id"] as? String } == ["c"])
            #expect(second.json["next"] is NSNull)
        }
    }

    @Test(arguments: [
        "rtsp://admin:s3cret@10.0.0.9/live", "rtsp://10.0.0.9/live?user=admin&password=s3cret",
        "http://admin:s3c%40ret@cam/x?token=s3cret",
    ])
    func neverShowsAPassword(uri: String) async throws {
        let harness = Harness()
        try await harness.test { client in
            let made = try await client.json(.post, "/api/v1/cameras", "{\"name\":\"Gate\",\"uri\":\"\(uri)\"}")
            #expect(made.status == .created)
            let id = try #require(made.json["id"] as? String)
            var answers = [
                made, try await client.get("/api/v1/cameras"), try await client.get("/api/v1/cameras/\(id)"),
            ]
            answers.append(try await client.json(.patch, "/api/v1/cameras/\(id)", "{\"name\":\"Door\"}"))
            answers.append(try await client.get("/metrics"))
            for answer in answers {
                #expect(!answer.text.contains("s3c"))
                #expect(!answer.text.contains("admin"))
            }
            #expect(made.json["uri"] is String)
        }
        #expect(try await harness.store.cameras().first?.uri.secret == uri)
    }

    @Test func createsChangesAndRemoves() async throws {
        let harness = Harness()
        try await harness.test { client in
            let made = try await client.json(
                .post, "/api/v1/cameras", #"{"name":" Gate ","uri":"test:","enabled":false}"#)
            let id = try #require(made.json["id"] as? String)
            #expect(made.headers[.location] == "/api/v1/cameras/\(id)")
            #expect(made.json["name"] as? String == "Gate")
            #expect(made.json["enabled"] as? Bool == false)

            let changed = try await client.json(.patch, "/api/v1/cameras/\(id)", #"{"enabled":true}"#)
            #expect(changed.json["enabled"] as? Bool == true)
            #expect(changed.json["name"] as? String == "Gate")
            #expect(harness.hub.status(of: CameraID(id)!) != nil)

            let removed = try await client.send(.delete, "/api/v1/cameras/\(id)")
            #expect(removed.status == .noContent)
            #expect(try await client.get("/api/v1/cameras/\(id)").status == .notFound)
            #expect(try await client.send(.delete, "/api/v1/cameras/\(id)").problem == "not-found")
        }
    }

    @Test(arguments: [
        #"{"name":"x","uri":""}"#, #"{"name":"x","uri":"nonsense"}"#, #"{"name":"","uri":"test:"}"#,
        #"{"name":"x","uri":"test:\u0000"}"#, #"{"uri":"test:"}"#, #"{"name":"x","uri":"test:","enabled":"yes"}"#,
    ])
    func refusesWhatCannotBeACamera(body: String) async throws {
        let harness = Harness()
        try await harness.test { client in
            let answer = try await client.json(.post, "/api/v1/cameras", body)
            #expect(answer.status == .unprocessableContent)
            #expect(answer.problem == "invalid-value")
        }
        #expect(try await harness.store.cameras().isEmpty)
    }

    @Test func showsTracksInPixelsOfTheFrame() async throws {
        let harness = Harness()
        let camera = try await harness.addCamera("yard")
        let time = CaptureTime(wall: 1_700_000_000_250_000_000, monotonic: 5)
        let sighting = SightingID.make()
        let faces = [
            LiveFace(
                track: 3, box: Box(x: 1, y: 2, width: 30, height: 40), person: PersonID("ada"), name: "Ada",
                similarity: 0.75, quality: 0.5, since: Date(timeIntervalSince1970: 1_700_000_000), sighting: sighting,
                observed: true),
            LiveFace(
                track: 4, box: Box(x: 0, y: 0, width: 5, height: 5), since: Date(timeIntervalSince1970: 1_700_000_000),
                observed: false),
        ]
        try harness.publish(9, on: camera.id, faces: faces, time: time)
        try await harness.test { client in
            let answer = try await client.get("/api/v1/cameras/yard/tracks")
            #expect(answer.json["sequence"] as? Int == 9)
            #expect(answer.json["capturedAt"] as? String == "2023-11-14T22:13:20.250Z")
            #expect(answer.json["width"] as? Int == 1280)
            let shown = try #require(answer.json["faces"] as? [[String: Any]])
            #expect(shown[0]["box"] as? [String: Double] == ["x": 1, "y": 2, "width": 30, "height": 40])
            #expect(shown[0]["name"] as? String == "Ada")
            #expect(shown[0]["style"] as? String == "sure")
            #expect(shown[0]["sighting"] as? String == sighting.rawValue)
            #expect(shown[1]["person"] is NSNull)
            #expect(shown[1]["similarity"] is NSNull)
            #expect(shown[1]["style"] as? String == "unknown")
            #expect(shown[1]["observed"] as? Bool == false)

            let list = try await client.get("/api/v1/cameras?include=tracks")
            let tracks = list.items.first?["tracks"] as? [String: Any]
            #expect((tracks?["faces"] as? [Any])?.count == 2)
        }
    }
}
