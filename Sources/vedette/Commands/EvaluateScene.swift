import ArgumentParser
import Foundation
import VedetteCore
import VedetteGallery
import VedetteImages
import VedetteMedia
import VedettePipeline
import VedetteTracking

extension Evaluate {
    struct SceneCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "scene",
            abstract: "Who is who over the cameras of a rendered scene: IDF1, names, strangers, hand-overs.",
            discussion: """
                Example: vedette evaluate scene scene-1/ scene-2/ --json

                A scene is a folder with cam1.mp4, gt_cam1.txt and so on, identities.csv and gallery/. A face counts for 'named' when it is \
                well visible (at least 0.8 of it) and came into view more than a second ago; its name is the one that was shown at that frame.
                """)

        @Argument(help: ArgumentHelp("Folders of scenes.", valueName: "dir")) var scenes: [String]
        @OptionGroup var shared: SharedOptions

        struct Report: Encodable {
            var scene: String
            var cameras: Int
            var idf1Least: Double
            var idf1Mean: Double
            var namedRate: Double
            var misnamedRate: Double
            var takenForUnknownRate: Double
            var strangerFramesNamed: Int
            var strangerVisitsNamed: Int
            var strangerVisits: Int
            var handovers: Int
            var handoversKept: Int
            var merged: Int
            /// Faces that were followed, one a frame each, and how many of them were embedded.
            var faces: Int
            var embeddings: Int
            var seconds: Double

            init(_ scene: String, _ score: SceneEvaluation, embeddings: Int, seconds: Double) {
                self.scene = scene
                cameras = score.idf1.count
                idf1Least = score.idf1.min() ?? 0
                idf1Mean = score.idf1.reduce(0, +) / Double(max(1, score.idf1.count))
                namedRate = Double(score.named) / Double(max(1, score.known))
                misnamedRate = Double(score.misnamed) / Double(max(1, score.known))
                takenForUnknownRate = Double(score.takenForUnknown) / Double(max(1, score.known))
                strangerFramesNamed = score.strangersNamed
                strangerVisitsNamed = score.strangerVisitsNamed
                strangerVisits = score.strangerVisits
                handovers = score.handOvers
                handoversKept = score.handOversKept
                merged = score.merged
                faces = score.faces
                self.embeddings = embeddings
                self.seconds = seconds
            }

            var text: String {
                "\(scene): IDF1 \(thousandths(idf1Least)) at least, \(thousandths(idf1Mean)) on average; "
                    + "named right \(thousandths(namedRate)), wrong \(thousandths(misnamedRate)), "
                    + "taken for unknown \(thousandths(takenForUnknownRate)); "
                    + "strangers named in \(strangerVisitsNamed) of \(strangerVisits) visits; "
                    + "hand-overs of strangers kept \(handoversKept) of \(handovers), \(merged) merged; "
                    + "\(embeddings) embeddings of \(faces) faces"
            }
        }

        func run() async throws {
            try await CommandRunner.run {
                let configuration = try shared.load()
                let engine = try Engine.open(configuration)
                var all = SceneEvaluation()
                var embeddings = 0
                let start = Clock.monotonic()
                for scene in scenes {
                    let begun = Clock.monotonic()
                    let folder = try SceneFolder(scene)
                    let (cameras, names, count) = try await analyse(folder, engine, configuration)
                    embeddings += count
                    var score = SceneEvaluation()
                    score.add(cameras, visits: folder.visits, names: names)
                    all.add(cameras, visits: folder.visits, names: names)
                    try show(
                        Report(
                            (scene as NSString).lastPathComponent, score, embeddings: count,
                            seconds: Clock.seconds(since: begun)))
                }
                if scenes.count > 1 {
                    try show(Report("all", all, embeddings: embeddings, seconds: Clock.seconds(since: start)))
                }
            }
        }

        private func show(_ report: Report) throws {
            if shared.json { try Console.printJSON(report) } else { Console.print(report.text) }
        }

        private func analyse(
            _ folder: SceneFolder, _ engine: Engine, _ configuration: Configuration
        ) async throws -> (cameras: [SceneEvaluation.Camera], names: [PersonID: String], embeddings: Int) {
            let people = try await GallerySource(folder.gallery).load(engine, configuration)
            let opener = SourceFactory(codec: engine.codec, demo: nil)
            let factory = ChainFactory(
                engine: engine, gallery: Gallery(people),
                directory: IdentityDirectory(threshold: engine.policy.threshold), configuration: configuration,
                logger: LogSetup.quiet(configuration))
            let run = AnalysisRun(
                try folder.cameras.map { camera in
                    (
                        source: try opener.open(SourceURI(camera.video), pacing: .everyFrame),
                        analysis: Analysis(
                            camera: camera.id, handlers: factory.offline(),
                            filter: FrameFilter(skip: 0, rate: nil), sizes: 0...Float.infinity, writer: nil,
                            codec: engine.codec)
                    )
                })
            if let failure = await run.run() { throw failure }
            let cameras = zip(folder.cameras, run.parts).map { camera, part in
                SceneEvaluation.Camera(truth: camera.truth, analysis: part.analysis, rate: folder.rate)
            }
            let names = Dictionary(uniqueKeysWithValues: people.members.map { ($0.id, $0.name) })
            return (cameras, names, run.summary.embeddings)
        }
    }
}

