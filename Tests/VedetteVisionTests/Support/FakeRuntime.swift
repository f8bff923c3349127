import Synchronization

@testable import VedetteVision

/// A runtime without a library: signatures by file name, outputs from a closure, loads counted.
final class FakeRuntime: InferenceRuntime {
    let name = "fake"
    private let signatures: [String: ModelSignature]
    private let compute: @Sendable (_ input: [Float], _ signature: ModelSignature) -> [[Float]]
    private let loaded = Mutex<[[Int]?]>([])

    /// The shapes of all loads, nil for open dimensions.
    var loads: [[Int]?] { loaded.withLock { $0 } }

    init(
        _ signatures: [String: ModelSignature],
        compute: @escaping @Sendable ([Float], ModelSignature) -> [[Float]] = { _, signature in
            signature.outputs.map { [Float](repeating: 0, count: $0.count ?? 0) }
        }
    ) {
        self.signatures = signatures
        self.compute = compute
    }

    func signature(of file: String) throws -> ModelSignature {
        guard let name = file.split(separator: "/").last, let signature = signatures[String(name)] else {
            throw VisionError(.modelMissing, "no '\(file)'")
        }
        return signature
    }

    func load(_ file: String, inputShape: [Int]?, workers: Int) throws -> any CompiledModel {
        loaded.withLock { $0.append(inputShape) }
        return FakeModel(signature: try signature(of: file), compute: compute)
    }

    /// Fixes the number of anchors as a detector's graph would: three outputs of each width, finest grid first.
    fileprivate static func fixed(
        _ output: ModelSignature.Tensor, index: Int, of count: Int, input: [Int]
    ) -> ModelSignature.Tensor {
        guard output.count == nil, output.shape.count == 3 else { return output }
        var output = output
        let stride = [8, 16, 32][index % 3]
        output.shape[0] = 1
        output.shape[1] = (input[2] / stride) * (input[3] / stride) * (count == 9 ? 2 : 1)
        return output
    }

    private final class FakeModel: CompiledModel {
        let signature: ModelSignature
        let compute: @Sendable ([Float], ModelSignature) -> [[Float]]

        init(signature: ModelSignature, compute: @escaping @Sendable ([Float], ModelSignature) -> [[Float]]) {
            self.signature = signature
            self.compute = compute
        }

        func infer<Result>(
            shape: [Int], prepare: (UnsafeMutableBufferPointer<Float>) throws -> Void,
            withOutputs: (ModelOutputs) throws -> Result
        ) throws -> Result {
            var signature = signature
            signature.inputs[0].shape = shape
            signature.outputs = signature.outputs.enumerated().map { index, output in
                FakeRuntime.fixed(output, index: index, of: signature.outputs.count, input: shape)
            }
            var input = [Float](repeating: .nan, count: shape.reduce(1, *))
            try input.withUnsafeMutableBufferPointer { try prepare($0) }
            let values = compute(input, signature)
            let buffers = values.map { list in
                let copy = UnsafeMutableBufferPointer<Float>.allocate(capacity: list.count)
                _ = copy.initialize(from: list)
                return copy
            }
            defer { buffers.forEach { $0.deallocate() } }
            return try withOutputs(ModelOutputs(buffers.map { UnsafeBufferPointer($0) }))
        }
    }
}

extension ModelSignature {
    /// SCRFD as Vedette prepares it, with open sizes.
    static let scrfd = ModelSignature(
        inputs: [Tensor(name: "input.1", shape: [-1, 3, -1, -1])],
        outputs: [1, 4, 10].flatMap { width in
            [8, 16, 32].map { Tensor(name: "\(width)_\($0)", shape: [-1, -1, width]) }
        })

    static let yunet = ModelSignature(
        inputs: [Tensor(name: "input", shape: [-1, 3, -1, -1])],
        outputs: [1, 1, 4, 10].enumerated().flatMap { index, width in
            [8, 16, 32].map { Tensor(name: "\(index)_\($0)", shape: [-1, -1, width]) }
        })

    static func arcFace(length: Int) -> ModelSignature {
        ModelSignature(
            inputs: [Tensor(name: "data", shape: [-1, 3, 112, 112])],
            outputs: [Tensor(name: "fc1", shape: [-1, length])])
    }
}
