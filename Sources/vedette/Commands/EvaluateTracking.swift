import ArgumentParser
import Foundation
import VedetteCore
import VedetteTracking

extension Evaluate {
    struct TrackingCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tracking",
            abstract: "HOTA, IDF1 and MOTA of tracks against ground truth.",
            discussion: """
                Example: vedette evaluate tracking --gt gt_cam1.txt --results cam1.txt --gt gt_cam2.txt --results cam2.txt

                Both are MOTChallenge text; several pairs are scored each and together. Tracks on rows of the ground truth that do not count \
                (confidence 0) are left out, as faces too small or hidden to be judged; --strict counts them as false.
                """)

        @Option(parsing: .singleValue, help: "Ground truth; once for each sequence.") var gt: [String]
        @Option(parsing: .singleValue, help: "Tracks; once for each sequence, in the same order.") var results: [String]
        @Flag(help: "Count tracks on ground truth that does not count as false.") var strict = false
        @OptionGroup var shared: SharedOptions

        struct Report: Encodable {
            var sequence: String
            var hota: Double
            var deta: Double
            var assa: Double
            var idf1: Double
            var mota: Double
            var idsw: Int
            var fp: Int
            var fn: Int
            var objects: Int

            init(_ sequence: String, _ score: TrackingScore) {
                self.sequence = sequence
                hota = score.hota
                deta = score.detectionAccuracy
                assa = score.associationAccuracy
                idf1 = score.idf1
                mota = score.mota
                idsw = score.identitySwitches
                fp = score.falsePositives
                fn = score.falseNegatives
                objects = score.objects
            }

            var text: String {
                "\(sequence): HOTA \(thousandths(hota)) (DetA \(thousandths(deta)), AssA \(thousandths(assa))), "
                    + "IDF1 \(thousandths(idf1)), MOTA \(thousandths(mota)), \(idsw) switches, \(fp) false, \(fn) missed of \(objects)"
            }
        }

        func validate() throws {
            guard !gt.isEmpty, gt.count == results.count else {
                throw ValidationError("Give --gt and --results once for each sequence, in the same order.")
            }
        }

        func run() async throws {
            try await CommandRunner.run { try evaluate() }
        }

        private func evaluate() throws {
            let evaluation = TrackingEvaluation(ignoresRegions: !strict)
            var all = TrackingScore()
            for (truthPath, resultPath) in zip(gt, results) {
                let truth = try read(truthPath, as: .tracks)
                let score = evaluation.score(groundTruth: truth, results: try read(resultPath, as: .tracks))
                all = all + score
                try show(Report((resultPath as NSString).lastPathComponent, score))
            }
            if gt.count > 1 { try show(Report("combined", all)) }
        }

        private func read(_ path: String, as kind: MOTChallenge.Kind) throws -> [MOTRecord] {
            try MOTChallenge.parse(String(decoding: try Files.read(path), as: UTF8.self), as: kind, name: path)
        }

        private func show(_ report: Report) throws {
            if shared.json {
                try Console.printJSON(report)
            } else {
                Console.print(report.text)
            }
        }
    }
}
