/// Finds faces. Shared by all workers: calls may come from several threads at once and block until done.
package protocol FaceDetector: Sendable {
    /// The faces of `frame` that score at least `minimumScore`, best first, overlaps suppressed.
    func detect(in frame: Frame, minimumScore: Float) throws -> [Detection]
}

/// Turns a face into an embedding. Shared by all workers: calls may come from several threads at once and block.
package protocol FaceEmbedder: Sendable {
    /// Name of the model; stored beside every embedding.
    var model: String { get }
    /// Numbers per embedding.
    var length: Int { get }
    /// Aligns the face and computes embedding and quality.
    ///
    /// - Throws: when inference fails or the landmarks are degenerate (all in one place).
    func embed(_ face: Detection, in frame: Frame) throws -> EmbeddedFace
    /// The quality alone, without inference: cheap enough for every face of every frame.
    func quality(of face: Detection, in frame: Frame) -> FaceQuality
}

package struct EmbeddedFace: Sendable {
    package var embedding: Embedding
    package var quality: FaceQuality

    package init(embedding: Embedding, quality: FaceQuality) {
        self.embedding = embedding
        self.quality = quality
    }
}
