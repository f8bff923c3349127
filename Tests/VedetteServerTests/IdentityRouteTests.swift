import Foundation
import HTTPTypes
import Testing
import VedetteCore
import VedettePipeline

@testable import VedetteServer

@Suite struct IdentityRouteTests {
    @Test func listsPeopleByKind() async throws {
        let harness = Harness()
        let ada = try await harness.store.createPerson(name: "Ada")
        let (stranger, _) = try await harness.addStranger(17)
        try await harness.test { client in
            for (query, ids) in [
                ("", [ada.id]), ("?kind=named", [ada.id]), ("?kind=anonymous", [stranger]),
                ("?kind=all", [ada.id, stranger]),
            ] {
                let answer = try await client.get("/api/v1/people\(query)")
                #expect(answer.items.map { $0["id"] as? String } == ids.map(\.rawValue), "\(query)")
                #expect(answer.items.map { $0["anonymous"] as? Bool } == ids.map { $0 == stranger }, "\(query)")
            }
            let refused = try await client.get("/api/v1/people?kind=both")
            #expect(refused.problem == "invalid-query")
            #expect(refused.detail.contains("named, anonymous, all"))
        }
    }

    @Test func listsStrangersAndNamesOne() async throws {
        let harness = Harness()
        let (stranger, sighting) = try await harness.addStranger(17)
        let (rare, _) = try await harness.addStranger(18)
        try await harness.addSighting(person: stranger, at: 100, hasFace: false)
        try await harness.test { client in
            let list = try await client.get("/api/v1/anonymous")
            let people = list.items.compactMap { $0["person"] as? [String: Any] }
            #expect(people.map { $0["id"] as? String } == [stranger.rawValue, rare.rawValue])
            #expect(people[0]["name"] as? String == "Unknown 17")
            #expect(list.items[0]["sightings"] as? Int == 2)
            #expect(list.items[0]["lastSeen"] as? String == "2023-11-14T22:15:10.000Z")
            #expect(list.items[0]["bestSighting"] as? String == sighting.rawValue)
            #expect(try await client.get("/api/v1/anonymous?limit=1").json["next"] is String)
            #expect(try await client.get("/api/v1/anonymous?cursor=junk").problem == "invalid-value")
            #expect(try await client.get("/api/v1/anonymous?kind=all").problem == "invalid-query")

            #expect(try await client.get("/api/v1/sightings/\(sighting)").json["anonymous"] as? Bool == true)
            let named = try await client.json(.patch, "/api/v1/people/\(stranger)", #"{"name":"Ada"}"#)
            #expect(named.json["anonymous"] as? Bool == false)
            let entry = try await client.get("/api/v1/sightings/\(sighting)")
            #expect(entry.json["anonymous"] as? Bool == false)
            #expect(entry.json["personName"] as? String == "Ada")
        }
    }

    @Test func undoesAMerge() async throws {
        let harness = Harness()
        let ada = try await harness.store.createPerson(name: "Ada")
        let (stranger, sighting) = try await harness.addStranger(3)
        try await harness.test { client in
            let path = "/api/v1/people/\(ada.id)"
            let merged = try await client.json(.post, "\(path)/merge", "{\"source\":\"\(stranger)\"}")
            let merge = try #require(merged.json["merge"] as? String)
            #expect(harness.forgotten.people == [stranger])
            let list = try await client.get("\(path)/merges")
            #expect(list.items.map { $0["id"] as? String } == [merge])
            #expect(list.items[0]["source"] as? String == stranger.rawValue)
            #expect(list.items[0]["sourceName"] as? String == "Unknown 3")
            #expect(list.items[0]["sourceAnonymous"] as? Bool == true)
            #expect(list.items[0]["target"] as? String == ada.id.rawValue)

            #expect(try await client.json(.post, "\(path)/split", #"{"merge":"none"}"#).problem == "not-found")
            #expect(try await client.json(.post, "\(path)/split", "{}").problem == "invalid-value")
            let nobody = try await client.json(.post, "/api/v1/people/none/split", "{\"merge\":\"\(merge)\"}")
            #expect(nobody.problem == "not-found")
            #expect(try await client.get("/api/v1/people/none/merges").problem == "not-found")
            let split = try await client.json(.post, "\(path)/split", "{\"merge\":\"\(merge)\"}")
            #expect(split.status == .created)
            #expect(split.json["id"] as? String == stranger.rawValue)
            #expect(split.json["anonymous"] as? Bool == true)
            #expect(split.headers[.location] == "/api/v1/people/\(stranger)")
            let entry = try await client.get("/api/v1/sightings/\(sighting)")
            #expect(entry.json["person"] as? String == stranger.rawValue)
            #expect(try await client.json(.post, "\(path)/split", "{\"merge\":\"\(merge)\"}").problem == "not-found")
        }
    }

    @Test func givesASightingToSomebodyOrNobody() async throws {
        let harness = Harness()
        let ada = try await harness.store.createPerson(name: "Ada")
        let eve = try await harness.store.createPerson(name: "Eve")
        let id = try await harness.addSighting(person: ada.id)
        try await harness.test { client in
            let path = "/api/v1/sightings/\(id)"
            let given = try await client.json(.patch, path, "{\"person\":\"\(eve.id)\"}")
            #expect(given.json["personName"] as? String == "Eve")
            let revision = try #require(given.json["revision"] as? [String: Any])
            #expect(revision["previous"] as? String == ada.id.rawValue)
            #expect(revision["at"] is String)
            #expect(try await client.get("/api/v1/people/\(eve.id)").json["faceCount"] as? Int == 0)
            #expect(try await client.json(.patch, path, #"{"person":null}"#).json["person"] is NSNull)

            #expect(try await client.json(.patch, path, "{}").detail == "'person' is missing")
            #expect(try await client.json(.patch, path, #"{"person":"none"}"#).problem == "not-found")
            #expect(try await client.json(.patch, path, #"{"person":"a b"}"#).problem == "invalid-value")
            #expect(try await client.json(.patch, path, #"{"name":"Ada"}"#).problem == "invalid-value")
            let missing = try await client.json(.patch, "/api/v1/sightings/none", "{\"person\":\"\(eve.id)\"}")
            #expect(missing.problem == "not-found")
        }
    }

    @Test func rejectsAFaceAndTakesThatBack() async throws {
        let harness = Harness()
        let ada = try await harness.store.createPerson(name: "Ada")
        let id = try await harness.addSighting(person: ada.id)
        let faceless = try await harness.addSighting(person: ada.id, hasFace: false)
        try await harness.test { client in
            let body = "{\"person\":\"\(ada.id)\"}"
            let answer = try await client.json(.post, "/api/v1/sightings/\(id)/reject", body)
            #expect(answer.status == .created)
            let rejection = try #require(answer.json["id"] as? String)
            #expect(answer.json["sighting"] as? String == id.rawValue)
            #expect(answer.json["embedding"] == nil)
            #expect(try await client.get("/api/v1/sightings/\(id)").json["person"] is NSNull)
            let list = try await client.get("/api/v1/people/\(ada.id)/rejections")
            #expect(list.items.map { $0["id"] as? String } == [rejection])

            #expect(try await client.json(.post, "/api/v1/sightings/none/reject", body).problem == "not-found")
            #expect(try await client.json(.post, "/api/v1/sightings/\(faceless)/reject", body).problem == "not-found")
            let nobody = try await client.json(.post, "/api/v1/sightings/\(id)/reject", #"{"person":"none"}"#)
            #expect(nobody.problem == "not-found")
            #expect(try await client.json(.post, "/api/v1/sightings/\(id)/reject", "{}").problem == "invalid-value")
            #expect(try await client.get("/api/v1/people/none/rejections").problem == "not-found")

            let path = "/api/v1/people/\(ada.id)/rejections/\(rejection)"
            #expect(
                try await client.send(.delete, "/api/v1/people/none/rejections/\(rejection)").problem == "not-found")
            #expect(try await client.send(.delete, path).status == .noContent)
            #expect(try await client.send(.delete, path).problem == "not-found")
            #expect(try await client.get("/api/v1/people/\(ada.id)/rejections").items.isEmpty)
        }
    }

    @Test func aPoorFaceIsNoSampleButCanBeGiven() async throws {
        let harness = Harness()
        let ada = try await harness.store.createPerson(name: "Ada")
        let poor = try await harness.addSighting(quality: 0.2)
        try await harness.test { client in
            let path = "/api/v1/people/\(ada.id)/faces"
            let refused = try await client.json(.post, path, "{\"sighting\":\"\(poor)\"}")
            #expect(refused.problem == "enrolment-refused")
            #expect(refused.json["code"] as? String == "face-too-poor")
            let entry = try await client.get("/api/v1/sightings/\(poor)")
            #expect(entry.json["person"] is NSNull)
            let given = try await client.json(.patch, "/api/v1/sightings/\(poor)", "{\"person\":\"\(ada.id)\"}")
            #expect(given.json["person"] as? String == ada.id.rawValue)
        }
    }

    @Test func tellsAJourneyWithItsHandOvers() async throws {
        let harness = Harness()
        try await harness.addCamera("yard")
        let ada = try await harness.store.createPerson(name: "Ada")
        for (camera, at) in [("yard", 0.0), ("yard", 20), ("door", 45), ("yard", 1000)] {
            try await harness.addSighting(camera: camera, person: ada.id, at: at)
        }
        try await harness.test { client in
            let path = "/api/v1/people/\(ada.id)/journey"
            let journey = try await client.get(path)
            #expect((journey.json["person"] as? [String: Any])?["name"] as? String == "Ada")
            let stops = try #require(journey.json["stops"] as? [[String: Any]])
            #expect(stops.map { $0["camera"] as? String } == ["yard", "door", "yard"])
            #expect(stops[0]["cameraName"] as? String == "Camera yard")
            #expect(stops[1]["cameraName"] is NSNull)
            #expect(stops[0]["seconds"] as? Double == 30)
            #expect((stops[0]["sightings"] as? [String])?.count == 2)
            #expect(stops.map { $0["count"] as? Int } == [2, 1, 1])
            #expect(stops[0]["similarity"] as? Double == 0.625)
            #expect(stops[0]["firstSeen"] as? String == "2023-11-14T22:13:20.000Z")
            let handovers = try #require(journey.json["handovers"] as? [[String: Any]])
            #expect(handovers.count == 2)
            #expect(handovers[0]["from"] as? String == "yard")
            #expect(handovers[0]["to"] as? String == "door")
            #expect(handovers[0]["leftAt"] as? String == "2023-11-14T22:13:50.000Z")
            #expect(handovers[0]["gap"] as? Double == 15)

            func count(_ query: String) async throws -> Int? {
                (try await client.get("\(path)?\(query)").json["stops"] as? [Any])?.count
            }
            #expect(try await count("gap=5") == 4)
            #expect(try await count("limit=1") == 1)
            #expect(try await count("from=2023-11-14T22:20:00Z") == 1)
            #expect(try await count("to=2023-11-14T22:13:45Z") == 1)
            #expect(try await count("gap=86400") == 3)
            for query in ["gap=-1", "gap=86401", "gap=inf", "gap=long", "limit=0", "from=noon", "cursor=x"] {
                #expect(try await client.get("\(path)?\(query)").problem == "invalid-query", "\(query)")
            }
            #expect(try await client.get("/api/v1/people/none/journey").problem == "not-found")
        }
    }

    @Test func explainsATrackAsLongAsThatIsKept() async throws {
        let harness = Harness()
        let ada = try await harness.store.createPerson(name: "Ada")
        let sighting = SightingID.make()
        let seen = Date(timeIntervalSince1970: 1_700_000_000)
        harness.explanations.write(
            TrackExplanation(
                sighting: sighting, camera: CameraID("yard")!, track: 4, isLive: true, firstSeen: seen, lastSeen: seen,
                framesSeen: 9, looks: 3, looksNeeded: 4, faceHeight: 52,
                quality: FaceQuality(overall: 0.5, size: 0.25, sharpness: 0.75, frontality: 1),
                candidates: [
                    .init(person: ada.id, name: "Ada", isAnonymous: false, similarity: 0.5, isRejected: true)
                ],
                margin: nil, similarityNeeded: 0.375, marginNeeded: 0.0625,
                votes: [.init(person: ada.id, name: "Ada", looks: 2)], verdict: .tooFewLooks, person: nil, name: nil,
                reason: "It was looked at 3 times, and a face of this size takes 4."))
        try await harness.test { client in
            let answer = try await client.get("/api/v1/tracks/\(sighting)/explain")
            #expect(answer.status == .ok)
            #expect(answer.json["verdict"] as? String == "too-few-looks")
            #expect(answer.json["looks"] as? Int == 3)
            #expect(answer.json["looksNeeded"] as? Int == 4)
            #expect(answer.json["live"] as? Bool == true)
            #expect(answer.json["margin"] is NSNull)
            #expect(answer.json["person"] is NSNull)
            #expect(answer.json["similarityNeeded"] as? Double == 0.375)
            #expect((answer.json["quality"] as? [String: Any])?["sharpness"] as? Double == 0.75)
            let candidate = try #require((answer.json["candidates"] as? [[String: Any]])?.first)
            #expect(candidate["rejected"] as? Bool == true)
            #expect(candidate["similarity"] as? Double == 0.5)
            #expect((answer.json["votes"] as? [[String: Any]])?.first?["looks"] as? Int == 2)

            let gone = try await client.get("/api/v1/tracks/none/explain")
            #expect(gone.problem == "not-found")
            #expect((gone.json["remedy"] as? String)?.contains("kept in memory") == true)
            #expect(try await client.get("/api/v1/tracks/a%20b/explain").problem == "invalid-identifier")
        }
    }

    @Test func aFaceInViewSaysWhetherItsPersonIsAnonymous() async throws {
        let harness = Harness()
        let camera = try await harness.addCamera("yard")
        let face = LiveFace(
            track: 1, box: Box(x: 0, y: 0, width: 50, height: 50), person: .make(), name: "Unknown 17",
            isAnonymous: true, similarity: 0.9, since: Date(), observed: true)
        try harness.publish(1, on: camera.id, faces: [face])
        #expect(face.overlay.label == "Unknown 17")
        try await harness.test { client in
            let faces = try await client.get("/api/v1/cameras/yard/tracks").json["faces"] as? [[String: Any]]
            #expect(faces?.first?["anonymous"] as? Bool == true)
            #expect(faces?.first?["name"] as? String == "Unknown 17")
            #expect(faces?.first?["style"] as? String == "unknown")
        }
    }
}
