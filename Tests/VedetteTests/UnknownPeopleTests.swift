import Foundation
import Testing

/// People nobody has enrolled, over two live cameras and over a restart: real films, models, database and port.
@Suite(.enabled(if: Scene.isHere, Comment(rawValue: Scene.absence)), .serialized)
struct UnknownPeopleTests {
    private let scratch: Scratch
    private let scene: Scene

    init() throws {
        scratch = try Scratch()
        scene = try Scene()
    }

    private var data: String { scratch.path + "/data" }

    /// Shows films as cameras `camera-1`, `camera-2` and so on, each once.
    private func serve(_ cameras: [Int]) async throws -> LiveServer {
        try await LiveServer(
            cameras.flatMap { ["--camera", scene.film($0)] }, data: data,
            environment: ["VEDETTE_CAMERA_LOOP_FILES": "false"])
    }

    /// Waits until every camera's film is over and what was seen is written.
    private func watchToTheEnd(_ server: LiveServer) async throws {
        let isOver = try await eventuallyTrue(seconds: 60) {
            let cameras = try await server.items("cameras").map { $0["status"] as? [String: Any] }
            guard cameras.allSatisfy({ $0?["reason"] as? String == "the recording is over" }) else { return false }
            let sightings = try await server.items("sightings?limit=1000")
            return !sightings.isEmpty && sightings.allSatisfy { $0["ended"] as? Bool == true }
        }
        #expect(isOver, "\(server.process.errors)")
    }

    /// The films run in real time, and a busy machine leaves frames out: of half of them people cannot be told apart as well.
    private func checkPace(_ server: LiveServer) async throws {
        for camera in try await server.items("cameras") {
            let status = try #require(camera["status"] as? [String: Any])
            let (analysed, received) = (status["analysed"] as? Int ?? 0, status["received"] as? Int ?? 0)
            #expect(received > 150 && analysed > 0)
            guard 4 * analysed >= 3 * received else {
                try Test.cancel("skipped: this machine is too busy, it looked at \(analysed) of \(received) frames")
            }
        }
    }

    private func text(_ object: [String: Any], _ key: String) throws -> String {
        try #require(object[key] as? String, "\(key) of \(object)")
    }

    private func strangers(_ server: LiveServer) async throws -> [(id: String, name: String)] {
        try await server.items("anonymous").map { item in
            let person = try #require(item["person"] as? [String: Any])
            #expect(person["anonymous"] as? Bool == true)
            return (try text(person, "id"), try text(person, "name"))
        }
    }

    /// The cameras at which a person stayed, in order.
    private func journey(of person: String, _ server: LiveServer) async throws -> [String] {
        let body = try await server.get("people/\(person)/journey").body
        return try #require(body["stops"] as? [[String: Any]], "\(body)").map { try text($0, "camera") }
    }

    private func sightings(of person: String, _ server: LiveServer) async throws -> [String: [String: Any]] {
        let all = try await server.items("sightings?limit=1000&person=\(person)").map { (try text($0, "id"), $0) }
        return Dictionary(uniqueKeysWithValues: all)
    }

