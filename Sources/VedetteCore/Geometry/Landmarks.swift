/// The five points of a face, as seen in the picture: "left" is the viewer's left.
package struct Landmarks: Sendable, Hashable {
    package var leftEye: Point
    package var rightEye: Point
    package var nose: Point
    package var leftMouth: Point
    package var rightMouth: Point

    package init(leftEye: Point, rightEye: Point, nose: Point, leftMouth: Point, rightMouth: Point) {
        self.leftEye = leftEye
        self.rightEye = rightEye
        self.nose = nose
        self.leftMouth = leftMouth
        self.rightMouth = rightMouth
    }

    /// In the order of the field: eyes, nose, mouth corners.
    package var points: [Point] { [leftEye, rightEye, nose, leftMouth, rightMouth] }

    /// The same face in a picture that is scaled by `scale` and then moved by (`dx`, `dy`) pixels.
    package func transformed(scale: Float, dx: Float = 0, dy: Float = 0) -> Landmarks {
        func move(_ p: Point) -> Point { Point(x: p.x * scale + dx, y: p.y * scale + dy) }
        return Landmarks(
            leftEye: move(leftEye), rightEye: move(rightEye), nose: move(nose),
            leftMouth: move(leftMouth), rightMouth: move(rightMouth))
    }
}

/// Encoded as a list of five `[x, y]`.
extension Landmarks: Codable {
    package init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        self.init(
            leftEye: try list.decode(Point.self), rightEye: try list.decode(Point.self),
            nose: try list.decode(Point.self), leftMouth: try list.decode(Point.self),
            rightMouth: try list.decode(Point.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        for point in points { try list.encode(point) }
    }
}
