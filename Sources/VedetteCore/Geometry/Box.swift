/// An axis-parallel rectangle in pixels of an upright picture; origin top left.
package struct Box: Sendable, Hashable, Codable {
    package var x: Float
    package var y: Float
    package var width: Float
    package var height: Float

    @inlinable
    package init(x: Float, y: Float, width: Float, height: Float) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    @inlinable package var maxX: Float { x + width }
    @inlinable package var maxY: Float { y + height }
    @inlinable package var center: Point { Point(x: x + width / 2, y: y + height / 2) }
    /// Square pixels; 0 for a box turned inside out.
    @inlinable package var area: Float { max(0, width) * max(0, height) }

    /// The part inside both boxes; width or height is 0 where they do not meet.
    @inlinable
    package func intersection(_ other: Box) -> Box {
        let left = max(x, other.x)
        let top = max(y, other.y)
        return Box(
            x: left, y: top,
            width: max(0, min(maxX, other.maxX) - left),
            height: max(0, min(maxY, other.maxY) - top))
    }

    /// Intersection over union, 0...1; 0 when either box is empty.
    @inlinable
    package func intersectionOverUnion(_ other: Box) -> Float {
        let shared = intersection(other).area
        guard shared > 0 else { return 0 }
        return shared / (area + other.area - shared)
    }

    /// The box grown on every side by `fraction` of its width and height.
    package func expanded(by fraction: Float) -> Box {
        Box(
            x: x - width * fraction, y: y - height * fraction,
            width: width * (1 + 2 * fraction), height: height * (1 + 2 * fraction))
    }

    /// The part of the box inside a picture of `width` x `height` pixels.
    package func clipped(width: Int, height: Int) -> Box {
        intersection(Box(x: 0, y: 0, width: Float(width), height: Float(height)))
    }
}
