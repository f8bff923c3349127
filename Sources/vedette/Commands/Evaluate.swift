import ArgumentParser
import Foundation
import VedetteCore
import VedetteGallery
import VedettePipeline
import VedetteTracking

struct Evaluate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure accuracy against annotated data.",
        discussion: "Docs/Benchmarks.md has the figures and the commands that give them.",
        subcommands: [
            DetectionCommand.self, VerificationCommand.self, TrackingCommand.self, SceneCommand.self,
            IdentificationCommand.self, CalibrateCommand.self,
        ])

    struct DetectionCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "detection",
            abstract: "Recall and average precision of the detector.",
            discussion: """
                Example: vedette evaluate detection --gt gt.csv --images photos/ --subset hard

                gt.csv has the columns image,x,y,w,h and may have one of 0 and 1 for each subset; faces outside the subset are ignored.
                """)

        @Option(help: "CSV file of the annotated faces.") var gt: String
        @Option(help: ArgumentHelp("Folder that the names of the pictures start from.", valueName: "dir")) var images:
            String
        @Option(help: "Least score that counts for recall and precision.") var minScore: Float = 0.3
        @Option(help: ArgumentHelp("Column of the faces that count; all when left out.", valueName: "column"))
        var subset: String?
        @OptionGroup var shared: SharedOptions

        func run() async throws {
            try await CommandRunner.run {
                let truth = try read()
                let engine = try Engine.open(try shared.load())
                var evaluation = DetectionEvaluation()
                let names = truth.keys.sorted()
                let folder = images
                let failed = try await PictureBatch(engine: engine).run(names.map { folder + "/" + $0 }) { _, frame in
                    try engine.detector.detect(in: frame, minimumScore: 0.02)
                } emit: { path, found in
                    evaluation.add(found, truth: truth[String(path.dropFirst(folder.count + 1))] ?? [])
                }
                let report = evaluation.report(minimumScore: minScore)
                if shared.json {
                    try Console.printJSON(report)
                } else {
                    Console.print(
                        "\(report.images) pictures, \(report.faces) faces: recall \(thousandths(report.recall)), "
                            + "precision \(thousandths(report.precision)) at score \(minScore); "
                            + "average precision \(thousandths(report.averagePrecision))")
                }
                try Outcome.check(failed: failed, of: names.count)
            }
        }

        private func read() throws -> [String: [DetectionEvaluation.Truth]] {
            let table = try Table(path: gt)
            let image = try table.column("image")
            let sides = try ["x", "y", "w", "h"].map { try table.column($0) }
            let flag = try subset.map { try table.column($0) }
            var truth: [String: [DetectionEvaluation.Truth]] = [:]
            for row in table.rows {
                let values = try sides.map { try table.number(row, $0) }
                truth[row.fields[image], default: []].append(
                    .init(
                        box: Box(x: values[0], y: values[1], width: values[2], height: values[3]),
                        counts: flag.map { row.fields[$0] == "1" } ?? true))
            }
            return truth
        }
    }

    struct VerificationCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verification",
            abstract: "Whether two photos show the same person: accuracy, threshold, AUC, true positive rate.",
            discussion: """
                Example: vedette evaluate verification --pairs pairs.csv --images lfw/ --json

                pairs.csv has the columns img1,img2,same[,fold]. The judged face is the one nearest the middle of the picture; a \
                pair with a picture that has no face counts in 'pairs' but not in 'scored'.
                """)

        @Option(help: "CSV file of the pairs.") var pairs: String
        @Option(help: ArgumentHelp("Folder that the names of the pictures start from.", valueName: "dir")) var images:
            String
        @OptionGroup var shared: SharedOptions

        func run() async throws {
            try await CommandRunner.run {
                let table = try Table(path: pairs)
                let columns = try ["img1", "img2", "same"].map { try table.column($0) }
                let fold = table.columns.firstIndex(of: "fold")
                let engine = try Engine.open(try shared.load())
                let names = Set(table.rows.flatMap { [$0.fields[columns[0]], $0.fields[columns[1]]] }).sorted()
                let (embeddings, failed) = try await CentralFaces(engine: engine, folder: images).embed(names)
                var trials: [VerificationEvaluation.Trial] = []
                for row in table.rows {
                    guard let first = embeddings[row.fields[columns[0]]],
                        let second = embeddings[row.fields[columns[1]]]
                    else {
                        continue
                    }
                    trials.append(
                        .init(
                            similarity: first.similarity(to: second), isSame: row.fields[columns[2]] == "1",
                            fold: fold.flatMap { Int(row.fields[$0]) }))
                }
                guard let result = VerificationEvaluation(trials) else {
                    throw Files.Failure(message: "no pairs could be judged: both kinds, same and different, are needed")
                }
                let report = Report(
                    pairs: table.rows.count, scored: trials.count, accuracy: result.accuracy,
                    threshold: result.threshold,
                    auc: result.areaUnderCurve, truePositiveRate: result.truePositiveRate(atFalsePositiveRate: 0.001))
                if shared.json {
                    try Console.printJSON(report)
                } else {
                    Console.print(
                        "\(report.scored) of \(report.pairs) pairs: accuracy \(thousandths(report.accuracy)) at \(report.threshold), "
                            + "AUC \(thousandths(report.auc)), TPR at FPR 0.001 \(thousandths(report.truePositiveRate))"
                    )
                }
                try Outcome.check(failed: failed, of: names.count)
            }
        }

        struct Report: Encodable {
            var pairs: Int
            var scored: Int
            var accuracy: Double
            var threshold: Float
            var auc: Double
            var truePositiveRate: Double

            enum CodingKeys: String, CodingKey {
                case pairs, scored, accuracy, threshold, auc
                case truePositiveRate = "tpr@fpr=0.001"
            }
        }
    }
}

func thousandths(_ value: Double) -> String { String(format: "%.3f", value) }
