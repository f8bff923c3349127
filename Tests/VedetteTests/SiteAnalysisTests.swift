import Foundation
import Testing

/// `vedette analyze` over the cameras of one site: one run, looked at from several sides.
@Suite(.enabled(if: Scene.isHere, Comment(rawValue: Scene.absence)), .serialized)
struct SiteAnalysisTests {
    /// What one run over both films wrote.
    private struct Run: @unchecked Sendable {
        var result: Program.Result
        var files: [String]
        var rows: [Int: [Scene.Row]]
        /// `@unchecked Sendable`: JSON that nobody changes.
        var events: [[String: Any]]
    }

    private static let run = Task {
        let scratch = try Scratch()
        let scene = try Scene()
        let output = scratch.path + "/tracks"
        let events = scratch.path + "/events.jsonl"
        let result = try await Program.run(
            "analyze", scene.film(1), scene.film(2), "--gallery", Scene.gallery, "--output", output, "--events",
            events, "--json")
        try #require(result.status == 0, "\(result.errors)")
        var rows: [Int: [Scene.Row]] = [:]
        for camera in [1, 2] {
            rows[camera] = try Scene.rows(String(contentsOfFile: "\(output)/cam\(camera).txt", encoding: .utf8))
        }
        let told = Program.Result(
            status: 0, output: try String(contentsOfFile: events, encoding: .utf8), errors: "")
        return Run(
            result: result, files: try FileManager.default.contentsOfDirectory(atPath: output).sorted(), rows: rows,
            events: told.lines)
    }

    private let scene: Scene

    init() throws { scene = try Scene() }

    private func events(_ kind: String, in run: Run) -> [[String: Any]] {
        run.events.filter { $0["event"] as? String == kind }
    }

    /// What was said of the track that shows a visit, in order.
    private func told(of visit: Scene.Visit, in run: Run) throws -> [[String: Any]] {
        let truth = try scene.truth(visit.camera).filter { $0.id == visit.person && visit.frames.contains($0.frame) }
        let byFrame = Dictionary(grouping: run.rows[visit.camera] ?? [], by: \.frame)
        var hits: [Int: Int] = [:]
        for face in truth {
            let best = byFrame[face.frame]?.max { $0.overlap(face) < $1.overlap(face) }
            if let best, best.overlap(face) >= 0.5 { hits[best.id, default: 0] += 1 }
        }
        let track = try #require(hits.max { $0.value < $1.value }, "\(visit.name) was not followed")
        #expect(
            3 * track.value > 2 * truth.count, "\(visit.name) at camera \(visit.camera) is in pieces")
        return run.events.filter {
            $0["camera"] as? String == "cam\(visit.camera)" && $0["track"] as? Int == track.key
        }
    }

    @Test func everyCameraHasItsFileWithNoNumberTwiceInAFrame() async throws {
        let run = try await Self.run.value
        #expect(run.files == ["cam1.txt", "cam2.txt"])
        for camera in [1, 2] {
            let rows = try #require(run.rows[camera])
            #expect(rows.count > 200, "camera \(camera)")
            for (frame, faces) in Dictionary(grouping: rows, by: \.frame) {
                #expect(Set(faces.map(\.id)).count == faces.count, "camera \(camera), frame \(frame)")
            }
            #expect(rows.allSatisfy { (1...180).contains($0.frame) && $0.id >= 1 && $0.width > 0 && $0.height > 0 })
        }
    }

    @Test func everyEventSaysAtWhichCamera() async throws {
        let run = try await Self.run.value
        #expect(Set(run.events.compactMap { $0["event"] as? String }) == ["identity", "end", "handover"])
        for event in run.events {
            let keys = event["event"] as? String == "handover" ? ["from", "to"] : ["camera"]
            for key in keys {
                #expect(["cam1", "cam2"].contains(event[key] as? String), "\(event)")
            }
        }
        // Every track of the events is in the file of its camera.
        for event in events("end", in: run) {
            let camera = event["camera"] as? String == "cam1" ? 1 : 2
            #expect(run.rows[camera]?.contains { $0.id == event["track"] as? Int } == true, "\(event)")
        }
        let summary = try #require(run.result.lines.first)
        #expect(summary["frames"] as? Int == 360 && summary["analysed"] as? Int == 360)
        #expect(summary["anonymous"] as? Int == 2)
        #expect(summary["handovers"] as? Int == events("handover", in: run).count)
        #expect(summary["people"] as? [String] == Set(scene.visits.filter(\.isKnown).map(\.name)).sorted())
    }

    @Test func whoeverIsEnrolledIsNamedAtEveryCameraAndNobodyElseIs() async throws {
        let run = try await Self.run.value
        for visit in scene.visits {
            let told = try told(of: visit, in: run)
            let end = try #require(told.last { $0["event"] as? String == "end" }, "\(visit.name)")
            if visit.isKnown {
                #expect(end["person"] as? String == visit.name, "camera \(visit.camera): \(end)")
                #expect(end["anonymous"] == nil)
                #expect(told.allSatisfy { $0["person"] is NSNull || $0["person"] as? String == visit.name })
            } else {
                #expect(told.allSatisfy { $0["person"] is NSNull }, "a stranger is never named, not for a moment")
                #expect(end["anonymous"] is String, "camera \(visit.camera): \(end)")
            }
        }
    }

    @Test func aStrangerIsOnePersonOverTheCamerasAndTwoAreTwo() async throws {
        let run = try await Self.run.value
        var names: [Int: Set<String>] = [:]
        for visit in scene.visits where !visit.isKnown {
            let end = try told(of: visit, in: run).last { $0["event"] as? String == "end" }
            names[visit.person, default: []].insert(try #require(end?["anonymous"] as? String))
        }
        #expect(names.count == 2 && names.values.allSatisfy { $0.count == 1 }, "\(names)")
        #expect(Set(names.values.joined()).count == 2, "\(names)")
    }

    @Test func everyChangeOfCameraIsAHandOver() async throws {
        let run = try await Self.run.value
        var told: [String: [[String: Any]]] = [:]
        for event in events("handover", in: run) {
            #expect((event["person"] is String) != (event["anonymous"] is String), "\(event)")
            told[(event["person"] ?? event["anonymous"]) as? String ?? "nobody", default: []].append(event)
        }
        for change in scene.changes {
            var name = change.name
            if let visit = scene.visits.first(where: { $0.person == change.person && !$0.isKnown }) {
                name = try #require(try self.told(of: visit, in: run).last?["anonymous"] as? String)
            }
            #expect(told[name]?.count == 1, "\(name): \(told[name] ?? [])")
            let event = try #require(told[name]?.first)
            #expect(event["from"] as? String == "cam\(change.from)" && event["to"] as? String == "cam\(change.to)")
            let gap = try #require(event["gap"] as? Double)
            #expect(abs(gap - Double(change.frames) / Scene.rate) < 0.7, "\(event)")
        }
        #expect(told.count == scene.changes.count, "and nobody else's")
    }
}

