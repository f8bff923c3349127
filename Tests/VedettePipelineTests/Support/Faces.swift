import Foundation
import Synchronization
import VedetteCore

/// Frames and faces for chains that are taken through a few seconds by hand.
enum Faces {
    private static let width = 1280
    private static let height = 720

    /// One row stands for all rows of every plane, so that a test can keep many frames.
    private static let row = FramePool(width: width, height: 1)
        .frame(colorimetry: .limited601, captureTime: CaptureTime(wall: 0, monotonic: 0), sequence: 0) {
            $0.y.update(repeating: 128, count: $0.yStride)
            $0.u.update(repeating: 128, count: $0.uStride)
            $0.v.update(repeating: 128, count: $0.vStride)
        }

    /// A grey picture.
    ///
    /// - Parameters:
    ///   - seconds: of the film.
    ///   - wall: seconds on the wall clock since ``moment(_:)`` 0; as those of the film when nil.
    static func frame(at seconds: Double, wall: Double? = nil, sequence: Int = 0) -> Frame {
        let now = wall ?? seconds
        let planes = Frame.Planes(
            y: row.planes.y, u: row.planes.u, v: row.planes.v, yStride: 0, uStride: 0, vStride: 0)
        return Frame(
            width: width, height: height, planes: planes, colorimetry: .limited601,
            captureTime: CaptureTime(wall: Int64((1_000_000 + now) * 1e9), monotonic: Int64(now * 1e9)),
            sequence: UInt64(sequence), mediaTime: seconds)
    }

    static func moment(_ seconds: Double) -> Date { Date(timeIntervalSince1970: 1_000_000 + seconds) }

    static func detection(x: Float, y: Float = 50) -> Detection {
        let box = Box(x: x, y: y, width: 80, height: 100)
        func point(_ right: Float, _ down: Float) -> Point {
            Point(x: x + box.width * right, y: y + box.height * down)
        }
        let landmarks = Landmarks(
            leftEye: point(0.3, 0.4), rightEye: point(0.7, 0.4), nose: point(0.5, 0.6), leftMouth: point(0.35, 0.8),
            rightMouth: point(0.65, 0.8))
        return Detection(box: box, score: 0.9, landmarks: landmarks)
    }
}

/// Finds the faces that a script puts into the picture, and counts the pictures it looked at.
final class ScriptedDetector: FaceDetector {
    private let script: @Sendable (Double) -> [Detection]
    private let times = Mutex<[Double]>([])

    /// - Parameter script: the faces at a time of the film.
    init(_ script: @escaping @Sendable (Double) -> [Detection]) { self.script = script }

    var looks: [Double] { times.withLock { $0 } }

    func detect(in frame: Frame, minimumScore: Float) throws -> [Detection] {
        let time = frame.mediaTime ?? 0
        times.withLock { $0.append(time) }
        return script(time)
    }
}

/// Embeds by a rule and counts what it was asked for.
final class ScriptedEmbedder: FaceEmbedder {
    struct Failure: Error {}
    struct Request: Hashable {
        var frame: UInt64
        var box: Box
    }

    let model = "scripted"
    let length = 32
    private let rule: @Sendable (Box) -> Embedding?
    private let asked = Mutex<[Request]>([])

    /// - Parameter rule: what the face in a box looks like; nil for one that cannot be embedded.
    init(_ rule: @escaping @Sendable (Box) -> Embedding?) { self.rule = rule }

    var requests: [Request] { asked.withLock { $0 } }

    func embed(_ face: Detection, in frame: Frame) throws -> EmbeddedFace {
        asked.withLock { $0.append(Request(frame: frame.sequence, box: face.box)) }
        guard let embedding = rule(face.box) else { throw Failure() }
        return EmbeddedFace(embedding: embedding, quality: quality(of: face, in: frame))
    }

    func quality(of face: Detection, in frame: Frame) -> FaceQuality {
        FaceQuality(overall: 0.8, size: 1, sharpness: 1, frontality: 1)
    }
}
