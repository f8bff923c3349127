import VedetteCore
import VedettePipeline

/// The embeddings of photographs that show one person each: of the face nearest the middle.
struct CentralFaces {
    let engine: Engine
    /// The folder that the names of the pictures start from.
    let folder: String

    /// - Returns: by name; a picture without a face is named on standard error and left out.
    func embed(_ names: [String]) async throws -> (embeddings: [String: Embedding], failed: Int) {
        var embeddings: [String: Embedding] = [:]
        let failed = try await PictureBatch(engine: engine).run(names.map { folder + "/" + $0 }) {
            [engine] _, frame -> Embedding? in
            let found = try engine.detector.detect(in: frame, minimumScore: 0.3)
            func distance(_ face: Detection) -> Float {
                let dx = face.box.center.x - Float(frame.width) / 2
                let dy = face.box.center.y - Float(frame.height) / 2
                return dx * dx + dy * dy
            }
            guard let face = found.min(by: { distance($0) < distance($1) }) else { return nil }
            return try engine.embedder.embed(face, in: frame).embedding
        } emit: { path, embedding in
            let name = String(path.dropFirst(folder.count + 1))
            if let embedding {
                embeddings[name] = embedding
            } else {
                Console.note("vedette: \(name): no face was found")
            }
        }
        return (embeddings, failed)
    }
}
