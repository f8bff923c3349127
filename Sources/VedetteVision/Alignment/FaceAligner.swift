import CPixels
package import VedetteCore

/// Cuts a face out of a frame, upright and in the position that recognition models were trained on, without ever
/// converting the frame: the square is sampled straight from I420.
package final class FaceAligner: Sendable {
    /// Pixels of the square's side.
    package static let side = 112
    /// Where the landmarks come to lie in the square (ArcFace, Deng et al., 2019).
    package static let template = Landmarks(
        leftEye: Point(x: 38.2946, y: 51.6963), rightEye: Point(x: 73.5318, y: 51.5014),
        nose: Point(x: 56.0252, y: 71.7366),
        leftMouth: Point(x: 41.5493, y: 92.3655), rightMouth: Point(x: 70.7299, y: 92.2041))

    private let scratch = ScalingScratch()

    package init() {}

    /// Aligns a face.
    ///
    /// A face larger than the square is first averaged down by a whole factor, because sampling alone would skip
    /// pixels.
    ///
    /// - Parameters:
    ///   - target: room for 3 x 112 x 112 floats, laid out as `layout` says; nil when only luma is wanted.
    ///   - luma: room for 112 x 112 values of Y as the frame holds them; nil when not wanted.
    /// - Throws: ``VisionError`` `landmarksUnusable` when the landmarks are degenerate or the face is outside the
    ///   frame.
    package func align(
        _ landmarks: Landmarks, in frame: Frame, layout: InputLayout, target: UnsafeMutablePointer<Float>?,
        luma: UnsafeMutablePointer<Float>?
    ) throws {
        let transform = try SimilarityTransform(from: landmarks, to: Self.template).inverse
        let reduction = Self.reduction(scale: transform.scale)
        guard let region = Self.region(of: transform, in: frame, reduction: reduction) else {
            throw VisionError(.landmarksUnusable, "the face lies outside the picture")
        }
        let part = frame.kernel(left: region.left, top: region.top, width: region.width, height: region.height)
        var map = transform.kernel(left: region.left, top: region.top, reduction: reduction)
        var colour = frame.colorimetry.kernel
        var layout = layout.kernel
        try scratch.withScaled(part, width: region.width / reduction, height: region.height / reduction) { picture in
            var picture = picture
            vp_warp(&picture, &colour, &layout, &map, Int32(Self.side), target, luma)
        }
    }

    /// Source pixels, per axis, that are averaged into one before sampling. Below two, sampling between pixels sees
    /// every one of them, as it did in the models' training.
    static func reduction(scale: Float) -> Int { scale < 1.9 ? 1 : Int(scale.rounded()) }

    /// The part of the frame that the square covers, with a margin for interpolation. It starts at even pixels and is a
    /// multiple of the reduction; nil when nothing of it is inside.
    static func region(
        of transform: SimilarityTransform, in frame: Frame, reduction: Int
    ) -> (left: Int, top: Int, width: Int, height: Int)? {
        let last = Float(side - 1)
        let corners = [Point(x: 0, y: 0), Point(x: last, y: 0), Point(x: 0, y: last), Point(x: last, y: last)]
            .map { transform($0) }
        func span(_ values: [Float], limit: Int) -> (start: Int, count: Int)? {
            guard let least = values.min(), let most = values.max(), least < Float(limit), most > -1 else { return nil }
            let margin = Float(4 * reduction)
            let start = Int(max(0, least - margin)) / 2 * 2
            let end = Int(min(Float(limit), (most + margin).rounded(.up)))
            // A reduced picture needs whole averages; a frame narrower than one is sampled as it is.
            let unit = reduction == 1 ? 1 : 2 * reduction
            let count = (end - start) / unit * unit
            return count > 0 ? (start, count) : nil
        }
        guard let columns = span(corners.map(\.x), limit: frame.width),
            let rows = span(corners.map(\.y), limit: frame.height)
        else { return nil }
        return (columns.start, rows.start, columns.count, rows.count)
    }
}

extension SimilarityTransform {
    /// The map into a part of the picture that starts at (`left`, `top`) and is reduced by a whole factor. A reduced
    /// pixel's centre is the middle of the pixels it averages.
    func kernel(left: Int, top: Int, reduction: Int) -> vp_affine {
        let r = Float(reduction)
        return vp_affine(
            xx: a / r, xy: -b / r, x0: (dx - Float(left) + 0.5) / r - 0.5,
            yx: b / r, yy: a / r, y0: (dy - Float(top) + 0.5) / r - 0.5)
    }
}
