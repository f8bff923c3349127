import COpenVINO
import Foundation

/// OpenVINO on the CPU, loaded from a shared library at run time.
///
/// `@unchecked Sendable`: the handle is a constant that is never freed, and OpenVINO's core may be used by several
/// threads at once.
package final class OpenVINORuntime: InferenceRuntime, @unchecked Sendable {
    package let name: String
    private let library: OpaquePointer

    /// - Parameter path: of `libopenvino_c.so`; the libraries it needs lie beside it.
    /// - Throws: ``VisionError`` `runtimeUnavailable` naming the path and what to do.
    package init(library path: String) throws(VisionError) {
        guard FileManager.default.fileExists(atPath: path) else {
            throw VisionError(
                .runtimeUnavailable, "the inference library '\(path)' does not exist", remedy: Self.remedy)
        }
        var reason = ErrorText()
        guard let library = reason.capture({ vo_library_open(path, $0) }) else {
            throw VisionError(
                .runtimeUnavailable, "'\(path)' is not a usable OpenVINO library: \(reason.text)", remedy: Self.remedy)
        }
        self.library = library
        var version = ErrorText()
        version.capture { vo_library_version(library, $0, Int(VO_ERROR_SIZE)) }
        name = "OpenVINO \(version.text)"
    }

    /// The library that `VEDETTE_OPENVINO_LIBRARY` names, or else the one in the runtime folder.
    ///
    /// - Throws: ``VisionError`` `runtimeUnavailable`.
    package static func open(
        folder: RuntimeFolder?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(VisionError) -> OpenVINORuntime {
        if let path = environment["VEDETTE_OPENVINO_LIBRARY"], !path.isEmpty {
            return try OpenVINORuntime(library: path)
        }
        guard let folder else { throw RuntimeFolder.missing }
        return try OpenVINORuntime(library: folder.openVINOLibrary)
    }

    private static let remedy = "run `make setup`, or set VEDETTE_OPENVINO_LIBRARY to the path of libopenvino_c.so"

    package func signature(of file: String) throws -> ModelSignature {
        let model = try OpenVINOGraph(library: library, file: file)
        return try model.signature()
    }

    package func load(_ file: String, inputShape: [Int]?, workers: Int) throws -> any CompiledModel {
        defer { vo_release_memory() }
        return try compile(file, inputShape: inputShape, workers: workers)
    }

    /// A function of its own, so that the graph is gone when its memory is released.
    private func compile(_ file: String, inputShape: [Int]?, workers: Int) throws(VisionError) -> OpenVINOModel {
        let graph = try OpenVINOGraph(library: library, file: file)
        if let inputShape { try graph.reshape(to: inputShape) }
        return try OpenVINOModel(graph: graph, workers: workers)
    }
}

/// A model file as read: its signature can be asked and its input shape fixed.
final class OpenVINOGraph {
    let handle: OpaquePointer
    let file: String

    init(library: OpaquePointer, file: String) throws(VisionError) {
        guard FileManager.default.isReadableFile(atPath: file) else {
            throw VisionError(
                .modelMissing, "the model file '\(file)' does not exist or cannot be read",
                remedy: "run `make setup`, or name another model pack")
        }
        var reason = ErrorText()
        guard let handle = reason.capture({ vo_model_read(library, file, $0) }) else {
            throw VisionError(
                .modelInvalid, "'\(file)' is not a model that OpenVINO can read: \(reason.text)",
                remedy: "fetch the file again; `vedette models verify` finds damaged files")
        }
        self.handle = handle
        self.file = file
    }

    deinit { vo_model_free(handle) }

    func signature() throws(VisionError) -> ModelSignature {
        ModelSignature(
            inputs: try ports(outputs: false).map(\.tensor), outputs: try ports(outputs: true).map(\.tensor))
    }

    func ports(outputs: Bool) throws(VisionError) -> [vo_port] {
        var found: [vo_port] = []
        for index in 0..<vo_model_port_count(handle, outputs) {
            var port = vo_port()
            var reason = ErrorText()
            guard reason.capture({ vo_model_port(handle, outputs, index, &port, $0) }) else {
                throw VisionError(.modelInvalid, "'\(file)' cannot be used: \(reason.text)")
            }
            found.append(port)
        }
        return found
    }

    func reshape(to shape: [Int]) throws(VisionError) {
        let signature = try signature()
        guard signature.inputs.count == 1 else { return }  // reported by OpenVINOModel
        let own = signature.inputs[0].shape
        if own == shape { return }
        // OpenVINO takes any number of dimensions as long as no operation minds.
        guard own.count == shape.count else {
            throw VisionError(.modelInvalid, "'\(file)' takes an input of the shape \(own), not \(shape)")
        }
        let dimensions = shape.map(Int64.init)
        var reason = ErrorText()
        guard reason.capture({ vo_model_reshape(handle, dimensions, Int32(dimensions.count), $0) }) else {
            throw VisionError(
                .modelInvalid, "'\(file)' does not accept the input shape \(shape): \(reason.text)")
        }
    }
}

/// Room for the text that a failing C function writes.
struct ErrorText {
    private(set) var text = ""

    @discardableResult
    mutating func capture<Result>(_ call: (UnsafeMutablePointer<CChar>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(VO_ERROR_SIZE)) { room in
            room.initialize(repeating: 0)
            let result = call(room.baseAddress!)  // the capacity is not zero
            text = String(cString: room.baseAddress!)
            return result
        }
    }
}

extension vo_port {
    var tensor: ModelSignature.Tensor {
        let name = withUnsafeBytes(of: self.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let shape = withUnsafeBytes(of: dimensions) { bytes in
            bytes.bindMemory(to: Int64.self).prefix(Int(rank)).map(Int.init)
        }
        return ModelSignature.Tensor(name: name, shape: shape, isFloat: is_float)
    }
}
