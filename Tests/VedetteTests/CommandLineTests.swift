import Foundation
import Testing

/// The command line, run as a user runs it: output, exit status, and what bad input gets.
@Suite struct CommandLineTests {
    @Test(arguments: [
        "serve", "detect", "embed", "recognize", "analyze", "enroll", "people", "sightings", "models", "cameras",
        "track", "evaluate", "bench",
    ])
    func everyCommandHasHelp(command: String) async throws {
        let result = try await Program.run(command, "--help")
        #expect(result.status == 0)
        #expect(result.output.contains("USAGE: vedette \(command)"))
        #expect(!result.output.contains("/root") && !result.output.contains("/home"))
    }

    @Test(arguments: [
        ["detect"], ["serve", "--port", "70000"], ["enroll"], ["enroll", "X"],
        ["enroll", "--folder", "x", "--camera", "y"],
        ["track", "--detections", "x"], ["track", "--detections", "x", "--output", "y", "--tracker", "kalman"],
        ["track", "--detections", "x", "--output", "y", "--fps", "0"],
        ["evaluate", "tracking", "--gt", "x", "--results", "y", "--strict", "--lenient"],
        ["analyze", "x", "--skip-frames", "-1"], ["sightings", "--from", "yesterday"], ["nonsense"],
    ])
    func wrongUsageIs64(arguments: [String]) async throws {
        let running = try Program.start(arguments)
        running.closeInput()
        let result = await running.finish()
        #expect(result.status == 64, "\(arguments): \(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test func unknownConfigurationKeysStopTheStart() async throws {
        let scratch = try Scratch()
        let file = try scratch.write("server:\n  prot: 1\n".utf8, "vedette.yaml")
        let result = try await Program.run("people", "list", "--config", file)
        #expect(result.status == 1)
        #expect(result.errors.contains("line 2: there is no key 'server.prot' (did you mean 'server.port'?)"))
        let variable = try await Program.run("people", "list", environment: ["VEDETTE_SERVER_PROT": "1"])
        #expect(variable.status == 1 && variable.errors.contains("VEDETTE_SERVER_PROT"))
    }

    @Test func aMissingDataFolderIsSaid() async throws {
        let result = try await Program.run("people", "list", "--data", "/nonexistent/folder")
        #expect(result.status == 1)
        #expect(result.errors.contains("/nonexistent/folder"))
    }

    @Test func aForeignOrDamagedDatabaseIsLeftAlone() async throws {
        let scratch = try Scratch()
        let file = try scratch.write("this is no database, only some text\n".utf8, "vedette.sqlite")
        for arguments in [["people", "list"], ["people", "delete", "x", "--yes"]] {
            let running = try Program.start(arguments + ["--data", scratch.path])
            running.closeInput()
            let result = await running.finish()
            #expect(result.status == 1)
            #expect(result.errors.contains("vedette.sqlite"), "\(result.errors)")
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "this is no database, only some text\n")
    }
}

@Suite(.enabled(if: Surroundings.hasModels, "skipped: no models here; run 'make setup'"))
struct PictureCommandTests {
    @Test func detectPrintsTheContract() async throws {
        let result = try await Program.run("detect", Surroundings.photo, "--json")
        #expect(result.status == 0, "\(result.errors)")
        let report = try #require(result.lines.first)
        #expect(Set(report.keys) == ["image", "width", "height", "faces"])
        let faces = try #require(report["faces"] as? [[String: Any]])
        #expect(faces.count == 6)
        #expect(Set(faces[0].keys) == ["box", "score", "landmarks"])
        #expect((faces[0]["landmarks"] as? [[Double]])?.count == 5)
        let areas = faces.compactMap {
            ($0["box"] as? [String: Double]).map { $0["width", default: 0] * $0["height", default: 0] }
        }
        #expect(areas.count == 6 && areas == areas.sorted(by: >))
    }

    @Test func embedIsUnitLength() async throws {
        let result = try await Program.run("embed", Surroundings.photo, "--json")
        let face = try #require((result.lines.first?["faces"] as? [[String: Any]])?.first)
        let embedding = try #require(face["embedding"] as? [Double])
        #expect(embedding.count == 128)
        #expect(abs(embedding.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
        #expect((0...1).contains(try #require(face["quality"] as? Double)))
    }

