/// How well a face can be recognised from one picture, with the parts the figure is made of.
package struct FaceQuality: Sendable, Hashable, Codable {
    /// 0 (useless) ... 1 (a passport photo): the product of the parts below and of the detector's confidence.
    package var overall: Float
    /// From the distance of the eyes in pixels, 0...1.
    package var size: Float
    /// From the contrast of neighbouring pixels in the aligned face, 0...1.
    package var sharpness: Float
    /// 1 looking at the camera, 0 in profile; from the landmarks.
    package var frontality: Float

    package init(overall: Float, size: Float, sharpness: Float, frontality: Float) {
        self.overall = overall
        self.size = size
        self.sharpness = sharpness
        self.frontality = frontality
    }
}
