import Testing
import VedetteCore

@testable import VedetteVision

@Suite struct SuppressionTests {
    private static func face(_ x: Float, _ width: Float, _ score: Float) -> Detection {
        Detection(box: Box(x: x, y: 0, width: width, height: 100), score: score)
    }

    @Test(arguments: [
        // Overlaps of 100-pixel boxes shifted by d: (100 - d) / (100 + d).
        ([face(0, 100, 0.9), face(30, 100, 0.8)], [Float(0.9)]),
        ([face(0, 100, 0.9), face(60, 100, 0.8)], [0.9, 0.8]),
        ([face(30, 100, 0.8), face(0, 100, 0.9)], [0.9]),
        // The middle one goes because of the best; the third is then kept although it overlapped the middle one.
        ([face(0, 100, 0.9), face(40, 100, 0.8), face(80, 100, 0.7)], [0.9, 0.7]),
        // A small face inside a large one is another face.
        ([face(0, 100, 0.9), face(40, 10, 0.5)], [0.9, 0.5]),
        ([], []),
    ])
    func keepsTheBestOfAGroup(detections: [Detection], scores: [Float]) {
        #expect(detections.suppressingOverlaps(above: 0.4).map(\.score) == scores)
    }

    @Test func keepsAnOverlapAtTheLimit() {
        // Two unit squares that share a third.
        let pair = [Self.face(0, 100, 0.9), Self.face(50, 100, 0.8)]
        #expect(pair.suppressingOverlaps(above: 1.0 / 3 + 1e-6).count == 2)
        #expect(pair.suppressingOverlaps(above: 1.0 / 3 - 1e-6).count == 1)
    }

    @Test func doesNotDependOnTheOrderOfEqualScores() {
        let faces = [Self.face(0, 100, 0.9), Self.face(20, 100, 0.9), Self.face(300, 100, 0.9)]
        #expect(faces.suppressingOverlaps(above: 0.4) == faces.reversed().suppressingOverlaps(above: 0.4))
    }
}
