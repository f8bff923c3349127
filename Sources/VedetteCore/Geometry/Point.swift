/// A position in pixels of an upright picture; origin top left, x to the right, y down.
package struct Point: Sendable, Hashable {
    package var x: Float
    package var y: Float

    @inlinable
    package init(x: Float, y: Float) {
        self.x = x
        self.y = y
    }
}

/// Encoded as `[x, y]`, the form the command line and the HTTP API promise.
extension Point: Codable {
    package init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        self.init(x: try list.decode(Float.self), y: try list.decode(Float.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        try list.encode(x)
        try list.encode(y)
    }
}
