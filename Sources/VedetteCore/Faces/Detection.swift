/// A face found in one frame.
package struct Detection: Sendable, Hashable, Codable {
    /// Pixels of the upright frame; may reach beyond its border.
    package var box: Box
    /// The detector's confidence, 0...1.
    package var score: Float
    package var landmarks: Landmarks?

    package init(box: Box, score: Float, landmarks: Landmarks? = nil) {
        self.box = box
        self.score = score
        self.landmarks = landmarks
    }
}
