import Foundation
import HTTPTypes
import Testing
import VedetteCore

@testable import VedetteServer

@Suite struct PeopleRouteTests {
    private func add(_ client: Client, _ name: String) async throws -> String {
        let answer = try await client.json(.post, "/api/v1/people", "{\"name\":\"\(name)\"}")
        #expect(answer.status == .created)
        return try #require(answer.json["id"] as? String)
    }

    @Test func createsFindsRenamesAndErases() async throws {
        try await Harness().test { client in
            let id = try await add(client, "Ada Lovelace")
            _ = try await add(client, "Björn 🦆 <b>x</b>")
            let found = try await client.get("/api/v1/people?search=love")
            #expect(found.items.map { $0["name"] as? String } == ["Ada Lovelace"])
            #expect(found.items[0]["faces"] == nil)
            let spaced = try await client.get("/api/v1/people?search=Ada+Love")
            #expect(spaced.items.count == 1)

            let renamed = try await client.json(.patch, "/api/v1/people/\(id)", #"{"name":"Ada King"}"#)
            #expect(renamed.json["name"] as? String == "Ada King")
            let erased = try await client.send(.delete, "/api/v1/people/\(id)")
            #expect(erased.json["samples"] as? Int == 0)
            #expect(try await client.get("/api/v1/people/\(id)").problem == "not-found")
            #expect(try await client.send(.delete, "/api/v1/people/\(id)").problem == "not-found")
        }
    }

    @Test func pagesThroughPeople() async throws {
        try await Harness().test { client in
            for name in ["c", "a", "b"] { _ = try await add(client, name) }
            var names: [String] = []
            var path = "/api/v1/people?limit=2"
            for _ in 0..<2 {
                let page = try await client.get(path)
                names += page.items.compactMap { $0["name"] as? String }
                guard let next = page.json["next"] as? String else { break }
                path = "/api/v1/people?limit=2&cursor=\(next)"
            }
            #expect(names == ["a", "b", "c"])
            #expect(try await client.get("/api/v1/people?cursor=junk").problem == "invalid-value")
        }
    }

    @Test func enrolsFromAFormAndTellsOfEachPicture() async throws {
        let harness = Harness()
        try await harness.test { client in
            let answer = try await client.form(
                "/api/v1/people",
                [
                    .photo("C:\\photos\\good.jpg"), .text("name", "Ada"), .photo("none.jpg", faces: 0),
                    .photo("two.png", faces: 2, type: "image/png"), .photo("script.gif", type: "image/gif"),
                    .photo("untyped", type: nil),
                ])
            #expect(answer.status == .created)
            #expect(answer.json["faceCount"] as? Int == 2)
            let results = try #require(answer.json["results"] as? [[String: Any]])
            #expect(
                results.map { $0["filename"] as? String } == [
                    "good.jpg", "none.jpg", "two.png", "script.gif", "untyped",
                ])
            let codes = results.map { ($0["error"] as? [String: Any])?["code"] as? String }
            #expect(codes == [nil, "no-face", "several-faces", "unsupported-media-type", nil])
            #expect(results[0]["error"] is NSNull)
            #expect((results[0]["face"] as? [String: Any])?["source"] as? String == "good.jpg")
            #expect(results[1]["face"] is NSNull)

            let listed = try await client.get("/api/v1/people?include=faces")
            #expect((listed.items[0]["faces"] as? [Any])?.count == 2)
        }
    }

    @Test func makesNobodyWhenNoPictureCanBeUsed() async throws {
        let harness = Harness()
        try await harness.test { client in
            let one = try await client.form("/api/v1/people", [.text("name", "Ada"), .photo("x.jpg", faces: 0)])
            #expect(one.status == .unprocessableContent)
            #expect(one.problem == "enrolment-refused")
            #expect(one.json["code"] as? String == "no-face")
            let two = try await client.form(
                "/api/v1/people", [.text("name", "Ada"), .photo("x.jpg", faces: 0), .photo("y.jpg", faces: 3)])
            #expect((two.json["results"] as? [Any])?.count == 2)
            let unnamed = try await client.form("/api/v1/people", [.photo("x.jpg")])
            #expect(unnamed.problem == "invalid-value")
            let unknown = try await client.form("/api/v1/people", [.text("name", "Ada"), .text("age", "36")])
            #expect(unknown.problem == "invalid-value")
            let twice = try await client.form("/api/v1/people", [.text("name", "Ada"), .text("name", "Eve")])
            #expect(twice.problem == "invalid-value")
            #expect(try await client.get("/api/v1/people").items.isEmpty)
        }
    }

    @Test func addsFacesAsFormAsRawBodyAndFromASighting() async throws {
        let harness = Harness()
        let sighting = try await harness.addSighting()
        try await harness.test { client in
            let id = try await add(client, "Ada")
            let path = "/api/v1/people/\(id)/faces"
            let form = try await client.form(path, [.photo("a.jpg"), .photo("b.jpg", faces: 0)])
            #expect(form.status == .created)
            #expect((form.json["results"] as? [Any])?.count == 2)
            let raw = try await client.send(
                .post, path, headers: [.contentType: "image/webp"], body: FakePhoto.bytes())
            #expect(raw.status == .created)
            let seen = try await client.json(.post, path, "{\"sighting\":\"\(sighting)\"}")
            #expect(seen.status == .created)
            #expect((seen.json["person"] as? [String: Any])?["faceCount"] as? Int == 3)
            let entry = try await client.get("/api/v1/sightings/\(sighting)")
            #expect(entry.json["personName"] as? String == "Ada")

            let refused = try await client.send(.post, path, headers: [.contentType: "image/jpeg"], body: [1, 2, 3])
            #expect(refused.problem == "enrolment-refused")
            #expect(refused.json["code"] as? String == "not-a-picture")
            let missing = try await client.json(.post, path, "{\"sighting\":\"none\"}")
            #expect(missing.problem == "not-found")
            let nobody = try await client.form("/api/v1/people/none/faces", [.photo("a.jpg")])
            #expect(nobody.problem == "not-found")
            let empty = try await client.form(path, [])
            #expect(empty.problem == "malformed-body" || empty.problem == "invalid-value")
        }
    }

