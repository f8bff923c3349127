package import VedetteCore

/// Rotation, scaling and movement in the plane: x' = a x - b y + dx, y' = b x + a y + dy.
package struct SimilarityTransform: Sendable, Hashable {
    package var a: Float
    package var b: Float
    package var dx: Float
    package var dy: Float

    package init(a: Float, b: Float, dx: Float, dy: Float) {
        self.a = a
        self.b = b
        self.dx = dx
        self.dy = dy
    }

    /// The transform that brings five landmarks closest to five others, in the least-squares sense.
    ///
    /// Umeyama's solution ("Least-squares estimation of transformation parameters between two point patterns", 1991)
    /// has a closed form in two dimensions; only proper rotations are allowed, so a mirrored face is not mirrored back.
    ///
    /// - Throws: ``VisionError`` `landmarksUnusable` when the landmarks are not finite or lie (almost) in one place.
    package init(from source: Landmarks, to target: Landmarks) throws(VisionError) {
        let from = source.points
        let to = target.points
        let fromCentre = Self.centre(of: from)
        let toCentre = Self.centre(of: to)
        var spread: Float = 0
        var along: Float = 0
        var across: Float = 0
        for (p, q) in zip(from, to) {
            let px = p.x - fromCentre.x
            let py = p.y - fromCentre.y
            let qx = q.x - toCentre.x
            let qy = q.y - toCentre.y
            spread += px * px + py * py
            along += px * qx + py * qy
            across += px * qy - py * qx
        }
        // Less than a pixel of spread, or no relation to a face at all, gives a scale that means nothing.
        guard spread.isFinite, spread > 1, along * along + across * across > 1 else {
            throw VisionError(.landmarksUnusable, "the face's landmarks lie in one place or do not form a face")
        }
        a = along / spread
        b = across / spread
        dx = toCentre.x - (a * fromCentre.x - b * fromCentre.y)
        dy = toCentre.y - (b * fromCentre.x + a * fromCentre.y)
    }

    private static func centre(of points: [Point]) -> Point {
        let sum = points.reduce(Point(x: 0, y: 0)) { Point(x: $0.x + $1.x, y: $0.y + $1.y) }
        return Point(x: sum.x / Float(points.count), y: sum.y / Float(points.count))
    }

    /// Target pixels per source pixel.
    package var scale: Float { (a * a + b * b).squareRoot() }

    package func callAsFunction(_ point: Point) -> Point {
        Point(x: a * point.x - b * point.y + dx, y: b * point.x + a * point.y + dy)
    }

    /// The way back. The scale must not be 0, which `init(from:to:)` ensures.
    package var inverse: SimilarityTransform {
        let square = a * a + b * b
        let ia = a / square
        let ib = -b / square
        return SimilarityTransform(a: ia, b: ib, dx: -(ia * dx - ib * dy), dy: -(ib * dx + ia * dy))
    }
}
