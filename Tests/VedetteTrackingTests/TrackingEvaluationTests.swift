import Testing

@testable import VedetteTracking

@Suite struct TrackingEvaluationTests {
    private func row(_ frame: Int, _ id: Int, x: Double = 0, confidence: Double = 1) -> MOTRecord {
        MOTRecord(frame: frame, id: id, x: x, y: 0, width: 10, height: 10, confidence: confidence)
    }

    private func score(_ truth: [MOTRecord], _ results: [MOTRecord], ignoresRegions: Bool = true) -> TrackingScore {
        TrackingEvaluation(ignoresRegions: ignoresRegions).score(groundTruth: truth, results: results)
    }

    @Test func perfectTracksScoreOne() {
        let truth = (1...10).flatMap { [row($0, 1, x: Double($0)), row($0, 2, x: 100)] }
        let results = truth.reversed().map { row($0.frame, $0.id + 40, x: $0.x, confidence: 0.3) }
        let score = score(truth, results)
        #expect(score.objects == 20)
        for value in [score.hota, score.detectionAccuracy, score.associationAccuracy, score.idf1, score.mota] {
            #expect(abs(value - 1) < 1e-12)
        }
        #expect(score.identitySwitches == 0 && score.falsePositives == 0 && score.falseNegatives == 0)
    }

    @Test func aChangeOfNumberCostsASwitchAndHalfTheIdentity() {
        let truth = (1...10).map { row($0, 1) }
        let score = score(truth, (1...10).map { row($0, $0 <= 5 ? 1 : 2) })
        #expect(score.identitySwitches == 1)
        #expect(abs(score.mota - 0.9) < 1e-12)
        #expect(score.identityTruePositives == 5)
        #expect(abs(score.idf1 - 0.5) < 1e-12)
        #expect(abs(score.detectionAccuracy - 1) < 1e-12)
        // Each half agrees in 5 of the 10 frames of either.
        #expect(abs(score.associationAccuracy - 0.5) < 1e-12)
        #expect(abs(score.hota - 0.5.squareRoot()) < 1e-12)
    }

    @Test func countsMissesAndFalseAlarms() {
        let truth = (1...4).map { row($0, 1) }
        let score = score(truth, [row(1, 1), row(2, 1), row(3, 1, x: 50), row(9, 2)])
        #expect(score.falseNegatives == 2 && score.falsePositives == 2 && score.identitySwitches == 0)
        #expect(abs(score.mota) < 1e-12)
        #expect(abs(score.identityPrecision - 0.5) < 1e-12 && abs(score.identityRecall - 0.5) < 1e-12)
    }

    @Test func anOverlapOfAThirdCountsForHOTAOnlyWhereItIsAskedFor() {
        // Boxes 10 wide, shifted by 5: overlap 1/3, reached at the six thresholds up to 0.30.
        let score = score([row(1, 1)], [row(1, 1, x: 5)])
        #expect(score.falsePositives == 1 && score.falseNegatives == 1)
        #expect(abs(score.hota - 6.0 / 19) < 1e-12)
    }

    @Test func keepsThePairOfTheFrameBefore() {
        // In frame 2 the other track fits a little better, but the pair of frame 1 still stands.
        let score = score([row(1, 1), row(2, 1)], [row(1, 1), row(2, 1, x: 2), row(2, 2, x: 1)])
        #expect(score.identitySwitches == 0 && score.falsePositives == 1)
    }

    @Test func ignoresTracksOnRegionsThatDoNotCount() {
        let truth = [row(1, 1), row(1, 2, x: 100, confidence: 0), row(2, 2, x: 100, confidence: 0)]
        let results = [row(1, 1), row(1, 5, x: 101), row(2, 5, x: 101), row(2, 6, x: 300)]
        let score = score(truth, results)
        #expect(score.objects == 1 && score.falsePositives == 1 && score.falseNegatives == 0)
        #expect(self.score(truth, results, ignoresRegions: false).falsePositives == 3)
    }

    @Test func aTrackOnAFaceThatCountsIsKeptThoughItLiesOnARegion() {
        let truth = [row(1, 1), row(1, 2, x: 2, confidence: 0)]
        let score = score(truth, [row(1, 7, x: 1)])
        #expect(score.falseNegatives == 0 && score.falsePositives == 0 && score.identityTruePositives == 1)
    }

    @Test func nothingScoresNothing() {
        let empty = score([], [])
        #expect(empty.hota == 0 && empty.idf1 == 0 && empty.mota == 0)
        #expect(score([row(1, 1)], []).falseNegatives == 1)
        #expect(score([], [row(1, 1)]).falsePositives == 1)
    }

    @Test func sequencesAddUp() {
        let first = score((1...10).map { row($0, 1) }, (1...10).map { row($0, 1) })
        let second = score((1...10).map { row($0, 1) }, (1...10).map { row($0, $0) })
        let both = first + second
        #expect(both.objects == 20 && both.identitySwitches == 9)
        #expect(abs(both.idf1 - 11.0 / 20) < 1e-12)
        // Association is weighted by boxes found: (10 x 1 + 10 x 1/10) / 20.
        #expect(abs(both.associationAccuracy - 0.55) < 1e-12)
    }
}
