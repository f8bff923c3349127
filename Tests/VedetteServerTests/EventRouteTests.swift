import Foundation
import HTTPTypes
import Testing
import VedetteCore
import VedettePipeline

@testable import VedetteServer

@Suite struct EventRouteTests {
    private let moment = Date(timeIntervalSince1970: 1_700_000_000)

    private func sighting(_ person: PersonID? = nil) -> Sighting {
        Sighting(
            id: .make(), camera: CameraID("yard")!, track: 3, person: person, firstSeen: moment, lastSeen: moment,
            similarity: person == nil ? nil : 0.75, quality: 0.5, ended: false)
    }

    private func harness(listeners: Int = 64) -> Harness {
        Harness(options: ServerOptions(port: 0, consoleFolder: Harness.console, eventListeners: listeners))
    }

    /// The JSON of the latest event in a piece of the stream, and its id.
    private func event(_ text: String) throws -> (id: UInt64, name: String, data: [String: Any]) {
        let found = try #require(text.matches(of: /id: (\d+)\nevent: (\w+)\ndata: ([^\n]*)\n\n/).last)
        let data = try JSONSerialization.jsonObject(with: Data(found.3.utf8)) as? [String: Any]
        return (try #require(UInt64(found.1)), String(found.2), try #require(data))
    }

    @Test func tellsWhatHappensAsItHappens() async throws {
        let harness = harness()
        try await harness.addCamera("yard")
        let ada = PersonID.make()
        var seen = sighting(ada)
        seen.revision = .init(previous: nil, at: moment)
        try await harness.serve { port in
            let connection = try Connection(port: port)
            try connection.request("GET", "/api/v1/events")
            let head = try await connection.read(until: ":\n\n")
            #expect(head.contains("200 OK"))
            #expect(head.lowercased().contains("content-type: text/event-stream"))
            harness.events.publish(.sighting(.corrected, seen, name: "Ada", isAnonymous: false), at: moment)
            let first = try event(try await connection.read(until: "}\n\n"))
            #expect(first.name == "sighting")
            #expect(first.data["phase"] as? String == "corrected")
            #expect(first.data["sighting"] as? String == seen.id.rawValue)
            #expect(first.data["cameraName"] as? String == "Camera yard")
            #expect(first.data["personName"] as? String == "Ada")
            #expect(first.data["anonymous"] as? Bool == false)
            #expect(first.data["at"] as? String == "2023-11-14T22:13:20.000Z")
            #expect((first.data["revision"] as? [String: Any])?["previous"] is NSNull)

            let handOver = HandOver(
                person: ada, name: "Unknown 17", isAnonymous: true, from: seen.camera, to: CameraID("door")!,
                sighting: seen.id, leftAt: moment, arrivedAt: moment.addingTimeInterval(2.5))
            harness.events.publish(.handOver(handOver), at: moment)
            let second = try event(try await connection.read(until: "}\n\n"))
            #expect(second.name == "handover")
            #expect(second.id > first.id)
            #expect(second.data["from"] as? String == "yard")
            #expect(second.data["fromName"] as? String == "Camera yard")
            #expect(second.data["toName"] is NSNull)
            #expect(second.data["gap"] as? Double == 2.5)
            #expect(second.data["anonymous"] as? Bool == true)
        }
    }

    @Test(arguments: [true, false])
    func goesOnBehindTheLastEventOfAClientThatComesBack(byHeader: Bool) async throws {
        let harness = harness()
        let seen = (0..<4).map { _ in sighting() }
        let listener = harness.events.events()
        for sighting in seen {
            harness.events.publish(.sighting(.opened, sighting, name: nil, isAnonymous: false), at: moment)
        }
        var iterator = listener.makeAsyncIterator()
        _ = await iterator.next()
        let last = try #require(await iterator.next()).id
        try await harness.serve { port in
            let connection = try Connection(port: port)
            let header = byHeader ? "Last-Event-ID: \(last)\r\n" : ""
            let query = byHeader ? "?after=0" : "?after=\(last)"
            try connection.send("GET /api/v1/events\(query) HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n")
            let text = try await connection.read(until: seen[3].id.rawValue)
            #expect(text.contains(seen[2].id.rawValue))
            #expect(!text.contains(seen[0].id.rawValue) && !text.contains(seen[1].id.rawValue))
        }
    }

    @Test func refusesMoreListenersThanAllowedAndNoticesThatOneLeft() async throws {
        let harness = harness(listeners: 1)
        try await harness.serve { port in
            let first = try Connection(port: port)
            try first.request("GET", "/api/v1/events")
            _ = try await first.read(until: ":\n\n")
            let second = try Connection(port: port)
            try second.request("GET", "/api/v1/events")
            let answer = try await second.read(until: "}")
            #expect(answer.contains("503") && answer.contains("too-many-viewers"))
            #expect(harness.events.listenerCount == 1)
            first.close()
            try await eventually { harness.events.listenerCount == 0 }
            // The place is free a moment after the hub knows.
            var isAccepted = false
            for _ in 0..<100 where !isAccepted {
                let next = try Connection(port: port)
                try next.request("GET", "/api/v1/events")
                isAccepted = try await next.read(until: "\r\n\r\n").contains("200 OK")
                if !isAccepted { try await Task.sleep(for: .milliseconds(20)) }
            }
            #expect(isAccepted)
        }
    }

    @Test func endsWithTheServerAndWithTheHub() async throws {
        let harness = harness()
        var stopped: ContinuousClock.Instant?
        var connections: [Connection] = []
        try await harness.serve { port in
            connections = [try Connection(port: port), try Connection(port: port)]
            for connection in connections {
                try connection.request("GET", "/api/v1/events")
                _ = try await connection.read(until: ":\n\n")
            }
            stopped = .now
        }
        // Far below the time between two heartbeats, and with room for a machine that is busy.
        #expect(try #require(stopped).duration(to: .now) < .seconds(4))
        #expect(harness.events.listenerCount == 0)

        let other = self.harness()
        try await other.serve { port in
            let connection = try Connection(port: port)
            try connection.request("GET", "/api/v1/events")
            _ = try await connection.read(until: ":\n\n")
            other.events.close()
            _ = try await connection.read(until: "0\r\n\r\n")
        }
    }

    @Test func refusesAnIdThatIsNone() async throws {
        try await Harness().test { client in
            #expect(try await client.get("/api/v1/events?after=x").problem == "invalid-query")
            #expect(try await client.get("/api/v1/events?before=1").problem == "invalid-query")
            let answer = try await client.get("/api/v1/events", headers: [HTTPField.Name("Last-Event-ID")!: "-1"])
            #expect(answer.problem == "invalid-query")
        }
    }
}
