import ArgumentParser
import Foundation
import VedetteCore
import VedetteStore

struct SightingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sightings",
        abstract: "Print the log of who was seen, newest first.",
        discussion: "Example: vedette sightings --person \"Ada Lovelace\" --from 2026-11-20T08:00:00Z --json")

    @Option(help: "Only this person: id or name.") var person: String?
    @Option(help: "Only this camera's id.") var camera: String?
    @Option(help: ArgumentHelp("Only sightings at or after this time (RFC 3339).", valueName: "time")) var from: String?
    @Option(help: ArgumentHelp("Only sightings before this time (RFC 3339).", valueName: "time")) var to: String?
    @Flag(help: "Only faces of nobody who has a name.") var unknown = false
    @Option(help: "At most this many.") var limit = 100
    @OptionGroup var shared: SharedOptions

    struct Row: Encodable {
        var id: SightingID
        var camera: CameraID
        var person: String?
        var personId: PersonID?
        var anonymous: Bool
        var firstSeen: Date
        var lastSeen: Date
        var similarity: Float?
        var quality: Float
        var ended: Bool

        enum CodingKeys: CodingKey {
            case id, camera, person, personId, anonymous, firstSeen, lastSeen, similarity, quality, ended
        }

        /// As the HTTP API has it: null for an unknown face, and times in milliseconds.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(id, forKey: .id)
            try container.encode(camera, forKey: .camera)
            try container.encode(person, forKey: .person)
            try container.encode(personId, forKey: .personId)
            try container.encode(anonymous, forKey: .anonymous)
            try container.encode(TimeArgument.text(firstSeen), forKey: .firstSeen)
            try container.encode(TimeArgument.text(lastSeen), forKey: .lastSeen)
            try container.encode(similarity, forKey: .similarity)
            try container.encode(quality, forKey: .quality)
            try container.encode(ended, forKey: .ended)
        }
    }

    func validate() throws {
        guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000000.") }
        try TimeArgument.check(["--from": from, "--to": to])
        guard camera.map({ CameraID($0) != nil }) ?? true else {
            throw ValidationError("--camera must be a camera's id.")
        }
    }

    func run() async throws {
        try await CommandRunner.run {
            let store = try DataFolder.reading(try shared.load())
            var filter = SightingFilter()
            if let person { filter.person = try await store.find(person).id }
            filter.camera = camera.flatMap { CameraID($0) }
            filter.from = from.flatMap(TimeArgument.date)
            filter.to = to.flatMap(TimeArgument.date)
            if unknown { filter.known = false }
            var left = limit
            var cursor: String?
            repeat {
                let page = try await store.sightings(filter, page: PageRequest(cursor: cursor, limit: min(left, 500)))
                for entry in page.items { try show(entry) }
                left -= page.items.count
                cursor = page.next
            } while cursor != nil && left > 0
            try await store.close()
        }
    }

    private func show(_ entry: SightingEntry) throws {
        let sighting = entry.sighting
        if shared.json {
            try Console.printJSON(
                Row(
                    id: sighting.id, camera: sighting.camera, person: entry.personName, personId: sighting.person,
                    anonymous: entry.isAnonymous, firstSeen: sighting.firstSeen, lastSeen: sighting.lastSeen,
                    similarity: sighting.similarity,
                    quality: sighting.quality, ended: sighting.ended))
            return
        }
        let name = entry.personName ?? "unknown"
        let similarity = sighting.similarity.map { " \(Int(($0 * 100).rounded())) %" } ?? ""
        let span = "\(sighting.firstSeen.ISO8601Format()) to \(sighting.lastSeen.ISO8601Format())"
        Console.print("\(span)  \(sighting.camera)  \(name)\(similarity)\(sighting.ended ? "" : "  (in view)")")
    }
}
