package import VedetteCore

/// Which of a detector's files is used.
package enum DetectorPrecision: String, Sendable, Hashable, Codable, CaseIterable {
    /// 32-bit floats.
    case fp32
    /// 8-bit integers where the pack has them: faster, with scores that differ by a few hundredths.
    case int8
}

/// The detector and the embedder of one pack, ready for use.
///
///     let engine = try FaceEngine(pack: pack, runtime: runtime, workers: 2)
///     for face in try engine.detector.detect(in: frame, minimumScore: 0.5) {
///         let embedded = try engine.embedder.embed(face, in: frame)
///     }
package struct FaceEngine: Sendable {
    package let pack: ModelPack
    package let detector: any FaceDetector
    package let embedder: any FaceEmbedder

    /// - Parameters:
    ///   - workers: calls that run side by side, one thread each; as many as cores.
    ///   - detectionSize: pixels of the detector input's longer side, 64...4096. Raising it finds smaller faces and
    ///     takes longer; lowering it does the reverse.
    ///   - precision: of the detector.
    /// - Throws: ``VisionError``: a file is missing, damaged or of the wrong kind, or a setting is out of range.
    package init(
        pack: ModelPack, runtime: any InferenceRuntime, workers: Int, detectionSize: Int = 640,
        precision: DetectorPrecision = .fp32
    ) throws {
        guard workers > 0 else {
            throw VisionError(.settingInvalid, "the number of workers must be at least 1, and is \(workers)")
        }
        let file = pack.path(of: try Self.detectorFile(of: pack, precision: precision))
        detector =
            switch pack.detector.kind {
            case .scrfd:
                try SCRFDDetector(
                    file: file, layout: pack.detector.input, longSide: detectionSize, workers: workers, runtime: runtime
                )
            case .yunet:
                try YuNetDetector(
                    file: file, layout: pack.detector.input, longSide: detectionSize, workers: workers, runtime: runtime
                )
            }
        embedder = try OnnxEmbedder(
            file: pack.path(of: pack.embedder.file), model: pack.embedder.name, length: pack.embedder.length,
            layout: pack.embedder.input.layout, workers: workers, runtime: runtime)
        self.pack = pack
    }

    static func detectorFile(of pack: ModelPack, precision: DetectorPrecision) throws(VisionError) -> String {
        switch precision {
        case .fp32: return pack.detector.file
        case .int8:
            guard let int8 = pack.detector.int8 else {
                throw VisionError(
                    .settingInvalid, "the pack '\(pack.name)' has no 8-bit detector",
                    remedy: "set the precision to fp32")
            }
            return int8.file
        }
    }
}
