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

                Both are MOTChallenge text; several pairs are scored each and together, as TrackEval does. Rows of the ground truth \
                with confidence 0 do not count: in ground truth of 10 columns (MOT15) they are as good as absent; in that of up to 9 \
                columns (MOT16 and later) they are regions to ignore, and tracks on them are left out. --strict and --lenient force \
                the one or the other.
                """)

        @Option(parsing: .singleValue, help: "Ground truth; once for each sequence.") var gt: [String]
        @Option(parsing: .singleValue, help: "Tracks; once for each sequence, in the same order.") var results: [String]
        @Flag(help: "Take ground truth that does not count for absent: tracks on it are false.") var strict = false
        @Flag(help: "Take ground truth that does not count for regions to ignore.") var lenient = false
        @OptionGroup var shared: SharedOptions

        struct Report: Encodable {
            var sequence: String
            var hota: Double
            var deta: Double
            var assa: Double
            var loca: Double
            var idf1: Double
            var idp: Double
            var idr: Double
            var mota: Double
            var idsw: Int
            var fp: Int
            var fn: Int
            var objects: Int
            /// The overlaps that the four arrays below stand for.
            var alpha: [Double]
            var hotaAlpha: [Double]
            var detaAlpha: [Double]
            var assaAlpha: [Double]
            var locaAlpha: [Double]

            enum CodingKeys: String, CodingKey {
                case sequence, hota, deta, assa, loca, idf1, idp, idr, mota, idsw, fp, fn, objects, alpha
                case hotaAlpha = "hota_alpha"
                case detaAlpha = "deta_alpha"
                case assaAlpha = "assa_alpha"
                case locaAlpha = "loca_alpha"
            }

            init(_ sequence: String, _ score: TrackingScore) {
                self.sequence = sequence
                hota = score.hota
                deta = score.detectionAccuracy
                assa = score.associationAccuracy
                loca = score.localizationAccuracy
                idf1 = score.idf1
                idp = score.identityPrecision
                idr = score.identityRecall
                mota = score.mota
                idsw = score.identitySwitches
                fp = score.falsePositives
                fn = score.falseNegatives
                objects = score.objects
                // Hundredths, without the rounding errors of their calculation.
                alpha = TrackingScore.alphas.map { ($0 * 100).rounded() / 100 }
                hotaAlpha = score.hotaByAlpha
                detaAlpha = score.detectionAccuracyByAlpha
                assaAlpha = score.associationAccuracyByAlpha
                locaAlpha = score.localizationAccuracyByAlpha
            }

            var text: String {
                "\(sequence): HOTA \(thousandths(hota)) (DetA \(thousandths(deta)), AssA \(thousandths(assa))), "
                    + "IDF1 \(thousandths(idf1)), MOTA \(thousandths(mota)), \(idsw) switches, \(fp) false, \(fn) missed of \(objects)"
            }
        }

        func validate() throws {
            guard !(strict && lenient) else { throw ValidationError("Give --strict or --lenient, not both.") }
            guard !gt.isEmpty, gt.count == results.count else {
                throw ValidationError("Give --gt and --results once for each sequence, in the same order.")
            }
        }

        func run() async throws {
            try await CommandRunner.run { try evaluate() }
        }

        private func evaluate() throws {
            var all = TrackingScore()
            for (truthPath, resultPath) in zip(gt, results) {
                let truth = try read(truthPath)
                let evaluation = TrackingEvaluation(
                    ignoresRegions: lenient || !strict && TrackingEvaluation.ignoresRegions(of: truth))
                let score = evaluation.score(groundTruth: truth.records, results: try read(resultPath).records)
                all = all + score
                try show(Report((resultPath as NSString).lastPathComponent, score))
            }
            if gt.count > 1 { try show(Report("combined", all)) }
        }

        private func read(_ path: String) throws -> MOTText {
            try MOTChallenge.read(String(decoding: try Files.read(path), as: UTF8.self), as: .tracks, name: path)
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