/// `vedette evaluate scene`, with its committed baseline. Docs/Benchmarks.md has the figures.
@Suite(.enabled(if: Scene.isHere, Comment(rawValue: Scene.absence)))
struct SceneBaselineTests {
    @Test func whoIsWhoOverTheSceneIsAsGoodAsItWas() async throws {
        let result = try await Program.run("evaluate", "scene", Scene.folder, "--json")
        let report = try #require(result.lines.first, "\(result.errors)")
        #expect(result.status == 0 && result.lines.count == 1)
        func number(_ key: String) throws -> Double { try #require(report[key] as? Double, "\(key)") }
        #expect(report["scene"] as? String == "scene_example" && report["cameras"] as? Int == 2)
        #expect(try number("idf1Least") >= 0.93)
        #expect(try number("idf1Mean") >= number("idf1Least"))
        #expect(try number("namedRate") >= 0.97)
        #expect(try number("misnamedRate") == 0)
        #expect(try number("strangerVisitsNamed") == 0 && number("strangerFramesNamed") == 0)
        #expect(try number("strangerVisits") == 4)
        #expect(try number("handovers") == 2 && number("handoversKept") == 2)
        #expect(try number("merged") == 0)
    }
}

@Suite(.enabled(if: Surroundings.hasModels, "skipped: no models here; run 'make setup'"))
struct SceneFolderTests {
    /// What is in the folder, and what is said of it.
    @Test(arguments: [
        ([:], "scene.json"), (["scene.json": "{}"], "scene.json has no 'fps'"),
        (["scene.json": "{\"fps\": 0}"], "scene.json has no 'fps'"),
        (["scene.json": "{\"fps\": 15}"], "identities.csv"),
        (["scene.json": "{\"fps\": 15}", "identities.csv": "id,name,known\n"], "identities.csv"),
        (
            [
                "scene.json": "{\"fps\": 15}",
                "identities.csv": "id,name,known,camera,first_frame,last_frame\n1,A,1,1,1,9\n",
            ], "gt_cam1.txt"
        ),
    ])
    func aFolderThatIsNoSceneIsSaidWithTheFile(files: [String: String], words: String) async throws {
        let scratch = try Scratch()
        for (name, text) in files { _ = try scratch.write(text.utf8, name) }
        let result = try await Program.run("evaluate", "scene", scratch.path, "--json")
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.errors.contains(scratch.path) && result.errors.contains(words), "\(result.errors)")
    }
}
