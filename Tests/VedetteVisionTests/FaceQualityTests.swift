import Foundation
import Testing
import VedetteCore

@testable import VedetteVision

@Suite struct FaceQualityTests {
    private let model = FaceQualityModel()

    /// A frontal face whose eyes are `distance` pixels apart.
    private func face(eyes distance: Float) -> Landmarks {
        FaceAligner.template.transformed(scale: distance / 35.24, dx: 100, dy: 100)
    }

    /// A frontal face with the nose moved, in distances of eyes and mouth.
    private func face(noseX: Float, noseY: Float = 0) -> Landmarks {
        var face = face(eyes: 60)
        let unit = Pose(face).faceHeight
        face.nose.x += noseX * unit
        face.nose.y += noseY * unit
        return face
    }

    @Test func aPassportPhotoIsPerfect() {
        let quality = model.quality(of: face(eyes: 60), score: 0.85, detail: 0.2)
        #expect(quality == FaceQuality(overall: 1, size: 1, sharpness: 1, frontality: 1))
    }

    @Test(arguments: [
        // eye distance, least and most
        (Float(3), Float(0), Float(0)), (9, 0.1, 0.3), (12.5, 0.4, 0.6), (16, 0.75, 0.95), (25, 1, 1), (200, 1, 1),
    ])
    func sizeCountsPixelsBetweenTheEyes(eyes: Float, least: Float, most: Float) {
        #expect((least...most).contains(model.size(Pose(face(eyes: eyes)))))
    }

    @Test(arguments: [
        // nose beside the middle line, least and most
        (Float(0), Float(1), Float(1)), (0.19, 1, 1), (0.3, 0.6, 0.9), (-0.3, 0.6, 0.9), (0.43, 0, 0.15), (-0.5, 0, 0),
    ])
    func frontalityFallsWithYaw(nose: Float, least: Float, most: Float) {
        #expect((least...most).contains(model.frontality(Pose(face(noseX: nose)))))
    }

    @Test(arguments: [(Float(0.15), Float(1)), (-0.15, 1), (0.7, 0), (-0.65, 0)])
    func onlyAStrongNodCounts(nose: Float, expected: Float) {
        #expect(abs(model.frontality(Pose(face(noseX: 0, noseY: nose))) - expected) < 0.01)
    }

    @Test(arguments: [Float(0), 30, -80, 170])
    func rollingTheHeadChangesNothing(degrees: Float) {
        let straight = face(noseX: 0.28, noseY: 0.1)
        let angle = degrees / 180 * .pi
        let rotation = SimilarityTransform(a: cos(angle), b: sin(angle), dx: 500, dy: 500)
        let rolled = Landmarks(
            leftEye: rotation(straight.leftEye), rightEye: rotation(straight.rightEye), nose: rotation(straight.nose),
            leftMouth: rotation(straight.leftMouth), rightMouth: rotation(straight.rightMouth))
        #expect(abs(model.frontality(Pose(straight)) - model.frontality(Pose(rolled))) < 1e-3)
        #expect(abs(model.size(Pose(straight)) - model.size(Pose(rolled))) < 1e-3)
    }

    @Test func everyPartCounts() {
        let good = model.quality(of: face(eyes: 60), score: 0.85, detail: 0.2).overall
        #expect(model.quality(of: face(eyes: 8), score: 0.85, detail: 0.2).overall < 0.3 * good)
        #expect(model.quality(of: face(noseX: 0.45), score: 0.85, detail: 0.2).overall < 0.3 * good)
        #expect(model.quality(of: face(eyes: 60), score: 0.85, detail: 0.04).overall < 0.3 * good)
        #expect(model.quality(of: face(eyes: 60), score: 0.35, detail: 0.2).overall < 0.3 * good)
    }

    @Test(arguments: [Landmarks(at: Point(x: 10, y: 10)), Landmarks(at: Point(x: .nan, y: 0))])
    func landmarksInOnePlaceAreWorthNothing(landmarks: Landmarks) {
        let quality = model.quality(of: landmarks, score: 1, detail: 1)
        #expect(quality.overall == 0)
    }

    /// The same texture, more and more blurred, has less and less detail; how bright or contrasty it is does not
    /// matter.
    @Test func detailFallsWithBlurAndNotWithContrast() {
        let side = FaceAligner.side
        func texture(blur: Int, contrast: Float) -> [Float] {
            var generator = SeededGenerator(seed: 9)
            var plane = (0..<side * side).map { _ in Float.random(in: -1...1, using: &generator) }
            for _ in 0..<blur {
                let before = plane
                for y in 1..<side - 1 {
                    for x in 1..<side - 1 {
                        let at = y * side + x
                        plane[at] = (before[at - 1] + before[at + 1] + before[at - side] + before[at + side]) / 4
                    }
                }
            }
            let largest = plane.map(abs).max() ?? 1
            return plane.map { 128 + contrast * $0 / largest }
        }
        func detail(_ plane: [Float]) -> Float { plane.withUnsafeBufferPointer { FaceAligner.detail(of: $0) } }
        let levels = [0, 2, 8, 24].map { detail(texture(blur: $0, contrast: 100)) }
        #expect(levels == levels.sorted(by: >))
        #expect(abs(detail(texture(blur: 4, contrast: 100)) - detail(texture(blur: 4, contrast: 40))) < 1e-3)
        #expect(detail([Float](repeating: 90, count: side * side)) == 0)
    }
}
