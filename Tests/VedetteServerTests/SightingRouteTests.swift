import Foundation
import HTTPTypes
import Testing
import VedetteCore

@testable import VedetteServer

@Suite struct SightingRouteTests {
    @Test func listsNewestFirstWithNames() async throws {
        let harness = Harness()
        try await harness.addCamera("yard")
        let ada = try await harness.store.createPerson(name: "Ada")
        let old = try await harness.addSighting(camera: "gone", at: 0)
        let new = try await harness.addSighting(person: ada.id, at: 100, hasFace: false)
        try await harness.test { client in
            let answer = try await client.get("/api/v1/sightings")
            #expect(answer.items.map { $0["id"] as? String } == [new.rawValue, old.rawValue])
            let first = answer.items[0]
            #expect(first["personName"] as? String == "Ada")
            #expect(first["cameraName"] as? String == "Camera yard")
            #expect(first["firstSeen"] as? String == "2023-11-14T22:15:00.000Z")
            #expect(first["lastSeen"] as? String == "2023-11-14T22:15:10.000Z")
            #expect(first["similarity"] as? Double == 0.625)
            #expect(first["hasFace"] as? Bool == false)
            #expect(answer.items[1]["cameraName"] is NSNull)
            #expect(answer.items[1]["person"] is NSNull)
        }
    }

    @Test func filters() async throws {
        let harness = Harness()
        let ada = try await harness.store.createPerson(name: "Ada")
        try await harness.addSighting(camera: "yard", at: 0)
        try await harness.addSighting(camera: "door", at: 100)
        try await harness.addSighting(camera: "door", person: ada.id, at: 200)
        let counts = [
            "camera=door": 2, "camera=none": 0, "person=\(ada.id)": 1, "known=true": 1, "known=false": 2,
            "from=2023-11-14T22:15:00Z": 2, "to=2023-11-14T22:15:00Z": 1, "from=2023-11-14T23:15:05%2B01:00": 2,
            "from=2023-11-14T23:15:05+01:00": 2, "to=2023-11-14T22:15:00.001Z": 2, "camera=door&known=false": 1,
            "limit=2": 2,
        ]
        try await harness.test { client in
            for (query, count) in counts {
                let answer = try await client.get("/api/v1/sightings?\(query)")
                #expect(answer.items.count == count, "\(query)")
            }
        }
    }

    @Test func pagesThroughAll() async throws {
        let harness = Harness()
        var ids: Set<String> = []
        for second in 0..<7 { ids.insert(try await harness.addSighting(at: Double(second)).rawValue) }
        let expected = ids
        try await harness.test { client in
            var seen: [String] = []
            var query = "?limit=3"
            while true {
                let page = try await client.get("/api/v1/sightings\(query)")
                seen += page.items.compactMap { $0["id"] as? String }
                guard let next = page.json["next"] as? String else { break }
                query = "?limit=3&cursor=\(next)"
            }
            #expect(seen.count == 7)
            #expect(Set(seen) == expected)
        }
    }

    @Test func showsOneAndItsFace() async throws {
        let harness = Harness()
        let id = try await harness.addSighting()
        let faceless = try await harness.addSighting(hasFace: false)
        try await harness.test { client in
            #expect(try await client.get("/api/v1/sightings/\(id)").json["id"] as? String == id.rawValue)
            let face = try await client.get("/api/v1/sightings/\(id)/face.jpg")
            #expect(face.text == "face")
            #expect(face.headers[.contentType] == "image/jpeg")
            #expect(try await client.get("/api/v1/sightings/\(faceless)/face.jpg").problem == "not-found")
            #expect(try await client.get("/api/v1/sightings/none").problem == "not-found")
        }
    }
}
