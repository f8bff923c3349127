import Foundation
import Testing

@testable import VedetteVision

@Suite struct ModelPackTests {
    private let folder: TemporaryFolder
    private static let noRuntime: @Sendable () throws -> any InferenceRuntime = {
        throw VisionError(.runtimeUnavailable, "the runtime was asked for")
    }

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("d.onnx", text: "detector")
        try folder.write("e.onnx", text: "embedder")
    }

    /// A description that is in order; a test changes one thing in it.
    private static let description = """
        {"name": "p", "description": "d",
         "detector": {"kind": "scrfd", "file": "d.onnx", "sha256": "\(sha256OfDetector)",
           "input": {"mean": 127.5, "scale": 0.0078125, "order": "RGB"}, "license": "l", "origin": "o"},
         "embedder": {"name": "m", "file": "e.onnx", "sha256": "\(sha256OfEmbedder)",
           "input": {"size": 112, "mean": 0, "scale": 1, "order": "BGR"}, "length": 128, "license": "l", "origin": "o"},
         "recognition": {"threshold": 0.363, "impostors": [{"rate": 0.001, "similarity": 0.363}]}}
        """
    // Of the texts "detector" and "embedder", by sha256sum.
    private static let sha256OfDetector = "f2b3cbe41413047352141e5b863d87e696ec4f52b503040dba3a5700acd529a0"
    private static let sha256OfEmbedder = "87c2de5924ee7b220a8f496bccd026eec57cd04d3f1e4259010d6ea4c1b91905"

    private func open(_ description: String) throws -> ModelPack {
        try folder.write("pack.json", text: description)
        return try ModelPack.open(folder.path, runtime: Self.noRuntime)
    }

    @Test func readsADescriptionWithoutARuntime() throws {
        let pack = try open(Self.description)
        #expect(pack.name == "p")
        #expect(pack.detector.kind == .scrfd)
        #expect(pack.detector.input == InputLayout(mean: 127.5, scale: 0.0078125, order: .rgb))
        #expect(pack.detector.int8 == nil)
        #expect(pack.embedder.length == 128)
        #expect(pack.embedder.input.layout == InputLayout(mean: 0, scale: 1, order: .bgr))
        #expect(pack.recognition.impostors == [.init(rate: 0.001, similarity: 0.363)])
        #expect(pack.path(of: pack.detector.file) == folder.path + "/d.onnx")
        try pack.verify()
    }

    @Test(arguments: [
        // what is replaced, by what, and what the message must name
        ("\"name\": \"p\",", "\"name\": \"p\"", "not JSON"),
        ("\"name\": \"p\", ", "", "'name' is missing"),
        ("\"name\": \"p\"", "\"name\": \"a/b\"", "'name'"),
        ("\"name\": \"p\"", "\"name\": 7", "'name' is not a text"),
        ("\"kind\": \"scrfd\"", "\"kind\": \"retina\"", "scrfd, yunet"),
        ("\"order\": \"RGB\"", "\"order\": \"GBR\"", "'detector.input.order'"),
        ("\"length\": 128", "\"length\": \"128\"", "'embedder.length' is not a whole number"),
        ("\"length\": 128", "\"length\": 0", "'embedder.length'"),
        ("\"size\": 112", "\"size\": 160", "'embedder.input.size' must be 112"),
        ("\"scale\": 1,", "\"scale\": 0,", "'embedder.input.scale'"),
        ("\"threshold\": 0.363", "\"threshold\": 36", "'recognition.threshold'"),
        ("\"threshold\": 0.363", "\"treshold\": 0.363", "'recognition.treshold' is not a key"),
        ("{\"rate\": 0.001,", "{\"rat\": 0.001,", "'recognition.impostors.rat' is not a key"),
        ("{\"rate\": 0.001,", "{\"rate\": 0,", "'recognition.impostors'"),
        ("[{\"rate\"", "[{\"rate\": 0.0001, \"similarity\": 0.5}, {\"rate\"", "falling rates"),
        ("\"origin\": \"o\"}", "\"origin\": \"o\", \"url\": \"u\"}", "'detector.url' is not a key"),
        ("\"file\": \"d.onnx\"", "\"file\": \"../d.onnx\"", "inside the pack"),
        ("\"file\": \"d.onnx\"", "\"file\": \"/etc/passwd\"", "inside the pack"),
        ("{\"name\": \"p\"", "[{\"name\": \"p\"", "not JSON"),
    ])
    func namesWhatIsWrong(part: String, replacement: String, expected: String) {
        let error = #expect(throws: VisionError.self) {
            try open(Self.description.replacingFirst(part, with: replacement))
        }
        #expect(error?.code == .packInvalid)
        #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("pack.json") == true)
    }

    @Test func refusesOtherJSON() {
        let error = #expect(throws: VisionError.self) { try open("[1, 2]") }
        #expect(error?.message.contains("not a JSON object") == true)
    }

    @Test func namesAMissingFile() {
        let error = #expect(throws: VisionError.self) {
            try open(Self.description.replacingFirst("d.onnx", with: "gone.onnx"))
        }
        #expect(error?.code == .modelMissing)
        #expect(error?.message.contains("gone.onnx") == true)
        #expect(error?.remedy?.contains("make setup") == true)
    }

    @Test func noticesAChangedFile() throws {
        let pack = try open(Self.description)
        try folder.write("e.onnx", text: "embeddeR")
        let error = #expect(throws: VisionError.self) { try pack.verify() }
        #expect(error?.code == .hashMismatch)
        #expect(error?.message.contains("e.onnx") == true)
        #expect(try pack.checkFiles().map(\.matches) == [true, false])
        try FileManager.default.removeItem(atPath: folder.path + "/e.onnx")
        let missing = #expect(throws: VisionError.self) { try pack.verify() }
        #expect(missing?.code == .modelMissing)
    }

    @Test func checksAnEightBitDetectorToo() throws {
        try folder.write("d8.onnx", text: "detector")
        let pack = try open(
            Self.description.replacingFirst(
                "\"origin\": \"o\"}",
                with: "\"origin\": \"o\", \"int8\": {\"file\": \"d8.onnx\", \"sha256\": \"\(Self.sha256OfDetector)\"}}")
        )
        #expect(try pack.checkFiles().map(\.file) == ["d.onnx", "e.onnx", "d8.onnx"])
        #expect(try FaceEngine.detectorFile(of: pack, precision: .int8) == "d8.onnx")
        #expect(try FaceEngine.detectorFile(of: pack, precision: .fp32) == "d.onnx")
    }

    @Test func refusesEightBitsWhereThereAreNone() throws {
        let pack = try open(Self.description)
        let error = #expect(throws: VisionError.self) { try FaceEngine.detectorFile(of: pack, precision: .int8) }
        #expect(error?.code == .settingInvalid)
    }

    @Test func isMissingWhereThereIsNoFolder() {
        for path in [folder.path + "/none", folder.path + "/d.onnx"] {
            let error = #expect(throws: VisionError.self) { try ModelPack.open(path, runtime: Self.noRuntime) }
            #expect(error?.code == .modelMissing)
            #expect(error?.message.contains(path) == true)
        }
    }

    @Test func listsFoldersWithADescription() throws {
        #expect(ModelPack.list(in: folder.path).isEmpty)
        for name in ["b", "a", "c"] {
            try FileManager.default.createDirectory(
                atPath: folder.path + "/" + name, withIntermediateDirectories: true)
            if name != "c" { try folder.write(name + "/pack.json", text: "{}") }
        }
        #expect(ModelPack.list(in: folder.path) == ["a", "b"])
        #expect(ModelPack.list(in: folder.path + "/none").isEmpty)
    }
}

