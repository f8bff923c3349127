import COpenVINO
import Synchronization

/// A compiled model with a pool of requests, so that any number of threads may call it.
///
/// A call takes a request out of the pool and gives it back: no lock is held while it computes. The pool makes requests as
/// they are needed and keeps as many as there are workers.
///
/// `@unchecked Sendable`: the handle is a constant, used only to create requests, which OpenVINO allows from any thread.
final class OpenVINOModel: CompiledModel, @unchecked Sendable {
    let signature: ModelSignature
    private let file: String
    private let workers: Int
    private let handle: OpaquePointer
    private let input: vo_port
    private let outputs: [vo_port]
    private let idle = Mutex<[OpenVINORequest]>([])

    init(graph: OpenVINOGraph, workers: Int) throws(VisionError) {
        precondition(workers > 0, "a model needs a worker")
        let inputs = try graph.ports(outputs: false)
        let outputs = try graph.ports(outputs: true)
        guard inputs.count == 1, !outputs.isEmpty else {
            throw VisionError(
                .modelInvalid, "'\(graph.file)' has \(inputs.count) inputs and \(outputs.count) outputs; one input is expected")
        }
        for port in inputs + outputs where port.tensor.count == nil || !port.tensor.isFloat {
            throw VisionError(
                .modelInvalid,
                "'\(graph.file)': '\(port.tensor.name)' has the shape \(port.tensor.shape); fixed sizes of 32-bit floats are expected")
        }
        var reason = ErrorText()
        guard let handle = reason.capture({ vo_compile(graph.handle, Int32(workers), $0) }) else {
            throw VisionError(.modelInvalid, "'\(graph.file)' cannot be compiled: \(reason.text)")
        }
        self.handle = handle
        self.file = graph.file
        self.workers = workers
        self.input = inputs[0]
        self.outputs = outputs
        signature = ModelSignature(inputs: inputs.map(\.tensor), outputs: outputs.map(\.tensor))
    }

    deinit {
        idle.withLock { $0.removeAll() }
        vo_compiled_free(handle)
    }

    func infer<Result>(
        prepare: (UnsafeMutableBufferPointer<Float>) throws -> Void, withOutputs: (ModelOutputs) throws -> Result
    ) throws -> Result {
        let request =
            try idle.withLock { $0.popLast() }
            ?? OpenVINORequest(compiled: handle, file: file, input: input, outputs: outputs)
        defer {
            idle.withLock { if $0.count < workers { $0.append(request) } }
        }
        try prepare(request.input)
        try request.infer()
        return try withOutputs(request.outputs)
    }
}

/// One inference at a time, on memory of its own: input and outputs are read and written where they lie.
///
/// `@unchecked Sendable`: it has one owner at a time, the pool or a call.
private final class OpenVINORequest: @unchecked Sendable {
    let input: UnsafeMutableBufferPointer<Float>
    let outputs: ModelOutputs
    private let file: String
    private let memory: UnsafeMutableRawPointer
    private let handle: OpaquePointer

    init(compiled: OpaquePointer, file: String, input: vo_port, outputs: [vo_port]) throws(VisionError) {
        // Every tensor starts a cache line, as vector instructions like it.
        let counts = ([input] + outputs).map { $0.tensor.count ?? 0 }
        let offsets = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + ($1 + 15) / 16 * 16) }
        let byteCount = offsets[offsets.count - 1] * MemoryLayout<Float>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        let floats = memory.bindMemory(to: Float.self, capacity: offsets[offsets.count - 1])
        let tensors = zip(offsets, counts).map { UnsafeMutableBufferPointer(start: floats + $0, count: $1) }

        var input = input
        var reason = ErrorText()
        let made = reason.capture { text in
            outputs.withUnsafeBufferPointer { ports in
                tensors.dropFirst().map { $0.baseAddress! }.withUnsafeBufferPointer { addresses in
                    vo_request_create(
                        compiled, &input, floats, ports.baseAddress!, addresses.baseAddress!, outputs.count, text)
                }
            }
        }
        guard let made else {
            memory.deallocate()
            throw VisionError(.inferenceFailed, "no inference can be prepared for '\(file)': \(reason.text)")
        }
        handle = made
        self.file = file
        self.memory = memory
        self.input = tensors[0]
        self.outputs = ModelOutputs(tensors.dropFirst().map { UnsafeBufferPointer($0) })
    }

    deinit {
        vo_request_free(handle)
        memory.deallocate()
    }

    func infer() throws(VisionError) {
        var reason = ErrorText()
        guard reason.capture({ vo_request_infer(handle, $0) }) else {
            throw VisionError(.inferenceFailed, "inference with '\(file)' failed: \(reason.text)")
        }
    }
}
