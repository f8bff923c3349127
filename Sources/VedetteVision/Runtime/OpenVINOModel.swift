import COpenVINO
import Synchronization

/// A compiled model with a pool of requests, so that any number of threads may call it.
///
/// A call takes a request out of the pool and gives it back: no lock is held while it computes. The pool makes requests
/// as they are needed and keeps as many as there are workers.
///
/// `@unchecked Sendable`: the handle is a constant, used only to create requests, which OpenVINO allows from any
/// thread.
final class OpenVINOModel: CompiledModel, @unchecked Sendable {
    let signature: ModelSignature
    private let file: String
    private let workers: Int
    private let handle: OpaquePointer
    private let idle = Mutex<[OpenVINORequest]>([])

    init(graph: OpenVINOGraph, workers: Int) throws(VisionError) {
        precondition(workers > 0, "a model needs a worker")
        let signature = try graph.signature()
        guard signature.inputs.count == 1, !signature.outputs.isEmpty else {
            throw VisionError(
                .modelInvalid,
                "'\(graph.file)' has \(signature.inputs.count) inputs and \(signature.outputs.count) outputs; "
                    + "one input is expected"
            )
        }
        for port in signature.inputs + signature.outputs where !port.isFloat {
            throw VisionError(.modelInvalid, "'\(graph.file)': '\(port.name)' is not of 32-bit floats")
        }
        var reason = ErrorText()
        guard let handle = reason.capture({ vo_compile(graph.handle, Int32(workers), $0) }) else {
            throw VisionError(.modelInvalid, "'\(graph.file)' cannot be compiled: \(reason.text)")
        }
        self.handle = handle
        self.file = graph.file
        self.workers = workers
        self.signature = signature
    }

    deinit {
        idle.withLock { $0.removeAll() }
        vo_compiled_free(handle)
    }

    func infer<Result>(
        shape: [Int], prepare: (UnsafeMutableBufferPointer<Float>) throws -> Void,
        withOutputs: (ModelOutputs) throws -> Result
    ) throws -> Result {
        let request = try idle.withLock { $0.popLast() } ?? OpenVINORequest(compiled: handle, file: file)
        defer {
            idle.withLock { if $0.count < workers { $0.append(request) } }
        }
        try prepare(try request.input(of: shape))
        return try withOutputs(try request.infer(outputs: signature.outputs.count))
    }
}

/// One inference at a time: the input lies in memory of its own, the outputs where OpenVINO wrote them.
///
/// `@unchecked Sendable`: it has one owner at a time, the pool or a call.
private final class OpenVINORequest: @unchecked Sendable {
    private let file: String
    private let handle: OpaquePointer
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var shape: [Int] = []

    init(compiled: OpaquePointer, file: String) throws(VisionError) {
        var reason = ErrorText()
        guard let handle = reason.capture({ vo_request_create(compiled, $0) }) else {
            throw VisionError(.inferenceFailed, "no inference can be prepared for '\(file)': \(reason.text)")
        }
        self.handle = handle
        self.file = file
    }

    deinit {
        vo_request_free(handle)
        memory.deallocate()
    }

    /// The memory to write an input of `shape` to. Nothing is done when the last input had the same shape.
    func input(of shape: [Int]) throws(VisionError) -> UnsafeMutableBufferPointer<Float> {
        let count = shape.reduce(1, *)
        guard count > 0, !shape.contains(where: { $0 <= 0 }) else {
            throw VisionError(.inferenceFailed, "'\(file)' cannot take an empty input: \(shape)")
        }
        if shape != self.shape {
            self.shape = []
            if memory.count < count * MemoryLayout<Float>.stride {
                let larger = UnsafeMutableRawBufferPointer.allocate(
                    byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
                try bind(shape, to: larger)
                memory.deallocate()
                memory = larger
            } else {
                try bind(shape, to: memory)
            }
            self.shape = shape
        }
        return UnsafeMutableBufferPointer(
            start: memory.baseAddress?.assumingMemoryBound(to: Float.self), count: count)
    }

    /// Frees `memory` when that fails and it is new.
    private func bind(_ shape: [Int], to memory: UnsafeMutableRawBufferPointer) throws(VisionError) {
        let dimensions = shape.map(Int64.init)
        let floats = memory.baseAddress!.assumingMemoryBound(to: Float.self)  // never empty
        var reason = ErrorText()
        guard reason.capture({ vo_request_bind(handle, dimensions, Int32(dimensions.count), floats, $0) }) else {
            if memory.baseAddress != self.memory.baseAddress { memory.deallocate() }
            throw VisionError(
                .inferenceFailed, "'\(file)' does not accept an input of the shape \(shape): \(reason.text)")
        }
    }

    func infer(outputs count: Int) throws(VisionError) -> ModelOutputs {
        var reason = ErrorText()
        guard reason.capture({ vo_request_infer(handle, $0) }) else {
            throw VisionError(.inferenceFailed, "inference with '\(file)' failed: \(reason.text)")
        }
        var buffers: [UnsafeBufferPointer<Float>] = []
        buffers.reserveCapacity(count)
        for index in 0..<count {
            var data: UnsafePointer<Float>?
            var size = 0
            guard reason.capture({ vo_request_output(handle, index, &data, &size, $0) }) else {
                throw VisionError(.inferenceFailed, "inference with '\(file)' gave no output: \(reason.text)")
            }
            buffers.append(UnsafeBufferPointer(start: data, count: size))
        }
        return ModelOutputs(buffers)
    }
}
