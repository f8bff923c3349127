import Foundation
import Testing
import VedetteCore

@testable import VedetteTracking

/// On real sequences, which are skipped where the data folder has none (`VEDETTE_TEST_DATA`).
@Suite(.enabled(if: TestData.exists("mot"), "there is no folder mot in the test data"))
struct TrackingBaselineTests {
    struct Sequence: Sendable, CustomTestStringConvertible {
        var name: String
        var frames: Int
        var rate: Double
        var testDescription: String { name }
    }

    static let sequences = [
        Sequence(name: "TUD-Campus", frames: 71, rate: 25), Sequence(name: "ETH-Sunnyday", frames: 354, rate: 14),
        Sequence(name: "KITTI-13", frames: 340, rate: 10), Sequence(name: "ADL-Rundle-8", frames: 654, rate: 30),
    ]

    struct Figures: Sendable {
        var hota, deta, assa, idf1, idp, idr, mota: Double
        var idsw, fp, fn: Int
    }

    /// TrackEval 1.3.0 on the tracks of `spoiled`; the last row is all sequences together.
    static let reference: [Figures] = [
        Figures(
            hota: 0.5052440465266269, deta: 0.6268374632198717, assa: 0.40736563384619107, idf1: 0.6173541963015647,
            idp: 0.6308139534883721, idr: 0.6044568245125348, mota: 0.8105849582172702, idsw: 15, fp: 19, fn: 34),
        Figures(
            hota: 0.41218045167126277, deta: 0.6329782289350534, assa: 0.2684803347954351, idf1: 0.4432876712328767,
            idp: 0.45145089285714285, idr: 0.4354144241119483, mota: 0.8051668460710442, idsw: 92, fp: 102, fn: 168),
        Figures(
            hota: 0.5364167379195255, deta: 0.5915283932425557, assa: 0.4865623045640131, idf1: 0.7242050616482804,
            idp: 0.7163029525032092, idr: 0.7322834645669292, mota: 0.7467191601049868, idsw: 42, fp: 84, fn: 67),
        Figures(
            hota: 0.24708173264540945, deta: 0.6392618118364768, assa: 0.09569736071697255, idf1: 0.14713064713064714,
            idp: 0.15250751463376047, idr: 0.14212000589709567, mota: 0.835765885301489, idsw: 250, fp: 201, fn: 663),
        Figures(
            hota: 0.3288835506218984, deta: 0.6335248318499893, assa: 0.17087956159562204, idf1: 0.26823876197494473,
            idp: 0.27587700303161544, idr: 0.2610120876869494, mota: 0.8220651505838967, idsw: 399, fp: 406, fn: 932),
    ]

    private static func truth(_ sequence: Sequence) throws -> [MOTRecord] {
        let path = "mot/\(sequence.name)/gt/gt.txt"
        return try MOTChallenge.parse(TestData.text(path), as: .tracks, name: path)
    }

    private static func detections(_ sequence: Sequence) throws -> [MOTRecord] {
        let path = "mot/\(sequence.name)/det/det.txt"
        return try MOTChallenge.parse(TestData.text(path), as: .detections, name: path)
    }

    /// Ground truth with every kind of error, by a rule that another tool can repeat: a tenth of the boxes is missing,
    /// the others stand up to a quarter of their width aside, each object changes its number every 40 frames, and one
    /// track jumps between detections of every third frame.
    private static func spoiled(_ sequence: Sequence) throws -> [MOTRecord] {
        var tracks: [MOTRecord] = []
        for row in try truth(sequence) where row.confidence != 0 && (row.frame * 7 + row.id * 3) % 10 != 0 {
            var track = row
            track.id = row.id * 100 + (row.frame + row.id) / 40
            track.x += Double((row.frame + row.id) % 5 - 2) * row.width / 8
            tracks.append(track)
        }
        var frame = 0
        for row in try detections(sequence) where row.frame % 3 == 0 && row.frame != frame {
            frame = row.frame
            var track = row
            track.id = 99_999
            tracks.append(track)
        }
        return tracks
    }

