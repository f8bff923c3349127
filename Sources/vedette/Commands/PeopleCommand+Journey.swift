import ArgumentParser
import Foundation
import VedetteCore
import VedetteStore

extension PeopleCommand {
    struct Journey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print where a person was, camera after camera.",
            discussion: "Example: vedette people journey \"Ada Lovelace\" --from 2026-11-20T08:00:00Z")
        @Argument(help: "Id or name.") var person: String
        @Option(help: ArgumentHelp("Only what was at or after this time (RFC 3339).", valueName: "time"))
        var from: String?
        @Option(help: ArgumentHelp("Only what began before this time (RFC 3339).", valueName: "time")) var to: String?
        @Option(help: ArgumentHelp("Seconds out of sight that do not end a stay.", valueName: "seconds"))
        var gap = 60.0
        @Option(help: "At most this many stays, the latest.") var limit = 100
        @OptionGroup var shared: SharedOptions

        /// One stay, as the HTTP API has it.
        struct Stop: Encodable {
            var camera: CameraID
            var firstSeen: String
            var lastSeen: String
            var seconds: Double
            var sightings: [SightingID]
            var similarity: Float?

            enum CodingKeys: CodingKey {
                case camera, firstSeen, lastSeen, seconds, sightings, similarity
            }

            /// Null where all was given by hand.
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(camera, forKey: .camera)
                try container.encode(firstSeen, forKey: .firstSeen)
                try container.encode(lastSeen, forKey: .lastSeen)
                try container.encode(seconds, forKey: .seconds)
                try container.encode(sightings, forKey: .sightings)
                try container.encode(similarity, forKey: .similarity)
            }
        }

        func validate() throws {
            try TimeArgument.check(["--from": from, "--to": to])
            guard (1...1000).contains(limit), gap >= 0, gap.isFinite else {
                throw ValidationError("--limit must be from 1 to 1000, and --gap 0 or more.")
            }
        }

        func run() async throws {
            try await CommandRunner.run {
                let store = try DataFolder.reading(try shared.load())
                let found = try await store.find(person)
                let stops = try await store.journey(
                    of: found.id, from: from.flatMap(TimeArgument.date), to: to.flatMap(TimeArgument.date), gap: gap,
                    limit: limit)
                try await store.close()
                for stop in stops { try show(stop) }
            }
        }

        private func show(_ stop: JourneyStop) throws {
            let seconds = (stop.lastSeen.timeIntervalSince(stop.firstSeen) * 1000).rounded() / 1000
            if shared.json {
                return try Console.printJSON(
                    Stop(
                        camera: stop.camera, firstSeen: TimeArgument.text(stop.firstSeen),
                        lastSeen: TimeArgument.text(stop.lastSeen), seconds: seconds, sightings: stop.sightings,
                        similarity: stop.similarity))
            }
            let similarity = stop.similarity.map { "  \(Int(($0 * 100).rounded())) %" } ?? ""
            let span = "\(stop.firstSeen.ISO8601Format()) to \(stop.lastSeen.ISO8601Format())"
            Console.print("\(span)  \(stop.camera)  \(Int(seconds.rounded())) s\(similarity)")
        }
    }
}
