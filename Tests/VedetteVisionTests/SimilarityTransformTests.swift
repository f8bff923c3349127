import Foundation
import Testing
import VedetteCore

@testable import VedetteVision

@Suite struct SimilarityTransformTests {
    @Test(arguments: [
        (scale: Float(1), degrees: Float(0), dx: Float(0), dy: Float(0)),
        (scale: 0.25, degrees: 30, dx: 800, dy: 40),
        (scale: 3.5, degrees: -95, dx: -12, dy: 1900),
        (scale: 12, degrees: 180, dx: 5, dy: 5),
    ])
    func recoversAKnownTransform(scale: Float, degrees: Float, dx: Float, dy: Float) throws {
        let angle = degrees / 180 * .pi
        let known = SimilarityTransform(a: scale * cos(angle), b: scale * sin(angle), dx: dx, dy: dy)
        let template = FaceAligner.template
        let moved = Landmarks(
            leftEye: known(template.leftEye), rightEye: known(template.rightEye), nose: known(template.nose),
            leftMouth: known(template.leftMouth), rightMouth: known(template.rightMouth))
        let found = try SimilarityTransform(from: template, to: moved)
        #expect(abs(found.a - known.a) < 1e-3)
        #expect(abs(found.b - known.b) < 1e-3)
        #expect(abs(found.scale - scale) < 1e-3)
        let back = try SimilarityTransform(from: moved, to: template)
        for (point, original) in zip(moved.points, template.points) {
            #expect(distance(back(point), original) < 1e-2)
            #expect(distance(found.inverse(point), original) < 1e-2)
        }
    }

    /// The sum of squares must not shrink when the solution is nudged in any direction.
    @Test func isTheLeastSquaresSolution() throws {
        let face = Landmarks(
            leftEye: Point(x: 102, y: 98), rightEye: Point(x: 161, y: 109), nose: Point(x: 118, y: 141),
            leftMouth: Point(x: 99, y: 164), rightMouth: Point(x: 147, y: 175))
        func error(_ t: SimilarityTransform) -> Float {
            zip(face.points, FaceAligner.template.points).map { pow(distance(t($0), $1), 2) }.reduce(0, +)
        }
        let best = try SimilarityTransform(from: face, to: FaceAligner.template)
        for nudge in [Float(-1), 1] {
            #expect(
                error(SimilarityTransform(a: best.a + nudge * 0.02, b: best.b, dx: best.dx, dy: best.dy)) > error(best))
            #expect(
                error(SimilarityTransform(a: best.a, b: best.b + nudge * 0.02, dx: best.dx, dy: best.dy)) > error(best))
            #expect(error(SimilarityTransform(a: best.a, b: best.b, dx: best.dx + nudge, dy: best.dy)) > error(best))
            #expect(error(SimilarityTransform(a: best.a, b: best.b, dx: best.dx, dy: best.dy + nudge)) > error(best))
        }
    }

    @Test func doesNotMirror() throws {
        let t = FaceAligner.template
        let mirrored = Landmarks(
            leftEye: Point(x: -t.leftEye.x, y: t.leftEye.y), rightEye: Point(x: -t.rightEye.x, y: t.rightEye.y),
            nose: Point(x: -t.nose.x, y: t.nose.y), leftMouth: Point(x: -t.leftMouth.x, y: t.leftMouth.y),
            rightMouth: Point(x: -t.rightMouth.x, y: t.rightMouth.y))
        let found = try SimilarityTransform(from: mirrored, to: t)
        // A rotation cannot undo a reflection: some landmark stays far off.
        let worst = zip(mirrored.points, t.points).map { distance(found($0), $1) }.max() ?? 0
        #expect(worst > 10)
    }

    @Test(arguments: [
        Landmarks(at: Point(x: 50, y: 50)),
        Landmarks(at: Point(x: .nan, y: 50)),
        Landmarks(at: Point(x: .infinity, y: 50)),
        Landmarks(at: Point(x: 1e30, y: -1e30)),
    ])
    func refusesLandmarksInOnePlace(landmarks: Landmarks) {
        let error = #expect(throws: VisionError.self) {
            try SimilarityTransform(from: landmarks, to: FaceAligner.template)
        }
        #expect(error?.code == .landmarksUnusable)
    }
}

func distance(_ p: Point, _ q: Point) -> Float { ((p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y)).squareRoot() }

extension Landmarks {
    /// All five in one place.
    init(at point: Point) {
        self.init(leftEye: point, rightEye: point, nose: point, leftMouth: point, rightMouth: point)
    }
}