/// The files of a rendered scene.
struct SceneFolder {
    struct Camera {
        var id: CameraID
        var video: String
        var truth: [SceneEvaluation.Truth]
    }

    let cameras: [Camera]
    let visits: [SceneEvaluation.Visit]
    let gallery: String
    /// Frames a second.
    let rate: Double

    private struct Parameters: Decodable {
        var fps: Double
    }

    /// - Throws: naming the file that is missing or wrong.
    init(_ path: String) throws {
        gallery = path + "/gallery"
        let json = try Files.read(path + "/scene.json")
        guard let parameters = try? JSONDecoder().decode(Parameters.self, from: Data(json)), parameters.fps > 0 else {
            throw Files.Failure(message: "\(path)/scene.json has no 'fps'")
        }
        rate = parameters.fps
        let table = try Table(path: path + "/identities.csv")
        let columns = try ["id", "name", "known", "camera", "first_frame", "last_frame"].map { try table.column($0) }
        visits = try table.rows.map { row in
            let numbers = try [0, 3, 4, 5].map { column in
                guard let whole = Int(exactly: try table.number(row, columns[column])) else {
                    throw Files.Failure(
                        message:
                            "\(path)/identities.csv, line \(row.line): '\(row.fields[columns[column]])' is not a whole number"
                    )
                }
                return whole
            }
            guard numbers[2] <= numbers[3] else {
                throw Files.Failure(
                    message:
                        "\(path)/identities.csv, line \(row.line): last_frame \(numbers[3]) is before first_frame \(numbers[2])"
                )
            }
            return SceneEvaluation.Visit(
                person: numbers[0], name: row.fields[columns[1]],
                isKnown: row.fields[columns[2]] == "1", camera: numbers[1], firstFrame: numbers[2],
                lastFrame: numbers[3])
        }
        cameras = try (1...max(1, visits.map(\.camera).max() ?? 1)).map { number in
            let name = "\(path)/gt_cam\(number).txt"
            let text = String(decoding: try Files.read(name), as: UTF8.self)
            let records = try MOTChallenge.parse(text, as: .tracks, name: name)
            var visibility: [String: Double] = [:]
            for line in text.split(separator: "\n") {
                let fields = line.split(separator: ",")
                if fields.count >= 9 { visibility["\(fields[0]),\(fields[1])"] = Double(fields[8]) }
            }
            return Camera(
                id: CameraID("cam\(number)")!, video: "\(path)/cam\(number).mp4",
                truth: records.map { .init(record: $0, visibility: visibility["\($0.frame),\($0.id)"] ?? 1) })
        }
    }
}
