package import VedetteCore

/// One row of MOTChallenge text: one box in one frame.
package struct MOTRecord: Sendable, Hashable {
    /// From 1.
    package var frame: Int
    /// The object or track; -1 for a bare detection.
    package var id: Int
    /// Pixels, origin top left; of double precision, so that a score agrees with other tools to the last digit.
    package var x: Double
    package var y: Double
    package var width: Double
    package var height: Double
    /// The score of a detection or track; in ground truth 0 marks a row that does not count.
    package var confidence: Double

    package init(
        frame: Int, id: Int, x: Double, y: Double, width: Double, height: Double, confidence: Double
    ) {
        self.frame = frame
        self.id = id
        self.x = x
        self.y = y
        self.width = width
        self.height = height
        self.confidence = confidence
    }

    package init(frame: Int, id: Int, box: Box, confidence: Float) {
        self.init(
            frame: frame, id: id, x: Double(box.x), y: Double(box.y), width: Double(box.width),
            height: Double(box.height), confidence: Double(confidence))
    }

    package var box: Box { Box(x: Float(x), y: Float(y), width: Float(width), height: Float(height)) }

    /// Intersection over union, 0...1; 0 when either box is empty.
    func overlap(_ other: MOTRecord) -> Double {
        let sharedWidth = min(x + width, other.x + other.width) - max(x, other.x)
        let sharedHeight = min(y + height, other.y + other.height) - max(y, other.y)
        guard sharedWidth > 0, sharedHeight > 0 else { return 0 }
        let shared = sharedWidth * sharedHeight
        return shared / (width * height + other.width * other.height - shared)
    }
}
