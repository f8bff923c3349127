import CImages
import VedetteCore

/// Draws boxes and labels into a full-range I420 picture.
struct OverlayPainter: Sendable {
    private let labels = LabelCache()

    /// - Parameter scale: pixels of the canvas per pixel of the frame that the boxes belong to.
    func draw(_ faces: [OverlayFace], on canvas: vi_planes, scale: Float) {
        guard !faces.isEmpty else { return }
        let picture = Rectangle(left: 0, top: 0, right: Int(canvas.width), bottom: Int(canvas.height))
        let visible = faces.compactMap { face in
            Rectangle(face.box, scale: scale).map { (face: face, box: $0.clipped(to: picture)) }
        }.filter { !$0.box.isEmpty }
        let thickness = Self.thickness(for: picture)
        for (face, box) in visible { outline(box, face.style, thickness: thickness, on: canvas) }
        // Names above all lines.
        var taken: [Rectangle] = []
        for (face, box) in visible {
            guard let label = label(of: face, in: picture),
                let place = Self.place(
                    width: label.width, height: label.height, beside: box, in: picture, avoiding: taken)
            else { continue }
            vi_put(canvas, Int32(place.left), Int32(place.top), label.view)
            taken.append(place)
        }
    }

    /// 2 pixels at 720p, 3 at 1080p.
    static func thickness(for picture: Rectangle) -> Int {
        let side = min(picture.width, picture.height)
        return side < 120 ? 1 : min(max((side + 180) / 360, 2), 8)
    }

    // MARK: Lines

    private func outline(_ box: Rectangle, _ style: OverlayFace.Style, thickness: Int, on canvas: vi_planes) {
        let colour = style.colour
        func fill(_ left: Int, _ top: Int, _ right: Int, _ bottom: Int) {
            vi_fill(canvas, Int32(left), Int32(top), Int32(right), Int32(bottom), colour)
        }
        func sides(_ thickness: Int, _ pieces: (Int) -> [Range<Int>]) {
            let t = min(thickness, box.width, box.height)
            for piece in pieces(box.width) {
                fill(box.left + piece.lowerBound, box.top, box.left + piece.upperBound, box.top + t)
                fill(box.left + piece.lowerBound, box.bottom - t, box.left + piece.upperBound, box.bottom)
            }
            for piece in pieces(box.height) {
                fill(box.left, box.top + piece.lowerBound, box.left + t, box.top + piece.upperBound)
                fill(box.right - t, box.top + piece.lowerBound, box.right, box.top + piece.upperBound)
            }
        }
        switch style.stroke {
        case .solid: sides(thickness) { [0..<$0] }
        case .cornered:
            sides(thickness) { [0..<$0] }
            sides(2 * thickness) { Self.corners($0, share: 5, atLeast: 3 * thickness) }
        case .brackets: sides(thickness) { Self.corners($0, share: 4, atLeast: 3 * thickness) }
        case .dashed: sides(thickness) { Self.dashes($0, dash: 4 * thickness, gap: 3 * thickness) }
        }
    }

    /// The two ends of a side, each one `share`th of it.
    static func corners(_ length: Int, share: Int, atLeast: Int) -> [Range<Int>] {
        let arm = max(length / share, atLeast)
        return 2 * arm >= length ? [0..<length] : [0..<arm, length - arm..<length]
    }

    /// Dashes that begin and end at the corners, the gaps stretched to fit.
    static func dashes(_ length: Int, dash: Int, gap: Int) -> [Range<Int>] {
        let count = (length + gap) / (dash + gap)
        guard count > 1 else { return [0..<length] }
        return (0..<count).map { index in
            let start = index * (length - dash) / (count - 1)
            return start..<start + dash
        }
    }

    // MARK: Labels

    private func label(of face: OverlayFace, in picture: Rectangle) -> LabelPatch? {
        guard !face.label.isEmpty else { return nil }
        let font = min(max(picture.height / 45, 12), 48)
        let patch = labels.patch(
            for: LabelCache.Key(
                text: face.label, style: face.style, fontPixels: font, maximumWidth: min(picture.width, 18 * font) & ~1)
        )
        return patch.flatMap { $0.width <= picture.width && $0.height <= picture.height ? $0 : nil }
    }

    /// Above the box, else below, else inside at its top; the first of these that is inside the picture and free, or if
    /// none is free, the first inside the picture. Corners are even, so that colour samples fall together.
    static func place(
        width: Int, height: Int, beside box: Rectangle, in picture: Rectangle, avoiding taken: [Rectangle]
    ) -> Rectangle? {
        let left = min(box.left, picture.right - width) & ~1
        let tops = [(box.top - height) & ~1, (box.bottom + 1) & ~1, (box.top + 1) & ~1, (box.bottom - height) & ~1]
        let places = (tops + [(picture.bottom - height) & ~1, 0]).map {
            Rectangle(left: left, top: $0, right: left + width, bottom: $0 + height)
        }
        let inside = places.filter { $0.left >= 0 && $0.top >= 0 && $0.bottom <= picture.bottom }
        return inside.prefix(4).first { place in !taken.contains { $0.meets(place) } } ?? inside.first
    }
}

/// A box in whole pixels, `right` and `bottom` exclusive.
struct Rectangle: Equatable {
    var left: Int
    var top: Int
    var right: Int
    var bottom: Int

    var width: Int { right - left }
    var height: Int { bottom - top }
    var isEmpty: Bool { width <= 0 || height <= 0 }

    func clipped(to other: Rectangle) -> Rectangle {
        Rectangle(
            left: max(left, other.left), top: max(top, other.top), right: min(right, other.right),
            bottom: min(bottom, other.bottom))
    }

    func meets(_ other: Rectangle) -> Bool { !clipped(to: other).isEmpty }
}

extension Rectangle {
    /// Nil for a box that is not made of numbers. One of astronomical size is cut to what any picture could show.
    init?(_ box: Box, scale: Float) {
        func pixel(_ value: Float) -> Int? {
            let scaled = value * scale
            return scaled.isNaN ? nil : Int(min(max(scaled, -100_000), 100_000).rounded())
        }
        guard let left = pixel(box.x), let top = pixel(box.y), let right = pixel(box.maxX), let bottom = pixel(box.maxY)
        else { return nil }
        self.init(left: left, top: top, right: right, bottom: bottom)
    }
}