    @Test func strangersAreToldApartOverCamerasNamedAndKnownAgainAfterARestart() async throws {
        let enrolment = try await Program.run("enroll", "--folder", Scene.gallery, "--data", data)
        try #require(enrolment.status == 0, "\(enrolment.errors)")
        let first = try await serve([1, 2])
        defer { first.process.send(SIGKILL) }
        let listener = try EventListener(first, after: 0)
        try await watchToTheEnd(first)
        try await checkPace(first)
        try await everybodyEnrolledIsFollowed(first)

        // Of few looks one of them may become two.
        let found = try await strangers(first)
        #expect((2...3).contains(found.count), "\(found)")
        try await theirLogIsTheirs(found, first)
        let journeys = try await journeys(of: found, first)
        let visitor = try #require(found.first { journeys[$0.id] == ["camera-2", "camera-1"] }, "\(journeys)")
        let others = found.filter { $0.id != visitor.id }

        // They changed cameras, and whoever listened was told.
        #expect(await eventually(seconds: 10) { !handOvers(of: visitor.id, listener).isEmpty })
        let change = try #require(handOvers(of: visitor.id, listener).first)
        #expect(change["anonymous"] as? Bool == true && change["personName"] as? String == visitor.name)
        #expect(change["from"] as? String == "camera-2" && change["to"] as? String == "camera-1")

        let before = try await sightings(of: visitor.id, first)
        try await name(visitor.id, "Visitor 😀", first)
        let after = try await sightings(of: visitor.id, first)
        #expect(Set(after.keys) == Set(before.keys) && after.count >= 2, "a name changes nobody's log")
        #expect(after.values.allSatisfy { $0["personName"] as? String == "Visitor 😀" })
        #expect(after.values.allSatisfy { $0["anonymous"] as? Bool == false })
        #expect(try await strangers(first).map(\.id) == others.map(\.id))
        #expect(await first.stop().status == 0)

        let second = try await serve([1])
        defer { second.process.send(SIGKILL) }
        #expect(try await strangers(second).map(\.name) == others.map(\.name), "numbers are given once")
        try await watchToTheEnd(second)
        try await checkPace(second)
        #expect(Set(try await strangers(second).map(\.id)) == Set(others.map(\.id)), "nobody is new")
        let again = try await sightings(of: visitor.id, second).filter { after[$0.key] == nil }
        #expect(!again.isEmpty && again.values.allSatisfy { $0["personName"] as? String == "Visitor 😀" })
        // One of the others is the second stranger, and has come again.
        var returns = 0
        for other in others {
            returns += try await sightings(of: other.id, second).values.count { $0["camera"] as? String == "camera-1" }
        }
        #expect(returns >= 2, "once in each run")
        #expect(await second.stop().status == 0)
    }

    /// Whoever is in the gallery was named at both cameras, at neither before they came there, and it is said why.
    private func everybodyEnrolledIsFollowed(_ server: LiveServer) async throws {
        let people = try await server.items("people")
        #expect(people.count == Set(scene.visits.filter(\.isKnown).map(\.person)).count)
        for person in people {
            let (id, name) = (try text(person, "id"), try text(person, "name"))
            let change = try #require(scene.changes.first { $0.name == name })
            // Somebody else under this name would be at a camera where the person is not.
            #expect(
                try await journey(of: id, server) == ["camera-\(change.from)", "camera-\(change.to)"], "\(name)")
            for sighting in try await sightings(of: id, server).keys {
                let why = try await server.get("tracks/\(sighting)/explain")
                #expect(why.status == 200 && why.body["verdict"] as? String == "recognised", "\(why.body)")
                #expect(why.body["person"] as? String == id)
                let candidates = try #require(why.body["candidates"] as? [[String: Any]])
                #expect(candidates.first?["name"] as? String == name)
            }
        }
    }

    private func theirLogIsTheirs(_ found: [(id: String, name: String)], _ server: LiveServer) async throws {
        #expect(Set(found.map(\.name)).count == found.count)
        for stranger in found {
            for (sighting, entry) in try await sightings(of: stranger.id, server) {
                #expect(entry["anonymous"] as? Bool == true && entry["personName"] as? String == stranger.name)
                let why = try await server.get("tracks/\(sighting)/explain").body
                #expect(why["verdict"] as? String == "anonymous" && why["person"] as? String == stranger.id, "\(why)")
            }
        }
    }

    private func journeys(
        of found: [(id: String, name: String)], _ server: LiveServer
    ) async throws -> [String: [String]] {
        var journeys: [String: [String]] = [:]
        for stranger in found { journeys[stranger.id] = try await journey(of: stranger.id, server) }
        return journeys
    }

    private func handOvers(of person: String, _ listener: EventListener) -> [[String: Any]] {
        listener.events("handover").filter { $0["person"] as? String == person }
    }

    private func name(_ person: String, _ name: String, _ server: LiveServer) async throws {
        let answer = try await server.send("PATCH", "people/\(person)", ["name": name])
        #expect(answer.status == 200 && answer.body["name"] as? String == name)
        #expect(answer.body["id"] as? String == person && answer.body["anonymous"] as? Bool == false)
    }
}
