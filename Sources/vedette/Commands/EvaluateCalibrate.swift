import ArgumentParser
import Foundation
import VedetteCore
import VedetteGallery
import VedettePipeline
import VedetteStore

extension Evaluate {
    struct CalibrateCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "calibrate",
            abstract:
                "The threshold for a wanted rate of false matches, the false alarms to expect, and who is most alike.",
            discussion: """
                Examples: vedette evaluate calibrate --data vedette-data --false-match-rate 0.001
                          vedette evaluate calibrate --gallery staff/ --faces-per-day 2000 --json

                Without --gallery the people of the data folder are judged, and the unknown faces that each camera saw in the last --days \
                are what false alarms are counted on. Put the rate into recognition.false_positive_rate to work with it.
                """)

        @Option(help: ArgumentHelp("Folder with one sub-folder of photos per person.", valueName: "dir")) var gallery:
            String?
        @Option(
            help:
                "Share of strangers who may be taken for somebody in one decision; that of the configuration when left out."
        )
        var falseMatchRate: Double?
        @Option(help: "Faces of strangers a day, in place of what the cameras saw.") var facesPerDay: Double?
        @Option(help: "Days of the log that faces are counted in.") var days = 7
        @Option(help: "Pairs of people to list.") var pairs = 10
        @OptionGroup var shared: SharedOptions

        struct Report: Encodable {
            struct Camera: Encodable {
                var camera: String
                var facesPerDay: Double
                var falseAlarmsPerDay: Double?
            }

            struct Pair: Encodable {
                var first: String
                var firstId: PersonID
                var second: String
                var secondId: PersonID
                var similarity: Float
                /// Whether one would pass for the other, were it not for the lead that a name takes.
                var reachesThreshold: Bool
            }

            var people: Int
            var samples: Int
            var wantedRate: Double
            var threshold: Float
            var falseMatchRate: Double?
            var trackThreshold: Float
            var trackFalseMatchRate: Double?
            var cameras: [Camera]
            var falseAlarmsPerDay: Double?
            var alikeRate: Double
            var alike: [Pair]
        }

        func validate() throws {
            guard falseMatchRate.map({ (0.000001...0.5).contains($0) }) ?? true else {
                throw ValidationError("--false-match-rate must be from 0.000001 to 0.5.")
            }
            guard facesPerDay.map({ $0 >= 0 && $0.isFinite }) ?? true, (1...3650).contains(days),
                (0...1000).contains(pairs)
            else {
                throw ValidationError(
                    "--faces-per-day must not be negative, --days from 1 to 3650, --pairs from 0 to 1000.")
            }
        }

        func run() async throws {
            try await CommandRunner.run {
                var configuration = try shared.load()
                if let falseMatchRate { configuration.recognition.falsePositiveRate = falseMatchRate }
                let engine = try Engine.open(configuration)
                let people = try await GallerySource(gallery).load(engine, configuration)
                let counts = try await faceCounts(configuration)
                let report = report(people, engine.policy, counts, configuration)
                if shared.json { return try Console.printJSON(report) }
                show(report)
            }
        }

        /// Faces of strangers a day, by camera.
        private func faceCounts(_ configuration: Configuration) async throws -> [(camera: String, perDay: Double)] {
            if let facesPerDay { return [("all", facesPerDay)] }
            guard gallery == nil else { return [] }
            let store = try DataFolder.reading(configuration)
            let from = Date(timeIntervalSinceNow: -Double(days) * 86400)
            var counts: [CameraID: Int] = [:]
            var first = Date()
            var page = PageRequest(limit: 1000)
            repeat {
                let found = try await store.sightings(SightingFilter(from: from, known: false), page: page)
                for entry in found.items {
                    counts[entry.sighting.camera, default: 0] += 1
                    first = min(first, entry.sighting.firstSeen)
                }
                page.cursor = found.next
            } while page.cursor != nil
            try await store.close()
            // A log younger than the span counts for what it is, though not for less than an hour.
            let span = min(Double(days), max(1.0 / 24, Date().timeIntervalSince(first) / 86400))
            return counts.sorted { $0.key < $1.key }.map { ($0.key.rawValue, Double($0.value) / span) }
        }

        private func report(
            _ people: GallerySnapshot, _ policy: RecognitionPolicy, _ counts: [(camera: String, perDay: Double)],
            _ configuration: Configuration
        ) -> Report {
            let calibration = Calibration(people, policy: policy.threshold, limit: pairs)
            // What a face at a camera must reach: see IdentityOptions.headroom.
            let tracked = max(calibration.threshold, policy.threshold.floor + IdentityOptions().headroom(height: 0))
            let rate = policy.threshold.falseMatchRate(atSimilarity: tracked, galleryCount: people.count)
            let cameras = counts.map { camera, perDay in
                Report.Camera(camera: camera, facesPerDay: perDay, falseAlarmsPerDay: rate.map { $0 * perDay })
            }
            return Report(
                people: people.personCount, samples: people.count,
                wantedRate: configuration.recognition.falsePositiveRate, threshold: calibration.threshold,
                falseMatchRate: calibration.falseMatchRate, trackThreshold: tracked, trackFalseMatchRate: rate,
                cameras: cameras,
                falseAlarmsPerDay: cameras.isEmpty
                    ? nil : rate.map { rate in counts.reduce(0) { $0 + rate * $1.perDay } },
                alikeRate: calibration.alikeRate,
                alike: calibration.alike.map {
                    .init(
                        first: $0.first.name, firstId: $0.first.id, second: $0.second.name, secondId: $0.second.id,
                        similarity: $0.similarity, reachesThreshold: $0.similarity >= tracked)
                })
        }

        private func show(_ report: Report) {
            func share(_ value: Double?) -> String {
                value.map { String(format: "%.3g %%", $0 * 100) } ?? "not known for this pack"
            }
            Console.print("\(report.people) people, \(report.samples) photos")
            Console.print(
                "one picture: threshold \(thousandths(Double(report.threshold))) for \(share(report.wantedRate)) of strangers, "
                    + "false matches \(share(report.falseMatchRate))")
            Console.print(
                "a face at a camera: at least \(thousandths(Double(report.trackThreshold))), "
                    + "false matches at most \(share(report.trackFalseMatchRate)) of strangers")
            for camera in report.cameras {
                let alarms = camera.falseAlarmsPerDay.map { String(format: "%.3g", $0) } ?? "an unknown number of"
                Console.print(
                    "  \(camera.camera): \(tenths(camera.facesPerDay)) strangers and \(alarms) false alarms a day")
            }
            if report.cameras.isEmpty {
                Console.print("  no camera saw a stranger yet; --faces-per-day says how many to count on")
            }
            guard !report.alike.isEmpty else { return }
            Console.print("most alike (check that they are two people, each under the right name):")
            for pair in report.alike {
                Console.print(
                    "  \(thousandths(Double(pair.similarity)))\(pair.reachesThreshold ? " !" : "  ") "
                        + "\(pair.first), \(pair.second)")
            }
        }
    }
}
