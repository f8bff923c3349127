import Testing
import VedetteCore

@testable import vedette

@Suite struct DetectionEvaluationTests {
    private func face(_ x: Float, counts: Bool = true) -> DetectionEvaluation.Truth {
        .init(box: Box(x: x, y: 0, width: 10, height: 10), counts: counts)
    }

    private func found(_ x: Float, _ score: Float) -> Detection {
        Detection(box: Box(x: x, y: 0, width: 10, height: 10), score: score)
    }

    @Test func countsEachFaceOnce() {
        var evaluation = DetectionEvaluation()
        evaluation.add([found(0, 0.9), found(1, 0.8), found(100, 0.7)], truth: [face(0), face(50)])
        let report = evaluation.report(minimumScore: 0.3)
        #expect(report.recall == 0.5)
        #expect(abs(report.precision - 1.0 / 3) < 1e-9)
        #expect(report.averagePrecision == 0.5)
    }

    @Test func leavesOutWhatFitsAnIgnoredFace() {
        var evaluation = DetectionEvaluation()
        evaluation.add([found(0, 0.9), found(50, 0.8)], truth: [face(0), face(50, counts: false)])
        let report = evaluation.report(minimumScore: 0.3)
        #expect(report.faces == 1 && report.recall == 1 && report.precision == 1)
    }

    @Test func recallAtAScoreAndAreaOverAllScores() {
        var evaluation = DetectionEvaluation()
        evaluation.add([found(100, 0.9), found(0, 0.2)], truth: [face(0)])
        #expect(evaluation.report(minimumScore: 0.3).recall == 0)
        #expect(evaluation.report(minimumScore: 0.1).recall == 1)
        #expect(evaluation.report(minimumScore: 0.3).averagePrecision == 0.5)
    }
}
