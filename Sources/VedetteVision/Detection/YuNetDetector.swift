import Foundation
package import VedetteCore

/// YuNet (Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", 2023), in the form of OpenCV's model zoo.
///
/// Three heads at strides 8, 16 and 32, one anchor a cell. The score is the geometric mean of class and objectness; a
/// box is its centre's offset from the cell and the logarithm of its size, in strides.
package final class YuNetDetector: FaceDetector {
    private let model: DetectorModel

    /// As ``SCRFDDetector``'s; `file` is an ONNX file with YuNet's twelve outputs under any names.
    package init(
        file: String, layout: InputLayout, longSide: Int = 640, workers: Int, runtime: any InferenceRuntime
    ) throws {
        model = try DetectorModel(
            file: file, layout: layout, longSide: longSide, workers: workers, runtime: runtime,
            isKind: YuNetHead.fits, mismatch: YuNetHead.mismatch)
    }

    package func detect(in frame: Frame, minimumScore: Float) throws -> [Detection] {
        try model.run(on: frame) { outputs, widths, geometry in
            let heads = YuNetHead.heads(
                of: outputs, widths: widths, inputWidth: geometry.inputWidth, inputHeight: geometry.inputHeight)
            guard let heads else { throw YuNetHead.mismatch(model.file) }
            var found: [Detection] = []
            for head in heads {
                head.decode(outputs, minimumScore: minimumScore, into: &found)
            }
            // The overlap of OpenCV's own detector.
            return found.suppressingOverlaps(above: 0.3).map(geometry.frameDetection)
        }
    }
}

/// One of YuNet's three heads.
struct YuNetHead: Hashable {
    let stride: Int
    let columns: Int
    /// Class and objectness, in either order: only their product is used.
    let scores: [Int]
    let box: Int
    let landmarks: Int

    static let strides = [8, 16, 32]

    /// Whether a model has YuNet's outputs: three each of 4 and 10 numbers a cell, and six of 1.
    static func fits(_ signature: ModelSignature) -> Bool {
        let widths = signature.outputs.map { $0.shape.last ?? 0 }.sorted()
        return widths == [1, 1, 1, 1, 1, 1, 4, 4, 4, 10, 10, 10] && signature.outputs.allSatisfy(\.isFloat)
    }

    static func mismatch(_ file: String) -> VisionError {
        VisionError(
            .modelInvalid,
            "'\(file)' is not YuNet: twelve outputs, classes, objectness, boxes and landmarks "
                + "at strides 8, 16 and 32, are expected",
            remedy: "check the pack's detector: its kind may be 'scrfd', or the file may be another model")
    }

    /// Finds the heads by the outputs' shapes: OpenVINO gives a tensor several names and tells only one of them.
    static func heads(
        of outputs: ModelOutputs, widths: [Int], inputWidth: Int, inputHeight: Int
    ) -> [YuNetHead]? {
        var heads: [YuNetHead] = []
        for stride in strides {
            let cells = (inputWidth / stride) * (inputHeight / stride)
            func indices(width: Int) -> [Int] {
                widths.indices.filter { widths[$0] == width && outputs[$0].count == cells * width }
            }
            let scores = indices(width: 1)
            guard scores.count == 2, let box = indices(width: 4).first, let landmarks = indices(width: 10).first else {
                return nil
            }
            heads.append(
                YuNetHead(stride: stride, columns: inputWidth / stride, scores: scores, box: box, landmarks: landmarks))
        }
        return heads
    }

    /// Appends the cells that score at least `minimumScore`, in pixels of the input.
    func decode(_ outputs: ModelOutputs, minimumScore: Float, into found: inout [Detection]) {
        let classes = outputs[scores[0]]
        let objects = outputs[scores[1]]
        let boxes = outputs[box]
        let points = outputs[landmarks]
        let unit = Float(stride)
        // The square is compared first: the root is needed for the few that pass.
        let floor = minimumScore * minimumScore
        for cell in 0..<classes.count {
            let product = min(max(classes[cell], 0), 1) * min(max(objects[cell], 0), 1)
            guard product >= floor else { continue }
            let column = Float(cell % columns)
            let row = Float(cell / columns)
            let side = 4 * cell
            let width = exp(boxes[side + 2]) * unit
            let height = exp(boxes[side + 3]) * unit
            func point(_ index: Int) -> Point {
                Point(
                    x: (column + points[10 * cell + 2 * index]) * unit,
                    y: (row + points[10 * cell + 2 * index + 1]) * unit)
            }
            found.append(
                Detection(
                    box: Box(
                        x: (column + boxes[side]) * unit - width / 2, y: (row + boxes[side + 1]) * unit - height / 2,
                        width: width, height: height),
                    score: product.squareRoot(),
                    // The person's right eye comes first, which is the viewer's left.
                    landmarks: Landmarks(
                        leftEye: point(0), rightEye: point(1), nose: point(2), leftMouth: point(3), rightMouth: point(4)
                    )))
        }
    }
}
