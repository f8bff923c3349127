/// A library that runs neural networks: the seam behind which OpenVINO stands.
package protocol InferenceRuntime: Sendable {
    /// Name and version, for people.
    var name: String { get }
    /// What a model file takes and gives, without compiling it.
    ///
    /// - Throws: ``VisionError`` `modelMissing`, `modelInvalid`.
    func signature(of file: String) throws -> ModelSignature
    /// Reads and compiles a model with one input of 32-bit floats.
    ///
    /// - Parameters:
    ///   - inputShape: the shape to compile for; nil keeps the file's own. A model compiled with open dimensions takes
    ///     any input shape that fits, a little slower.
    ///   - workers: inferences that run side by side, one thread each. More callers than workers wait their turn.
    /// - Throws: ``VisionError`` `modelMissing`, `modelInvalid`.
    func load(_ file: String, inputShape: [Int]?, workers: Int) throws -> any CompiledModel
}

/// A model ready to run, shared by all workers: calls come from any number of threads and block until done.
package protocol CompiledModel: Sendable {
    /// Names and shapes; those of the outputs are open where the input's are.
    var signature: ModelSignature { get }
    /// Runs once.
    ///
    /// - Parameters:
    ///   - shape: of the input; where the model's own is fixed, equal to it.
    ///   - prepare: writes the input, all of it: the memory holds the numbers of an earlier call.
    ///   - withOutputs: reads the outputs in place; they are gone when it returns.
    /// - Throws: ``VisionError`` `inferenceFailed`, and what the closures throw.
    func infer<Result>(
        shape: [Int], prepare: (UnsafeMutableBufferPointer<Float>) throws -> Void,
        withOutputs: (ModelOutputs) throws -> Result
    ) throws -> Result
}

/// Names and shapes of what goes into a model and comes out.
package struct ModelSignature: Sendable, Hashable {
    package struct Tensor: Sendable, Hashable {
        package var name: String
        /// -1 where the model leaves a dimension open.
        package var shape: [Int]
        /// Whether the elements are 32-bit floats.
        package var isFloat: Bool

        /// Number of elements; nil while a dimension is open.
        package var count: Int? {
            shape.contains { $0 < 0 } ? nil : shape.reduce(1, *)
        }

        package init(name: String, shape: [Int], isFloat: Bool = true) {
            self.name = name
            self.shape = shape
            self.isFloat = isFloat
        }
    }

    package var inputs: [Tensor]
    package var outputs: [Tensor]

    package init(inputs: [Tensor], outputs: [Tensor]) {
        self.inputs = inputs
        self.outputs = outputs
    }
}

/// A model's outputs where the runtime wrote them, in the order of its signature; shapes are flattened. Valid inside
/// `withOutputs` only.
package struct ModelOutputs {
    private let buffers: [UnsafeBufferPointer<Float>]

    package init(_ buffers: [UnsafeBufferPointer<Float>]) { self.buffers = buffers }

    package var count: Int { buffers.count }
    package subscript(index: Int) -> UnsafeBufferPointer<Float> { buffers[index] }
}
