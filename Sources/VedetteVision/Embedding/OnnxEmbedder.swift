import CPixels
package import VedetteCore

/// A recognition network that reads a 112x112 aligned face: SFace, ArcFace and their kin.
package final class OnnxEmbedder: FaceEmbedder {
    package let model: String
    package let length: Int
    private let layout: InputLayout
    private let network: any CompiledModel
    private let aligner = FaceAligner()
    private let quality = FaceQualityModel()

    /// - Parameters:
    ///   - file: one input of 1 x 3 x 112 x 112, one output of `length` numbers.
    ///   - model: the name that is stored beside every embedding.
    /// - Throws: ``VisionError`` `modelMissing`, `modelInvalid`.
    package init(
        file: String, model: String, length: Int, layout: InputLayout, workers: Int, runtime: any InferenceRuntime
    ) throws {
        let side = FaceAligner.side
        guard let found = ModelPack.arcFaceLength(try runtime.signature(of: file)) else {
            throw VisionError(
                .modelInvalid,
                "'\(file)' is not a recognition model: an input of 3 x \(side) x \(side) "
                    + "and one vector as output are expected"
            )
        }
        guard found == length else {
            throw VisionError(
                .modelInvalid, "'\(file)' gives embeddings of \(found) numbers; its pack says \(length)",
                remedy: "mend 'embedder.length' in pack.json, or use the file that belongs to the pack")
        }
        network = try runtime.load(file, inputShape: [1, 3, side, side], workers: workers)
        self.model = model
        self.length = length
        self.layout = layout
    }

    package func embed(_ face: Detection, in frame: Frame) throws -> EmbeddedFace {
        guard let landmarks = face.landmarks else {
            throw VisionError(.landmarksUnusable, "a face without landmarks cannot be aligned")
        }
        let side = FaceAligner.side
        return try withUnsafeTemporaryAllocation(of: Float.self, capacity: side * side) { luma in
            let values = try network.infer(shape: [1, 3, side, side]) { input in
                try aligner.align(
                    landmarks, in: frame, layout: layout, target: input.baseAddress, luma: luma.baseAddress)
            } withOutputs: { outputs in
                Array(outputs[0])
            }
            guard let embedding = Embedding(normalizing: values) else {
                throw VisionError(.inferenceFailed, "the model '\(model)' gave an embedding without direction")
            }
            let quality = quality.quality(
                of: landmarks, score: face.score, detail: FaceAligner.detail(of: UnsafeBufferPointer(luma)))
            return EmbeddedFace(embedding: embedding, quality: quality)
        }
    }

    package func quality(of face: Detection, in frame: Frame) -> FaceQuality {
        let none = FaceQuality(overall: 0, size: 0, sharpness: 0, frontality: 0)
        guard let landmarks = face.landmarks else { return none }
        let side = FaceAligner.side
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: side * side) { luma in
            do {
                try aligner.align(landmarks, in: frame, layout: layout, target: nil, luma: luma.baseAddress)
            } catch {
                // A face that cannot be aligned cannot be recognised: that is what 0 says.
                return none
            }
            return quality.quality(
                of: landmarks, score: face.score, detail: FaceAligner.detail(of: UnsafeBufferPointer(luma)))
        }
    }
}

extension FaceAligner {
    /// Fine detail against contrast in the inner face, see `vp_detail`: eyes, nose and mouth, without hair and
    /// background, which may be sharp when the face is not.
    static func detail(of luma: UnsafeBufferPointer<Float>) -> Float {
        precondition(luma.count == side * side)
        return vp_detail(luma.baseAddress!, Int32(side), 20, 32, 92, 104)
    }
}