    @Test func metricsEqualTheReferenceImplementation() throws {
        func compare(_ score: TrackingScore, _ figures: Figures, _ name: String) {
            let pairs = [
                (score.hota, figures.hota), (score.detectionAccuracy, figures.deta),
                (score.associationAccuracy, figures.assa), (score.idf1, figures.idf1),
                (score.identityPrecision, figures.idp), (score.identityRecall, figures.idr), (score.mota, figures.mota),
            ]
            for (own, reference) in pairs { #expect(abs(own - reference) < 1e-9, "\(name)") }
            #expect(score.identitySwitches == figures.idsw, "\(name)")
            #expect(score.falsePositives == figures.fp && score.falseNegatives == figures.fn, "\(name)")
        }
        var total = TrackingScore()
        for (sequence, figures) in zip(Self.sequences, Self.reference) {
            // The benchmark of these sequences takes rows that do not count for absent.
            let score = TrackingEvaluation(ignoresRegions: false)
                .score(groundTruth: try Self.truth(sequence), results: try Self.spoiled(sequence))
            compare(score, figures, sequence.name)
            total = total + score
        }
        compare(total, Self.reference[4], "combined")
    }

    /// Real tracks, against the figures of TrackEval 1.3.0: SORT's of KITTI-13, whose ground truth has rows that do not
    /// count.
    @Test func metricsOfARealTrackerEqualTheReferenceImplementation() throws {
        let name = "KITTI-13-sort.txt"
        let tracks = try MOTChallenge.parse(TestData.fixture(name), as: .tracks, name: name)
        let path = "mot/KITTI-13/gt/gt.txt"
        let truth = try MOTChallenge.read(TestData.text(path), as: .tracks, name: path)
        let score = TrackingEvaluation(ignoresRegions: TrackingEvaluation.ignoresRegions(of: truth))
            .score(groundTruth: truth.records, results: tracks)
        let means = [
            (score.hota, 0.3430368196119249), (score.detectionAccuracy, 0.3196951313961695),
            (score.associationAccuracy, 0.37204055357886767), (score.localizationAccuracy, 0.7352110234895769),
            (score.idf1, 0.46707399864222676), (score.identityPrecision, 0.4838255977496484),
            (score.identityRecall, 0.45144356955380577), (score.mota, 0.13517060367454067),
        ]
        for (own, reference) in means { #expect(abs(own - reference) < 1e-9) }
        #expect(score.identitySwitches == 28 && score.falsePositives == 290 && score.falseNegatives == 341)
        // At 0.05, 0.50 and 0.90.
        let alphas = [0, 9, 17]
        let parts = [
            (score.detectionAccuracyByAlpha, [0.5311850311850311, 0.3909348441926346, 0.007523939808481532]),
            (score.associationAccuracyByAlpha, [0.550975057496542, 0.4638859070294649, 0.07131881443091649]),
            (score.hotaByAlpha, [0.5409895591399847, 0.42585110635963225, 0.023164595118207433]),
        ]
        for (own, reference) in parts {
            for (index, value) in zip(alphas, reference) { #expect(abs(own[index] - value) < 1e-9) }
        }
    }

    struct Baseline: Sendable, CustomTestStringConvertible {
        var kind: TrackerKind
        var hota, idf1, mota: Double
        var testDescription: String { kind.rawValue }
    }

    /// The accuracy baseline: what each tracker reached with the options of `vedette track` when this was last looked
    /// at. A change that falls below is a regression, one that rises clearly above belongs in here.
    @Test(arguments: [
        Baseline(kind: .sort, hota: 0.3534, idf1: 0.4382, mota: 0.3180),
        Baseline(kind: .bytetrack, hota: 0.3662, idf1: 0.4800, mota: 0.3343),
        Baseline(kind: .ocsort, hota: 0.3543, idf1: 0.4423, mota: 0.3150),
        Baseline(kind: .deepsort, hota: 0.3572, idf1: 0.4479, mota: 0.3257),
    ])
    func trackersKeepTheirAccuracy(baseline: Baseline) throws {
        var total = TrackingScore()
        for sequence in Self.sequences {
            let path = "mot/\(sequence.name)/det/det.txt"
            let detections = try MOTChallenge.read(TestData.text(path), as: .detections, name: path)
            var options = TrackerKind.Options()
            options.highScore = 0.6
            options.newTrackScore = 0.7
            options.reachSpeed = 0
            var tracking = SequenceTracking(rate: sequence.rate)
            let tracks = tracking.run(baseline.kind.make(options: options), on: detections)
            total =
                total
                + TrackingEvaluation(ignoresRegions: false)
                .score(groundTruth: try Self.truth(sequence), results: tracks)
        }
        #expect(abs(total.hota - baseline.hota) < 0.003)
        #expect(abs(total.idf1 - baseline.idf1) < 0.003)
        #expect(abs(total.mota - baseline.mota) < 0.003)
    }

    /// Faces of the example scene by its ground truth, analysed at fewer and fewer frames a second.
    @Test(.enabled(if: TestData.exists("scene_example")), arguments: [(1, 0.97), (2, 0.92), (3, 0.87), (5, 0.86)])
    func facesKeepTheirIdentityAtLowFrameRates(step: Int, leastIDF1: Double) throws {
        var total = TrackingScore()
        for camera in 1...2 {
            let path = "scene_example/gt_cam\(camera).txt"
            let truth = try MOTChallenge.parse(TestData.text(path), as: .tracks, name: path)
                .filter { ($0.frame - 1) % step == 0 }
            let byFrame = Dictionary(grouping: truth.filter { $0.confidence != 0 }, by: \.frame)
            var tracker = ByteTracker()
            var tracks: [MOTRecord] = []
            for frame in stride(from: 1, through: 180, by: step) {
                let found = (byFrame[frame] ?? []).map { Detection(box: $0.box, score: 0.8) }
                tracks += tracker.update(detections: found, at: Double(frame) / 15)
                    .filter { $0.state == .confirmed }
                    .map { MOTRecord(frame: frame, id: $0.id, box: $0.box, confidence: $0.score) }
            }
            total = total + TrackingEvaluation().score(groundTruth: truth, results: tracks)
        }
        #expect(total.idf1 >= leastIDF1, "\(total.identitySwitches) switches, \(total.falseNegatives) missed")
    }
}
