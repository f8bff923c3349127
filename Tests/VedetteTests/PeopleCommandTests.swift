import Foundation
import Testing
import VedetteCore
import VedetteStore

/// The commands about people, on a data folder that has some.
@Suite struct PeopleCommandTests {
    private let start = Date(timeIntervalSince1970: 1_790_000_000)

    /// Ada was seen at two cameras; a stranger was seen once.
    private func fill(_ path: String) async throws -> (ada: PersonID, stranger: PersonID) {
        let store = try SQLiteStore.open(in: DataFolder.open(at: path))
        let ada = try await store.createPerson(name: "Ada")
        let stranger = AnonymousPerson(id: .make(), number: 17, createdAt: start)
        func record(
            _ camera: String, _ from: Double, _ person: PersonID, _ new: AnonymousPerson? = nil
        ) -> SightingRecord {
            SightingRecord(
                sighting: Sighting(
                    id: .make(), camera: CameraID(camera)!, track: 1, person: person,
                    firstSeen: start.addingTimeInterval(from), lastSeen: start.addingTimeInterval(from + 10),
                    similarity: 0.75, quality: 0.5, ended: true),
                face: nil, anonymous: new)
        }
        try await store.write([
            record("door", 0, ada.id), record("door", 30, ada.id), record("yard", 60, ada.id),
            record("yard", 500, stranger.id, stranger),
        ])
        try await store.close()
        return (ada.id, stranger.id)
    }

    @Test func listsByKind() async throws {
        let scratch = try Scratch()
        let (ada, stranger) = try await fill(scratch.path)
        for (kind, people) in [("named", [ada]), ("anonymous", [stranger]), ("all", [ada, stranger])] {
            let result = try await Program.run("people", "list", "--kind", kind, "--data", scratch.path, "--json")
            #expect(result.lines.map { $0["id"] as? String } == people.map(\.rawValue), "\(kind): \(result.errors)")
            #expect(result.lines.map { $0["anonymous"] as? Bool } == people.map { $0 == stranger })
        }
        #expect(try await Program.run("people", "list", "--kind", "some", "--data", scratch.path).status == 64)
    }

    @Test func undoesAMerge() async throws {
        let scratch = try Scratch()
        let (ada, stranger) = try await fill(scratch.path)
        let merged = try await Program.run("people", "merge", "Unknown 17", "Ada", "--data", scratch.path)
        #expect(merged.status == 0, "\(merged.errors)")
        let list = try await Program.run("people", "split", "Ada", "--data", scratch.path, "--json")
        #expect(list.lines.first?["name"] as? String == "Unknown 17")
        let merge = try #require(list.lines.first?["merge"] as? String)
        for wrong in ["none", "a b"] {
            let refused = try await Program.run("people", "split", "Ada", wrong, "--data", scratch.path)
            #expect(refused.status == 1)
            #expect(refused.errors.contains(wrong))
        }
        let split = try await Program.run("people", "split", ada.rawValue, merge, "--data", scratch.path, "--json")
        #expect(split.lines.first?["id"] as? String == stranger.rawValue, "\(split.errors)")
        #expect(split.lines.first?["anonymous"] as? Bool == true)
    }

    @Test func tellsAJourney() async throws {
        let scratch = try Scratch()
        _ = try await fill(scratch.path)
        let journey = try await Program.run("people", "journey", "Ada", "--data", scratch.path, "--json")
        #expect(journey.lines.map { $0["camera"] as? String } == ["door", "yard"], "\(journey.errors)")
        #expect(journey.lines.first?["seconds"] as? Double == 40)
        #expect((journey.lines.first?["sightings"] as? [String])?.count == 2)
        let text = try await Program.run("people", "journey", "Ada", "--gap", "5", "--data", scratch.path)
        #expect(text.output.split(separator: "\n").count == 3)
        #expect(text.output.contains("door  10 s  75 %"))
        let late = try await Program.run(
            "people", "journey", "Ada", "--from", "2026-09-21T14:14:01Z", "--data", scratch.path, "--json")
        #expect(late.lines.map { $0["camera"] as? String } == ["yard"], "\(late.output)")
        let wrong = try await Program.run("people", "journey", "Ada", "--from", "noon", "--data", scratch.path)
        #expect(wrong.status == 64)
        let nobody = try await Program.run("people", "journey", "Eve", "--data", scratch.path)
        #expect(nobody.status == 1 && nobody.errors.contains("Eve"))
    }
}
