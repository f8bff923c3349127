import Foundation

extension ModelPack {
    /// Describes a folder as InsightFace distributes them (buffalo_l, buffalo_s, antelopev2): SCRFD under `det_*.onnx`
    /// or `scrfd_*.onnx`, ArcFace under `w600k_*.onnx`, `glintr*.onnx` or another name, and models for other purposes
    /// beside them.
    ///
    /// - Throws: ``VisionError`` `packInvalid` when either is missing, `modelInvalid` when a file is not what its name
    ///   says.
    static func insightFace(folder: String, runtime: any InferenceRuntime) throws -> ModelPack {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasSuffix(".onnx") }.sorted()
        func missing(_ what: String) -> VisionError {
            VisionError(
                .packInvalid, "'\(folder)' has no pack.json and \(what)",
                remedy: "name a folder with a pack.json, or an InsightFace pack (det_*.onnx and w600k_*.onnx)")
        }
        guard let detector = names.first(where: { $0.hasPrefix("det_") || $0.hasPrefix("scrfd") }) else {
            throw missing("no detector det_*.onnx")
        }
        guard SCRFDHead.fits(try runtime.signature(of: folder + "/" + detector)) else {
            throw SCRFDHead.mismatch(folder + "/" + detector)
        }
        let others = ["2d106det", "1k3d68", "genderage"]
        let candidates = names.filter { name in name != detector && !others.contains { name.hasPrefix($0) } }
        let known = candidates.first { $0.hasPrefix("w600k_") || $0.hasPrefix("glintr") }
        var found: (name: String, length: Int)?
        for name in known.map({ [$0] }) ?? candidates {
            if let length = arcFaceLength(try runtime.signature(of: folder + "/" + name)) {
                found = (name, length)
                break
            }
        }
        guard let found else {
            if let known {
                throw VisionError(
                    .modelInvalid,
                    "'\(folder)/\(known)' is not a recognition model: an input of 3 x 112 x 112 "
                        + "and one vector as output are expected"
                )
            }
            throw missing("no recognition model w600k_*.onnx")
        }
        let name = (folder as NSString).standardizingPath.split(separator: "/").last.map(String.init) ?? "insightface"
        let license = "InsightFace model licence: non-commercial research use"
        return ModelPack(
            name: name, description: "InsightFace pack \(name): SCRFD detector, ArcFace \(found.length)-d embeddings.",
            detector: Detector(
                kind: .scrfd, file: detector, sha256: nil, input: InputLayout(mean: 127.5, scale: 1 / 128, order: .rgb),
                license: license, origin: "InsightFace", int8: nil),
            embedder: Embedder(
                name: (found.name as NSString).deletingPathExtension, file: found.name, sha256: nil,
                input: Embedder.Input(size: FaceAligner.side, mean: 127.5, scale: 1 / 127.5, order: .rgb),
                length: found.length, license: license, origin: "InsightFace"),
            // Not measured here: a careful value for ArcFace, whose impostors are rarely above 0.3.
            recognition: Recognition(threshold: 0.35, impostors: []), folder: folder)
    }

    /// The length of the embedding when a model has ArcFace's signature, else nil.
    static func arcFaceLength(_ signature: ModelSignature) -> Int? {
        let side = FaceAligner.side
        guard signature.inputs.count == 1, signature.outputs.count == 1,
            signature.inputs[0].shape.suffix(3) == [3, side, side], signature.inputs[0].shape.count == 4,
            let length = signature.outputs[0].shape.last, signature.outputs[0].shape.count == 2, length >= 64
        else { return nil }
        return length
    }
}
