import Foundation
import Testing
import VedetteCore

@testable import VedetteVision

@Suite struct RuntimeFolderTests {
    private let root: TemporaryFolder

    init() throws {
        root = try TemporaryFolder()
        for path in ["project/.vedette", "project/a/b", "program/.vedette", "program/bin", "else"] {
            try FileManager.default.createDirectory(
                atPath: root.path + "/" + path, withIntermediateDirectories: true)
        }
        try root.write("else/.vedette", text: "a file, not a folder")
    }

    @Test(
        arguments: [
            // VEDETTE_HOME, current directory, program; what is found
            ("/home/set", "project/a/b", "program/bin/vedette", "/home/set"),
            (nil, "project", nil, "project/.vedette"),
            (nil, "project/a/b", "program/bin/vedette", "project/.vedette"),
            ("", "project/a", nil, "project/.vedette"),
            (nil, "else", "program/bin/vedette", "program/.vedette"),
            (nil, "else", nil, nil),
        ] as [(String?, String, String?, String?)])
    func isFound(home: String?, directory: String, program: String?, expected: String?) {
        let found = RuntimeFolder.locate(
            environment: home.map { ["VEDETTE_HOME": $0] } ?? [:], currentDirectory: root.path + "/" + directory,
            program: program.map { root.path + "/" + $0 })
        #expect(found?.path == expected.map { $0.hasPrefix("/") ? $0 : root.path + "/" + $0 })
    }

    @Test func knowsWhereThingsAre() {
        let folder = RuntimeFolder(path: "/r")
        #expect(folder.openVINOLibrary == "/r/runtime/openvino/lib/libopenvino_c.so")
        #expect(folder.pack("scrfd-sface") == "/r/models/scrfd-sface")
        #expect(folder.pack("./packs/mine") == "./packs/mine")
    }
}

@Suite struct OpenVINOLibraryTests {
    private func failure(_ path: String) -> VisionError? {
        #expect(throws: VisionError.self) {
            try OpenVINORuntime.open(
                folder: RuntimeFolder(path: "/nowhere"), environment: ["VEDETTE_OPENVINO_LIBRARY": path])
        }
    }

    @Test func aMissingLibraryNamesPathAndRemedy() {
        let error = failure("/nowhere/libopenvino_c.so")
        #expect(error?.code == .runtimeUnavailable)
        #expect(error?.message.contains("/nowhere/libopenvino_c.so") == true)
        #expect(error?.remedy?.contains("make setup") == true)
        let inFolder = #expect(throws: VisionError.self) {
            try OpenVINORuntime.open(folder: RuntimeFolder(path: "/nowhere"), environment: [:])
        }
        #expect(inFolder?.message.contains("/nowhere/runtime/openvino") == true)
    }

    @Test func aMissingFolderSaysSo() {
        let error = #expect(throws: VisionError.self) { try OpenVINORuntime.open(folder: nil, environment: [:]) }
        #expect(error?.code == .runtimeUnavailable)
        #expect(error?.remedy?.contains("VEDETTE_HOME") == true)
    }

    @Test func aFileThatIsNoLibraryIsRefused() throws {
        let folder = try TemporaryFolder()
        try folder.write("libopenvino_c.so", text: "not a library")
        let error = failure(folder.path + "/libopenvino_c.so")
        #expect(error?.code == .runtimeUnavailable)
        #expect(error?.message.contains("not a usable OpenVINO library") == true)
    }

    @Test func anotherLibraryIsRefused() throws {
        let library = ["/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6", "/lib64/libm.so.6"]
            .first { FileManager.default.fileExists(atPath: $0) }
        let error = failure(try #require(library))
        #expect(error?.message.contains("it has no function ov_") == true)
    }
}

