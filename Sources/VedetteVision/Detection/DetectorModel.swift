import CPixels
import VedetteCore

/// What every detector does around its own decoding: shapes the input after the frame, converts and runs.
final class DetectorModel: Sendable {
    let file: String
    private let layout: InputLayout
    private let longSide: Int
    /// Width and height when the file leaves no choice.
    private let fixedSize: (width: Int, height: Int)?
    private let widths: [Int]
    private let models: ShapedModels
    private let scratch = ScalingScratch()

    /// - Parameters:
    ///   - longSide: see ``DetectorGeometry``; 64...4096.
    ///   - isKind: whether the outputs are those of the detector; `mismatch` says so when they are not.
    /// - Throws: ``VisionError`` when the file is another kind of model, or the setting is out of range.
    init(
        file: String, layout: InputLayout, longSide: Int, workers: Int, runtime: any InferenceRuntime,
        isKind: (ModelSignature) -> Bool, mismatch: (String) -> VisionError
    ) throws {
        guard (64...4096).contains(longSide) else {
            throw VisionError(
                .settingInvalid, "the detection size must be between 64 and 4096 pixels, and is \(longSide)")
        }
        let signature = try runtime.signature(of: file)
        guard let input = signature.inputs.first, signature.inputs.count == 1, input.isFloat, input.shape.count == 4,
            input.shape[1] == 3
        else {
            throw VisionError(
                .modelInvalid,
                "'\(file)' is no face detector: its inputs are "
                    + "\(signature.inputs.map(\.shape)), not one picture of 3 planes"
            )
        }
        guard isKind(signature) else { throw mismatch(file) }
        let height = input.shape[2]
        let width = input.shape[3]
        fixedSize = width > 0 && height > 0 ? (width, height) : nil
        widths = signature.outputs.map { $0.shape.last ?? 0 }
        self.file = file
        self.layout = layout
        self.longSide = longSide
        models = ShapedModels { try runtime.load(file, inputShape: $0, workers: workers) }
    }

    func geometry(of frame: Frame) -> DetectorGeometry {
        if let fixedSize {
            DetectorGeometry(
                frameWidth: frame.width, frameHeight: frame.height, inputWidth: fixedSize.width,
                inputHeight: fixedSize.height)
        } else {
            DetectorGeometry(frameWidth: frame.width, frameHeight: frame.height, longSide: longSide)
        }
    }

    /// Runs on one frame; `body` decodes the outputs. `widths` are their last dimensions: the numbers per anchor.
    func run<Result>(
        on frame: Frame, _ body: (ModelOutputs, _ widths: [Int], DetectorGeometry) throws -> Result
    ) throws -> Result {
        let geometry = geometry(of: frame)
        let shape = [1, 3, geometry.inputHeight, geometry.inputWidth]
        let model = try models.model(for: shape)
        return try model.infer(shape: shape) { input in
            try scratch.withScaled(frame.kernel, width: geometry.contentWidth, height: geometry.contentHeight) {
                picture in
                convert(picture, frame.colorimetry, into: input, geometry)
            }
        } withOutputs: { outputs in
            try body(outputs, widths, geometry)
        }
    }

    private func convert(
        _ picture: vp_picture, _ colorimetry: Colorimetry, into input: UnsafeMutableBufferPointer<Float>,
        _ geometry: DetectorGeometry
    ) {
        precondition(input.count == 3 * geometry.inputWidth * geometry.inputHeight)
        var picture = picture
        var colour = colorimetry.kernel
        var layout = layout.kernel
        vp_planar(
            &picture, &colour, &layout, input.baseAddress!, Int32(geometry.inputWidth), Int32(geometry.inputHeight))
    }
}
