import Foundation
import HTTPTypes
import Testing
import VedetteCore

@testable import VedetteServer

@Suite struct SystemRouteTests {
    @Test func tellsTheStatus() async throws {
        let harness = Harness()
        try await harness.addCamera("a")
        try await harness.addCamera("b", live: false)
        try await harness.test { client in
            let answer = try await client.get("/api/v1/status")
            #expect(answer.json["version"] as? String == "1.2.3")
            #expect(answer.json["startedAt"] as? String == "2023-11-14T22:13:20.250Z")
            #expect(answer.json["notReady"] is NSNull)
            #expect(answer.json["cameras"] as? [String: Int] == ["total": 2, "live": 1, "viewers": 0])
        }
    }

    @Test func isAliveAndReadyApart() async throws {
        let harness = Harness()
        try await harness.test { client in
            #expect(try await client.get("/health/live").status == .ok)
            #expect(try await client.get("/health/ready").status == .ok)
            harness.ready.set(.notReady("the model is being loaded"))
            #expect(try await client.get("/health/live").status == .ok)
            let ready = try await client.get("/health/ready")
            #expect(ready.status == .serviceUnavailable)
            #expect(ready.problem == "not-ready")
            #expect(ready.detail == "the model is being loaded")
        }
    }

    @Test func countsRequestsByRouteAndNotByPath() async throws {
        let harness = Harness()
        let camera = try await harness.addCamera("yard")
        try harness.publish(1, on: camera.id)
        try await harness.test { client in
            for id in ["a", "b", "c"] { _ = try await client.get("/api/v1/people/\(id)") }
            for path in ["/x", "/y"] { _ = try await client.get(path) }
            _ = try await client.send(HTTPRequest.Method("BREW")!, "/x")
            let answer = try await client.get("/metrics")
            #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            let lines = answer.text.split(separator: "\n")
            func count(_ labels: String) -> Bool {
                lines.contains { $0.hasPrefix("vedette_http_requests_total{\(labels)}") }
            }
            #expect(
                lines.contains(#"vedette_http_requests_total{method="GET",route="/api/v1/people/{id}",status="404"} 3"#)
            )
            #expect(lines.contains(#"vedette_http_requests_total{method="GET",route="NotFound",status="404"} 2"#))
            #expect(count(#"method="other",route="NotFound",status="404""#))
            #expect(lines.contains(#"vedette_camera_frames_analysed_total{camera="yard"} 1"#))
            #expect(lines.contains(#"vedette_camera_frames_received_total{camera="yard"} 0"#))
            #expect(lines.contains(#"vedette_camera_frames_replaced_total{camera="yard"} 0"#))
            #expect(lines.contains(#"vedette_camera_state{camera="yard",state="live"} 1"#))
            #expect(lines.contains(#"vedette_camera_state{camera="yard",state="backing-off"} 0"#))
            #expect(lines.contains { $0.hasPrefix("process_resident_memory_bytes ") })
        }
    }
}