@Suite(.enabled(if: TestEnvironment.hasRuntime, "there is no .vedette folder; run `make setup`"))
struct OpenVINOTests {
    private static let aligned = [1, 3, 112, 112]
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func refusesAFileThatIsNoModel() throws {
        try folder.write("model.onnx", text: "certainly not a graph")
        for path in [folder.path + "/model.onnx", folder.path + "/none.onnx"] {
            let error = #expect(throws: VisionError.self) {
                try TestEnvironment.runtime.get().load(path, inputShape: nil, workers: 1)
            }
            #expect(error?.code == (path.contains("none") ? .modelMissing : .modelInvalid))
            #expect(error?.message.contains(path) == true)
        }
    }

    @Test func refusesAShapeTheModelCannotTake() throws {
        try folder.write("e.onnx", OnnxWriter.arcFace(length: 64).bytes)
        let runtime = try TestEnvironment.runtime.get()
        for shape in [[1, 4, 112, 112], [1, 3]] {
            let error = #expect(throws: VisionError.self) {
                try runtime.load(folder.path + "/e.onnx", inputShape: shape, workers: 1)
            }
            #expect(error?.code == .modelInvalid)
        }
        let fixed = try runtime.load(folder.path + "/e.onnx", inputShape: [1, 3, 112, 112], workers: 1)
        for shape in [[2, 3, 112, 112], [1, 3, 0, 112]] {
            let error = #expect(throws: VisionError.self) {
                try fixed.infer(shape: shape) {
                    $0.update(repeating: 0)
                } withOutputs: { _ in
                }
            }
            #expect(error?.code == .inferenceFailed)
        }
        // It still works afterwards.
        #expect(
            try fixed.infer(shape: [1, 3, 112, 112]) {
                $0.update(repeating: 5)
            } withOutputs: {
                $0[0][0]
            } == 5)
    }

    /// One model with open dimensions gives what models of fixed shapes give, whatever order the shapes come in.
    @Test func takesAnyShapeWhereDimensionsAreOpen() throws {
        try folder.write("d.onnx", OnnxWriter.scrfd(gain: 0.6, offset: 0.3, reach: 1).bytes)
        let runtime = try TestEnvironment.runtime.get()
        let open = try runtime.load(folder.path + "/d.onnx", inputShape: nil, workers: 1)
        for shape in [[1, 3, 64, 96], [1, 3, 320, 320], [1, 3, 64, 96], [1, 3, 32, 64]] {
            func scores(_ model: any CompiledModel) throws -> [Float] {
                try model.infer(shape: shape) { input in
                    for index in input.indices { input[index] = Float(index % 97) / 97 }
                } withOutputs: { outputs in
                    (0..<3).flatMap { Array(outputs[$0]) }
                }
            }
            let fixed = try runtime.load(folder.path + "/d.onnx", inputShape: shape, workers: 1)
            let expected = try scores(fixed)
            let found = try scores(open)
            let anchors = [8, 16, 32].map { shape[2] / $0 * (shape[3] / $0) * 2 }.reduce(0, +)
            #expect(found.count == anchors)
            #expect(zip(expected, found).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    /// Each caller must get the answer to its own question, with more callers than workers.
    @Test func servesManyThreadsAtOnce() async throws {
        try folder.write("e.onnx", OnnxWriter.arcFace(length: 64).bytes)
        let model = try TestEnvironment.runtime.get()
            .load(folder.path + "/e.onnx", inputShape: [1, 3, 112, 112], workers: 2)
        #expect(model.signature.outputs.map(\.shape) == [[1, 64]])
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for caller in 0..<8 {
                group.addTask {
                    for round in 0..<50 {
                        let value = Float(caller * 100 + round)
                        let answer = try model.infer(shape: Self.aligned) {
                            $0.update(repeating: value)
                        } withOutputs: {
                            Array($0[0])
                        }
                        guard answer.prefix(3).allSatisfy({ abs($0 - value) < 1e-2 }), answer[3] == 0 else {
                            return false
                        }
                    }
                    return true
                }
            }
            for try await right in group { #expect(right) }
        }
    }

    @Test func survivesAnErrorInTheMiddle() throws {
        struct Stop: Error {}
        try folder.write("e.onnx", OnnxWriter.arcFace(length: 64).bytes)
        let model = try TestEnvironment.runtime.get()
            .load(folder.path + "/e.onnx", inputShape: [1, 3, 112, 112], workers: 1)
        #expect(throws: Stop.self) {
            try model.infer(shape: Self.aligned) { _ in
                throw Stop()
            } withOutputs: { _ in
            }
        }
        #expect(throws: Stop.self) {
            try model.infer(shape: Self.aligned) {
                $0.update(repeating: 1)
            } withOutputs: { _ in
                throw Stop()
            }
        }
        let answer = try model.infer(shape: Self.aligned) {
            $0.update(repeating: 2)
        } withOutputs: {
            $0[0][0]
        }
        #expect(abs(answer - 2) < 1e-3)
    }

    /// A pack as InsightFace ships it, made of small graphs with the same inputs and outputs: from folder to embedding.
    @Test func runsAnInsightFacePack() throws {
        // A cell scores 0.9 where it is white (1) and is below 0 where it is black (-1).
        try folder.write("det_10g.onnx", OnnxWriter.scrfd(gain: 0.6, offset: 0.3, reach: 1).bytes)
        try folder.write("w600k_r50.onnx", OnnxWriter.arcFace(length: 512).bytes)
        let runtime = try TestEnvironment.runtime.get()
        let pack = try ModelPack.open(folder.path) { runtime }
        #expect(pack.embedder.length == 512)
        let engine = try FaceEngine(pack: pack, runtime: runtime, workers: 1)
        // One cell of the coarsest grid is white: 32 pixels of the input, 64 of the frame.
        let frame = SyntheticFrame.make(
            width: 1280, height: 720, luma: { x, y in (512..<576).contains(x) && (256..<320).contains(y) ? 235 : 16 })
        let faces = try engine.detector.detect(in: frame, minimumScore: 0.5)
        let face = try #require(faces.first)
        #expect(faces.count == 1)
        #expect(abs(face.score - 0.9) < 0.02)
        #expect(face.box.intersectionOverUnion(Box(x: 448, y: 192, width: 128, height: 128)) > 0.99)
        let embedded = try engine.embedder.embed(face, in: frame)
        #expect(embedded.embedding.values.count == 512)
        #expect(engine.embedder.model == "w600k_r50")
        // The three planes of a grey picture have one mean.
        #expect(abs(embedded.embedding.values[0] - embedded.embedding.values[2]) < 1e-3)
    }

    @Test func refusesAFaceWithoutLandmarks() throws {
        try folder.write("e.onnx", OnnxWriter.arcFace(length: 64).bytes)
        let embedder = try OnnxEmbedder(
            file: folder.path + "/e.onnx", model: "m", length: 64, layout: InputLayout(mean: 0, scale: 1, order: .rgb),
            workers: 1, runtime: try TestEnvironment.runtime.get())
        let frame = SyntheticFrame.noise(width: 64, height: 64, seed: 1)
        let bare = Detection(box: Box(x: 0, y: 0, width: 30, height: 30), score: 0.9)
        let degenerate = Detection(box: bare.box, score: 0.9, landmarks: Landmarks(at: Point(x: 9, y: 9)))
        for face in [bare, degenerate] {
            let error = #expect(throws: VisionError.self) { try embedder.embed(face, in: frame) }
            #expect(error?.code == .landmarksUnusable)
            #expect(embedder.quality(of: face, in: frame).overall == 0)
        }
    }
}
