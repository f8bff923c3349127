import ArgumentParser
import Foundation
import VedetteCore
import VedetteGallery
import VedetteImages
import VedettePipeline

extension Evaluate {
    struct IdentificationCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "identification",
            abstract: "Who is found in galleries of many sizes, and how many strangers get a name.",
            discussion: """
                Example: vedette evaluate identification --gallery gallery.csv --probes probes.csv --images lfw/ --sizes 10,40,200

                Both files have the columns img,identity; the identity 'unknown' marks strangers. A gallery larger than that of the file is \
                filled up with other pictures of --images, a folder per person; of a smaller one people are drawn at random. Who is not \
                drawn is a stranger. Decided from one picture, by the threshold and margin that are configured.
                """)

        @Option(help: "CSV file of the enrolled pictures.") var gallery: String
        @Option(help: "CSV file of the pictures to find.") var probes: String
        @Option(help: ArgumentHelp("Folder that the names of the pictures start from.", valueName: "dir")) var images:
            String
        @Option(help: "People in the gallery, separated by commas.") var sizes = "10,20,40,80,160,320,640,1000"
        @Option(help: "How often people are drawn for each size.") var drawings = 20
        @OptionGroup var shared: SharedOptions

        struct Report: Encodable {
            var people: Int
            var samples: Int
            var threshold: Double
            var known: Int
            var found: Double?
            var confused: Double?
            var strangers: Int
            var named: Double?
        }

        private var wanted: [Int] {
            sizes.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        }

        func validate() throws {
            guard !wanted.isEmpty, wanted.count == sizes.split(separator: ",").count, wanted.allSatisfy({ $0 > 0 })
            else {
                throw ValidationError("--sizes must be whole numbers above 0, separated by commas.")
            }
            guard (1...1000).contains(drawings) else { throw ValidationError("--drawings must be from 1 to 1000.") }
        }

        func run() async throws {
            try await CommandRunner.run {
                let engine = try Engine.open(try shared.load())
                let (enrolled, searched) = (try read(gallery), try read(probes))
                let others = try otherPeople(besides: enrolled + searched)
                let names = Set((enrolled + searched).map(\.image) + others.flatMap(\.value)).sorted()
                let (faces, failed) = try await CentralFaces(engine: engine, folder: images).embed(names)
                let core = people(enrolled, searched, faces)
                let rest = others.sorted { $0.key < $1.key }.map { _, images in
                    OpenSetTrial.Person(samples: images.prefix(2).compactMap { faces[$0] }, probes: [])
                }.filter { !$0.samples.isEmpty }
                let trial = OpenSetTrial(
                    people: core + rest,
                    strangers: searched.filter { $0.identity == "unknown" }.compactMap { faces[$0.image] },
                    policy: engine.policy)
                guard !core.isEmpty else { throw Files.Failure(message: "\(gallery): nobody could be enrolled") }
                for size in wanted {
                    guard size <= core.count + rest.count else {
                        Console.note(
                            "vedette: a gallery of \(size) people was left out: there are pictures of \(core.count + rest.count)"
                        )
                        continue
                    }
                    let result = trial.run(size: size, core: core.count, drawings: drawings, seed: UInt64(size))
                    try show(result)
                }
                try Outcome.check(failed: failed, of: names.count)
            }
        }

        private func show(_ result: OpenSetTrial.Result) throws {
            let outcome = result.outcome
            let report = Report(
                people: result.people, samples: Int(result.samples.rounded()), threshold: result.threshold,
                known: outcome.known, found: outcome.foundRate, confused: outcome.confusedRate,
                strangers: outcome.strangers, named: outcome.strangersNamedRate)
            if shared.json { return try Console.printJSON(report) }
            func share(_ value: Double?) -> String { value.map { String(format: "%.2f %%", $0 * 100) } ?? "-" }
            Console.print(
                "\(report.people) people, \(report.samples) photos, threshold \(thousandths(report.threshold)): "
                    + "found \(share(report.found)) of \(report.known), confused \(share(report.confused)), "
                    + "strangers named \(share(report.named)) of \(report.strangers)")
        }

        private func read(_ path: String) throws -> [(image: String, identity: String)] {
            let table = try Table(path: path)
            let (image, identity) = (try table.column("img"), try table.column("identity"))
            return table.rows.map { ($0.fields[image], $0.fields[identity]) }
        }

        private func people(
            _ enrolled: [(image: String, identity: String)], _ searched: [(image: String, identity: String)],
            _ faces: [String: Embedding]
        ) -> [OpenSetTrial.Person] {
            let probes = Dictionary(grouping: searched, by: \.identity)
            return Dictionary(grouping: enrolled, by: \.identity).sorted { $0.key < $1.key }.map { identity, photos in
                OpenSetTrial.Person(
                    samples: photos.compactMap { faces[$0.image] },
                    probes: (probes[identity] ?? []).compactMap { faces[$0.image] })
            }.filter { !$0.samples.isEmpty }
        }

        /// Pictures of people whom neither file names, by folder.
        private func otherPeople(besides named: [(image: String, identity: String)]) throws -> [String: [String]] {
            let taken = Set(named.map { ($0.image as NSString).deletingLastPathComponent })
            var others: [String: [String]] = [:]
            let root = URL(fileURLWithPath: images).standardizedFileURL.path
            let files = FileManager.default.enumerator(atPath: root)
            while let file = files?.nextObject() as? String {
                guard ["jpg", "jpeg", "png", "webp"].contains((file as NSString).pathExtension.lowercased()) else {
                    continue
                }
                let folder = (file as NSString).deletingLastPathComponent
                if !folder.isEmpty, !taken.contains(folder) { others[folder, default: []].append(file) }
            }
            return others.mapValues { $0.sorted() }
        }
    }
}