    @Test func oneBadPictureOfTwoIsStatus2AndTheOtherIsDone() async throws {
        let scratch = try Scratch()
        let whole = try Data(contentsOf: URL(fileURLWithPath: Surroundings.photo))
        let bad: [(String, [UInt8])] = [
            ("empty.jpg", []), ("text.jpg", Array("hello".utf8)), ("cut.jpg", Array(whole.prefix(whole.count / 2))),
        ]
        for (name, bytes) in bad {
            let file = try scratch.write(bytes, name)
            let result = try await Program.run("detect", file, Surroundings.photo, "--json")
            #expect(result.status == 2, "\(name)")
            #expect(result.lines.count == 1)
            #expect(result.errors.contains(name))
            let alone = try await Program.run("detect", file)
            #expect(alone.status == 1)
        }
        let missing = try await Program.run("detect", scratch.path + "/none.jpg")
        #expect(missing.status == 1 && missing.errors.contains("no such file"))
    }

    @Test func aHundredMegapixelsAreRefusedFromTheHeader() async throws {
        let scratch = try Scratch()
        // The head of a PNG of 20000 x 5000 pixels, and nothing behind it.
        var png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]
        png += Array("IHDR".utf8) + [0, 0, 0x4E, 0x20, 0, 0, 0x13, 0x88, 8, 2, 0, 0, 0, 0, 0, 0, 0]
        let result = try await Program.run("detect", try scratch.write(png, "huge.png"))
        #expect(result.status == 1)
        #expect(result.errors.contains("20000"), "\(result.errors)")
    }

    @Test func aModelOfTheWrongKindIsSaid() async throws {
        let scratch = try Scratch()
        let pack = Surroundings.home + "/models/scrfd-sface"
        for name in ["pack.json", "embedder.onnx", "detector.onnx", "detector_int8.onnx"] {
            try FileManager.default.copyItem(atPath: pack + "/" + name, toPath: scratch.path + "/" + name)
        }
        // The embedder in the detector's place, then text in its place.
        try FileManager.default.removeItem(atPath: scratch.path + "/detector.onnx")
        try FileManager.default.copyItem(atPath: pack + "/embedder.onnx", toPath: scratch.path + "/detector.onnx")
        let environment = ["VEDETTE_MODELS_PRECISION": "fp32"]
        let swapped = try await Program.run(
            "detect", Surroundings.photo, "--pack", scratch.path, environment: environment)
        #expect(swapped.status == 1 && swapped.errors.contains("detector.onnx"), "\(swapped.errors)")
        let verified = try await Program.run("models", "verify", scratch.path)
        #expect(verified.status == 1 && verified.errors.contains("detector.onnx"))
        _ = try scratch.write("not a model".utf8, "detector.onnx")
        let text = try await Program.run("detect", Surroundings.photo, "--pack", scratch.path, environment: environment)
        #expect(text.status == 1 && text.errors.contains("detector.onnx"), "\(text.errors)")
        let none = try await Program.run("detect", Surroundings.photo, "--pack", scratch.path + "/nowhere")
        #expect(none.status == 1 && none.errors.contains("nowhere"))
    }

    @Test func aMissingRuntimeNamesTheRemedy() async throws {
        let result = try await Program.run(
            "detect", Surroundings.photo, environment: ["VEDETTE_OPENVINO_LIBRARY": "/nonexistent/libopenvino_c.so"])
        #expect(result.status == 1)
        #expect(result.errors.contains("/nonexistent/libopenvino_c.so") && result.errors.contains("make setup"))
    }

    @Test func enrolsRefusesAndRecognises() async throws {
        let scratch = try Scratch()
        let data = scratch.path + "/data"
        // Heads cut out of the group photograph: one face each.
        let faces = try await Program.run("detect", Surroundings.photo, "--json")
        #expect(faces.status == 0)
        let group = try await Program.run("enroll", "Somebody", Surroundings.photo, "--data", data)
        #expect(group.status == 1)
        #expect(group.errors.contains("6 faces were found"))
        let nobody = try await Program.run("people", "list", "--data", data, "--json")
        #expect(nobody.status == 0 && nobody.lines.isEmpty)
    }

    @Test func twoProcessesCannotWriteOneDataFolder() async throws {
        let scratch = try Scratch()
        let server = try Program.start([
            "serve", "--camera", "test:?width=320&height=240&fps=5", "--port", "0", "--data", scratch.path,
        ])
        defer { server.send(SIGKILL) }
        #expect(await eventually { server.errors.contains("Vedette is ready") }, "\(server.errors)")
        let second = try await Program.run("enroll", "X", Surroundings.photo, "--data", scratch.path)
        #expect(second.status == 1)
        #expect(second.errors.contains("\(server.id)"), "\(second.errors)")
        let reader = try await Program.run("people", "list", "--data", scratch.path)
        #expect(reader.status == 0, "reading works beside a server: \(reader.errors)")
        server.send(SIGTERM)
        #expect(await server.finish().status == 0)
    }
}

func eventually(seconds: Double = 30, _ condition: () -> Bool) async -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while Date() < deadline {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return false
}
