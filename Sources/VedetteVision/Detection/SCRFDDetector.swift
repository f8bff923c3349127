package import VedetteCore

/// SCRFD with landmarks (Guo et al., "Sample and Computation Redistribution for Efficient Face Detection", 2021).
///
/// Three heads at strides 8, 16 and 32, two anchors a cell. Boxes are the distances from the cell's corner to the four
/// sides and landmarks the offsets from it, in strides.
package final class SCRFDDetector: FaceDetector {
    private let model: DetectorModel

    /// - Parameters:
    ///   - file: an ONNX file with SCRFD's nine outputs under any names.
    ///   - longSide: pixels of the input's longer side, see ``DetectorGeometry``.
    ///   - workers: calls that run side by side.
    /// - Throws: ``VisionError`` `modelMissing`, `modelInvalid`, `settingInvalid`.
    package init(
        file: String, layout: InputLayout, longSide: Int = 640, workers: Int, runtime: any InferenceRuntime
    ) throws {
        model = try DetectorModel(
            file: file, layout: layout, longSide: longSide, workers: workers, runtime: runtime,
            isKind: SCRFDHead.fits, mismatch: SCRFDHead.mismatch)
    }

    package func detect(in frame: Frame, minimumScore: Float) throws -> [Detection] {
        try model.run(on: frame) { outputs, widths, geometry in
            let heads = SCRFDHead.heads(
                of: outputs, widths: widths, inputWidth: geometry.inputWidth, inputHeight: geometry.inputHeight)
            guard let heads else { throw SCRFDHead.mismatch(model.file) }
            var found: [Detection] = []
            for head in heads {
                head.decode(outputs, minimumScore: minimumScore, into: &found)
            }
            return found.suppressingOverlaps(above: 0.4).map(geometry.frameDetection)
        }
    }
}

/// One of SCRFD's three heads: which outputs are its own, and the grid they lie on.
struct SCRFDHead: Hashable {
    let stride: Int
    let columns: Int
    let score: Int
    let box: Int
    let landmarks: Int

    static let strides = [8, 16, 32]
    static let anchors = 2

    /// Whether a model has the outputs of SCRFD with landmarks: three each of 1, 4 and 10 numbers an anchor.
    static func fits(_ signature: ModelSignature) -> Bool {
        let widths = signature.outputs.map { $0.shape.last ?? 0 }.sorted()
        return widths == [1, 1, 1, 4, 4, 4, 10, 10, 10] && signature.outputs.allSatisfy(\.isFloat)
    }

    static func mismatch(_ file: String) -> VisionError {
        VisionError(
            .modelInvalid,
            "'\(file)' is not SCRFD with landmarks: nine outputs, scores, boxes and landmarks "
                + "at strides 8, 16 and 32, are expected",
            remedy: "check the pack's detector: its kind may be 'yunet', or the file may be another model")
    }

    /// Finds the heads by the outputs' shapes alone, because InsightFace's files name them by number: the last
    /// dimension tells scores, boxes and landmarks apart, the number of anchors tells the stride.
    static func heads(
        of outputs: ModelOutputs, widths: [Int], inputWidth: Int, inputHeight: Int
    ) -> [SCRFDHead]? {
        func index(width: Int, anchors: Int) -> Int? {
            widths.indices.first { widths[$0] == width && outputs[$0].count == anchors * width }
        }
        var heads: [SCRFDHead] = []
        for stride in strides {
            let anchors = (inputWidth / stride) * (inputHeight / stride) * Self.anchors
            guard let score = index(width: 1, anchors: anchors), let box = index(width: 4, anchors: anchors),
                let landmarks = index(width: 10, anchors: anchors)
            else { return nil }
            heads.append(
                SCRFDHead(
                    stride: stride, columns: inputWidth / stride, score: score, box: box, landmarks: landmarks))
        }
        return heads
    }

    /// Appends the anchors that score at least `minimumScore`, in pixels of the input.
    func decode(_ outputs: ModelOutputs, minimumScore: Float, into found: inout [Detection]) {
        let scores = outputs[score]
        let boxes = outputs[box]
        let points = outputs[landmarks]
        let unit = Float(stride)
        for anchor in 0..<scores.count where scores[anchor] >= minimumScore {
            let cell = anchor / Self.anchors
            let x = Float(cell % columns) * unit
            let y = Float(cell / columns) * unit
            let side = 4 * anchor
            let left = x - boxes[side] * unit
            let top = y - boxes[side + 1] * unit
            let right = x + boxes[side + 2] * unit
            let bottom = y + boxes[side + 3] * unit
            func point(_ index: Int) -> Point {
                Point(
                    x: x + points[10 * anchor + 2 * index] * unit, y: y + points[10 * anchor + 2 * index + 1] * unit)
            }
            found.append(
                Detection(
                    box: Box(x: left, y: top, width: right - left, height: bottom - top), score: scores[anchor],
                    landmarks: Landmarks(
                        leftEye: point(0), rightEye: point(1), nose: point(2), leftMouth: point(3), rightMouth: point(4)
                    )))
        }
    }
}
