package import VedetteCore

/// Judges from size, detail and pose how well a face can be recognised.
///
/// Each part runs from 0 to 1 between two limits, in between along a smooth curve. The limits were set by what a part
/// does to the similarity of pairs of LFW photos (SFace): size, blur and pose hardly matter above the upper one, and at
/// the lower one the same person is no longer recognised.
package struct FaceQualityModel: Sendable, Hashable {
    package init() {}

    /// The product of the parts and of how sure the detector was.
    ///
    /// - Parameter detail: what ``FaceAligner/detail(of:)`` measured on the aligned face.
    package func quality(of landmarks: Landmarks, score: Float, detail: Float) -> FaceQuality {
        let pose = Pose(landmarks)
        let size = size(pose)
        let sharpness = sharpness(detail: detail)
        let frontality = frontality(pose)
        return FaceQuality(
            overall: size * sharpness * frontality * certainty(score: score), size: size, sharpness: sharpness,
            frontality: frontality)
    }

    /// From the distance of the eyes in pixels: 20 is a face about 45 pixels wide, 9 one of 20 pixels.
    ///
    /// A turned head moves the eyes together but not eyes and mouth, whose distance is 1.16 times that of the eyes.
    func size(_ pose: Pose) -> Float {
        ramp(max(pose.eyeDistance, pose.faceHeight / 1.16), from: 5, to: 20)
    }

    /// From the share of fine detail in the aligned face. Photos have 0.14 to 0.3; Gaussian blur of 3 pixels in the
    /// aligned face leaves 0.06, of 5 pixels 0.03.
    func sharpness(detail: Float) -> Float { ramp(detail, from: 0.025, to: 0.11) }

    /// From where the nose stands: a head turned by 45 degrees has a yaw of 0.7 to 0.85, a profile 1 and more. Smiling,
    /// speaking and glasses move the landmarks as much as a nod does, so pitch counts only when it is strong.
    func frontality(_ pose: Pose) -> Float {
        (1 - ramp(abs(pose.yaw), from: 0.45, to: 1.1)) * (1 - ramp(abs(pose.pitch - 0.04), from: 0.25, to: 0.6))
    }

    /// What the detector is sure of at 0.65 is a face in full view; below, it may be covered, cut off or none.
    func certainty(score: Float) -> Float { ramp(score, from: 0.25, to: 0.65) }

    private func ramp(_ value: Float, from low: Float, to high: Float) -> Float {
        guard value > low else { return 0 }
        let t = min((value - low) / (high - low), 1)
        return t * t * (3 - 2 * t)
    }
}

/// How a head is turned, from where the nose lies between eyes and mouth. Rolling the head changes nothing. All 0 when
/// eyes and mouth are in one place.
struct Pose: Hashable {
    /// Pixels between the eyes.
    let eyeDistance: Float
    /// Pixels from between the eyes to the middle of the mouth.
    let faceHeight: Float
    /// How far the nose is from the face's middle line, in halves of the expected eye distance: 0 frontal, 1 in
    /// profile, positive to the picture's right.
    let yaw: Float
    /// How far the nose is from its usual height between eyes and mouth, in distances of eyes and mouth; positive is
    /// looking down.
    let pitch: Float

    init(_ landmarks: Landmarks) {
        let eyes = Point(
            x: (landmarks.leftEye.x + landmarks.rightEye.x) / 2, y: (landmarks.leftEye.y + landmarks.rightEye.y) / 2)
        let mouth = Point(
            x: (landmarks.leftMouth.x + landmarks.rightMouth.x) / 2,
            y: (landmarks.leftMouth.y + landmarks.rightMouth.y) / 2)
        let dx = mouth.x - eyes.x
        let dy = mouth.y - eyes.y
        let height = (dx * dx + dy * dy).squareRoot()
        let ex = landmarks.rightEye.x - landmarks.leftEye.x
        let ey = landmarks.rightEye.y - landmarks.leftEye.y
        eyeDistance = (ex * ex + ey * ey).squareRoot()
        faceHeight = height
        let square = height * height
        guard square > 0, square.isFinite else {
            yaw = 0
            pitch = 0
            return
        }
        let nx = landmarks.nose.x - eyes.x
        let ny = landmarks.nose.y - eyes.y
        pitch = (nx * dx + ny * dy) / square - 0.5
        // The eyes are 0.86 distances of eyes and mouth apart in a frontal face.
        yaw = (nx * dy - ny * dx) / square / 0.43
    }
}