    @Test func aNewPersonFromASightingIsTakenBackWhenThereIsNoFace() async throws {
        let harness = Harness()
        let faceless = try await harness.addSighting(hasFace: false)
        let good = try await harness.addSighting()
        try await harness.test { client in
            let refused = try await client.json(
                .post, "/api/v1/people", "{\"name\":\"Ada\",\"sighting\":\"\(faceless)\"}")
            #expect(refused.problem == "not-found")
            #expect(try await client.get("/api/v1/people").items.isEmpty)
            let made = try await client.json(.post, "/api/v1/people", "{\"name\":\"Ada\",\"sighting\":\"\(good)\"}")
            #expect(made.status == .created)
            #expect(made.json["faceCount"] as? Int == 1)
        }
    }

    @Test func showsAndRemovesAFaceOfItsPersonOnly() async throws {
        try await Harness().test { client in
            let ada = try await add(client, "Ada")
            let eve = try await add(client, "Eve")
            _ = try await client.form("/api/v1/people/\(ada)/faces", [.photo("a.jpg")])
            let shown = try await client.get("/api/v1/people/\(ada)")
            let face = try #require((shown.json["faces"] as? [[String: Any]])?.first?["id"] as? String)
            let image = try await client.get("/api/v1/people/\(ada)/faces/\(face)/image.jpg")
            #expect(image.text == "crop")
            #expect(image.headers[.contentType] == "image/jpeg")
            #expect(image.headers[.cacheControl] == "no-store")
            #expect(try await client.get("/api/v1/people/\(eve)/faces/\(face)/image.jpg").problem == "not-found")
            #expect(try await client.send(.delete, "/api/v1/people/\(eve)/faces/\(face)").problem == "not-found")
            #expect(try await client.send(.delete, "/api/v1/people/\(ada)/faces/\(face)").status == .noContent)
            #expect(try await client.get("/api/v1/people/\(ada)/faces/\(face)/image.jpg").problem == "not-found")
        }
    }

    @Test func mergesOnePersonIntoAnother() async throws {
        let harness = Harness()
        try await harness.test { client in
            let ada = try await add(client, "Ada")
            let twin = try await add(client, "Ada L.")
            _ = try await client.form("/api/v1/people/\(twin)/faces", [.photo("a.jpg")])
            let merged = try await client.json(.post, "/api/v1/people/\(ada)/merge", "{\"source\":\"\(twin)\"}")
            #expect(merged.json["faceCount"] as? Int == 1)
            #expect(try await client.get("/api/v1/people/\(twin)").problem == "not-found")
            let itself = try await client.json(.post, "/api/v1/people/\(ada)/merge", "{\"source\":\"\(ada)\"}")
            #expect(itself.problem == "invalid-value")
        }
    }

    @Test func tellsWhereAPersonWasLastSeen() async throws {
        let harness = Harness()
        try await harness.addCamera("yard")
        try await harness.test { client in
            let id = try await add(client, "Ada")
            #expect(try await client.get("/api/v1/people/\(id)/last-seen").json["sighting"] is NSNull)
            try await harness.addSighting(person: PersonID(id), at: 0)
            let last = try await harness.addSighting(person: PersonID(id), at: 60)
            let seen = try await client.get("/api/v1/people/\(id)/last-seen").json["sighting"] as? [String: Any]
            #expect(seen?["id"] as? String == last.rawValue)
            #expect(seen?["cameraName"] as? String == "Camera yard")
            #expect(try await client.get("/api/v1/people/none/last-seen").problem == "not-found")
        }
    }

    @Test func refusesBodiesBeyondTheLimit() async throws {
        var harness = Harness()
        harness.options.bodyLimit = 100_000
        try await harness.test { client in
            let id = try await add(client, "Ada")
            let huge = Array(repeating: UInt8(1), count: 200_000)
            let raw = try await client.send(
                .post, "/api/v1/people/\(id)/faces", headers: [.contentType: "image/jpeg"], body: huge)
            #expect(raw.status == .contentTooLarge)
            #expect(raw.problem == "body-too-large")
            let form = try await client.form(
                "/api/v1/people/\(id)/faces", [Part(name: "image", type: "image/jpeg", content: huge)])
            #expect(form.problem == "body-too-large")
            let many = try await client.form(
                "/api/v1/people/\(id)/faces", (0..<65).map { .photo("\($0).jpg") })
            #expect(many.problem == "body-too-large")
        }
    }

    @Test(arguments: [
        ("../../etc/passwd", "passwd"), ("C:\\x\\y.jpg", "y.jpg"), ("", "upload"), ("a\u{0}b\n.jpg", "ab.jpg"),
        ("/", "upload"),
        (String(repeating: "x", count: 300), String(repeating: "x", count: 100)),
    ])
    func filenamesAreOnlyShown(sent: String, shown: String) {
        #expect(MultipartForm.shownName(sent) == shown)
    }
}