@Suite struct InsightFacePackTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(_ signatures: [String: ModelSignature]) throws -> ModelPack {
        for name in signatures.keys { try folder.write(name, text: "") }
        return try ModelPack.open(folder.path) { FakeRuntime(signatures) }
    }

    private static let attributes = ModelSignature(
        inputs: [.init(name: "data", shape: [-1, 3, 96, 96])], outputs: [.init(name: "fc1", shape: [1, 3])])

    @Test(arguments: [
        ("det_10g.onnx", "w600k_r50.onnx", 512),
        ("det_500m.onnx", "w600k_mbf.onnx", 512),
        ("scrfd_10g_bnkps.onnx", "glintr100.onnx", 512),
        ("det_10g.onnx", "my_arcface.onnx", 256),
    ])
    func describesAPackByItsModels(detector: String, embedder: String, length: Int) throws {
        let pack = try open([
            detector: .scrfd, embedder: .arcFace(length: length), "genderage.onnx": Self.attributes,
            "1k3d68.onnx": Self.attributes, "2d106det.onnx": Self.attributes,
        ])
        #expect(pack.detector.file == detector)
        #expect(pack.detector.kind == .scrfd)
        #expect(pack.detector.input == InputLayout(mean: 127.5, scale: 1 / 128, order: .rgb))
        #expect(pack.embedder.file == embedder)
        #expect(pack.embedder.length == length)
        #expect(pack.embedder.name + ".onnx" == embedder)
        #expect(pack.embedder.input.layout == InputLayout(mean: 127.5, scale: 1 / 127.5, order: .rgb))
        #expect(try pack.checkFiles().map(\.matches) == [nil, nil])
    }

    @Test func saysWhatIsMissing() {
        let noDetector = #expect(throws: VisionError.self) { try open(["w600k_r50.onnx": .arcFace(length: 512)]) }
        #expect(noDetector?.code == .packInvalid)
        #expect(noDetector?.message.contains("no detector") == true)
    }

    @Test func saysWhenThereIsNoRecognitionModel() {
        let error = #expect(throws: VisionError.self) {
            try open(["det_10g.onnx": .scrfd, "genderage.onnx": Self.attributes, "other.onnx": Self.attributes])
        }
        #expect(error?.code == .packInvalid)
        #expect(error?.message.contains("no recognition model") == true)
    }

    @Test func refusesModelsThatAreNotWhatTheirNamesSay() {
        let detector = #expect(throws: VisionError.self) {
            try open(["det_10g.onnx": .arcFace(length: 512), "w600k_r50.onnx": .arcFace(length: 512)])
        }
        #expect(detector?.code == .modelInvalid)
        #expect(detector?.message.contains("det_10g.onnx") == true)
        let embedder = #expect(throws: VisionError.self) {
            try open(["det_10g.onnx": .scrfd, "w600k_r50.onnx": Self.attributes])
        }
        #expect(embedder?.code == .modelInvalid)
        #expect(embedder?.message.contains("w600k_r50.onnx") == true)
    }
}

extension String {
    fileprivate func replacingFirst(_ part: String, with replacement: String) -> String {
        guard let range = range(of: part) else { return self }
        return replacingCharacters(in: range, with: replacement)
    }
}
