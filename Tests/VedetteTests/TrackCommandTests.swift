import Foundation
import Testing

/// `vedette track` and `vedette evaluate tracking`, run as a user runs them.
@Suite struct TrackCommandTests {
    /// Two people in `frames`, who walk apart.
    private func rows(_ frames: some Sequence<Int>, end: String = "\n") -> String {
        frames.map { frame in
            let step = frame % 1000 * 2
            return
                "\(frame),-1,\(300 + step),100,40,90,0.9,-1,-1,-1\(end)\(frame),-1,\(200 - step),100,40,90,0.8,-1,-1,-1\(end)"
        }.joined()
    }

    private func track(_ text: String, _ options: String...) async throws -> (result: Program.Result, rows: [String]) {
        let scratch = try Scratch()
        let detections = try scratch.write(text.utf8, "det.txt")
        let output = scratch.path + "/out.txt"
        let running = try Program.start(["track", "--detections", detections, "--output", output, "--json"] + options)
        running.closeInput()
        let result = await running.finish()
        let written = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        return (result, written.split(separator: "\n").map(String.init))
    }

    @Test(arguments: ["sort", "bytetrack", "ocsort", "deepsort"])
    func writesTracksOfWhatWasDetected(tracker: String) async throws {
        let (result, rows) = try await track(rows(1...20), "--tracker", tracker)
        #expect(result.status == 0, "\(result.errors)")
        #expect(rows.count == 40 && rows.first?.hasPrefix("1,1,") == true)
        #expect(rows.allSatisfy { $0.split(separator: ",").count == 10 })
        let report = try #require(result.lines.first)
        #expect(report["tracker"] as? String == tracker && report["tracks"] as? Int == 2)
        #expect(report["boxes"] as? Int == 40 && report["frames"] as? Int == 20 && report["fps"] as? Double == 30)
        #expect(result.errors.contains("2 tracks"))
    }

    @Test func takesTheFrameRateFromTheSequence() async throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path + "/det", withIntermediateDirectories: true)
        let detections = try scratch.write(rows(1...5).utf8, "det/det.txt")
        let info = try scratch.write("[Sequence]\r\nname=x\r\nframeRate = 14\r\n".utf8, "seqinfo.ini")
        func run(_ options: String...) async throws -> Program.Result {
            let running = try Program.start(
                ["track", "--detections", detections, "--output", scratch.path + "/out.txt", "--json"] + options)
            running.closeInput()
            return await running.finish()
        }
        #expect(try await run().lines.first?["fps"] as? Double == 14)
        #expect(try await run("--fps", "7.5").lines.first?["fps"] as? Double == 7.5)
        try "[Sequence]\nframeRate=fast\n".write(toFile: info, atomically: true, encoding: .utf8)
        let refused = try await run()
        #expect(refused.status == 1 && refused.errors.contains("seqinfo.ini") && refused.errors.contains("--fps"))
    }

    /// Name, content, number of rows written.
    @Test(arguments: [
        ("nothing", "", 0), ("empty lines", "\n\r\n", 0), ("a mark and Windows lines", "\u{FEFF}W", 40),
        ("frames out of order", "R", 40), ("a gap", "G", 40), ("repeated ids", "I", 40),
    ])
    func takesUnusualInput(name: String, content: String, count: Int) async throws {
        let text =
            switch content.last {
            case "W": "\u{FEFF}" + rows(1...20, end: "\r\n")
            case "R": rows((1...20).reversed())
            case "G": rows(Array(1...10) + Array(1_000_000_000...1_000_000_009))
            case "I": rows(1...20).replacingOccurrences(of: ",-1,", with: ",7,", options: [], range: nil)
            default: content
            }
        let (result, rows) = try await track(text)
        #expect(result.status == 0, "\(name): \(result.errors)")
        #expect(rows.count == count, "\(name)")
    }

    @Test(arguments: [
        ("1,-1,0,0,10,10", "line 2: 6 columns"), ("1,-1,nan,0,10,10,0.9", "line 2: x 'nan'"),
        ("1,-1,0,0,-10,10,0.9", "line 2: size -10.0 x 10.0 is negative"), ("0,-1,0,0,10,10,0.9", "line 2: frame 0"),
        ("hello", "line 2: 1 columns"), ("1,-1,0,0,10,10,inf", "line 2: confidence 'inf'"),
    ])
    func refusesWhatIsWrongWithFileAndLine(row: String, reason: String) async throws {
        let (result, rows) = try await track("1,-1,0,0,10,10,0.9\n" + row + "\n")
        #expect(result.status == 1 && rows.isEmpty && result.output.isEmpty)
        #expect(result.errors.contains("det.txt, \(reason)"), "\(result.errors)")
    }

    @Test(arguments: ["sort", "bytetrack", "ocsort", "deepsort"])
    func followsTenThousandInAPictureAndRefusesMore(tracker: String) async throws {
        func crowd(_ count: Int) -> String {
            (1...3).map { frame in
                (0..<count).map { "\(frame),-1,\($0 % 100 * 18),\($0 / 100 * 10),30,30,0.9" }.joined(separator: "\n")
                    + "\n"
            }.joined()
        }
        let (result, rows) = try await track(crowd(10_000), "--tracker", tracker)
        #expect(result.status == 0 && rows.count == 30_000, "\(result.errors)")
        let refused = try await track(crowd(10_001), "--tracker", tracker).result
        #expect(refused.status == 1 && refused.errors.contains("frame 1 has 10001 detections"))
    }

    @Test func filesThatCannotBeUsedAreSaid() async throws {
        let scratch = try Scratch()
        let detections = try scratch.write(rows(1...3).utf8, "det.txt")
        let missing = try await Program.run("track", "--detections", "/none.txt", "--output", scratch.path + "/o.txt")
        #expect(missing.status == 1 && missing.errors.contains("/none.txt"))
        let same = try await Program.run("track", "--detections", detections, "--output", detections)
        #expect(same.status == 1 && same.errors.contains("det.txt"))
        let nowhere = try await Program.run("track", "--detections", detections, "--output", "/none/o.txt")
        #expect(nowhere.status == 1 && nowhere.errors.contains("/none/o.txt"))
    }

    @Test func featuresAreUsed() async throws {
        let text = rows(1...10).split(separator: "\n").enumerated()
            .map { "\($1),\($0 % 2 == 0 ? "1,0" : "0,1")\n" }.joined()
        let deep = try await track(text, "--tracker", "deepsort").result
        #expect(deep.lines.first?["appearanceRequests"] as? Int == 20)
        let uneven = try await track(text + "11,-1,0,0,10,10,0.9,-1,-1,-1,1\n").result
        #expect(uneven.status == 1 && uneven.errors.contains("line 21: 1 feature columns instead of 2"))
    }

    @Test func evaluationChoosesTheRulesByTheColumnsOfTheGroundTruth() async throws {
        let scratch = try Scratch()
        let results = try scratch.write("1,1,0,0,10,10,1,-1,-1,-1\n1,2,100,0,10,10,1,-1,-1,-1\n".utf8, "out.txt")
        func falseTracks(_ tail: String, _ options: String...) async throws -> Int? {
            let truth = try scratch.write("1,1,0,0,10,10,1,\(tail)\n1,2,100,0,10,10,0,\(tail)\n".utf8, "gt.txt")
            let running = try Program.start(
                ["evaluate", "tracking", "--gt", truth, "--results", results, "--json"] + options)
            running.closeInput()
            return await running.finish().lines.first?["fp"] as? Int
        }
        #expect(try await falseTracks("-1,-1,-1") == 1)
        #expect(try await falseTracks("-1,-1,-1", "--lenient") == 0)
        #expect(try await falseTracks("1,0.5") == 0)
        #expect(try await falseTracks("1,0.5", "--strict") == 1)
    }

    @Test func evaluationReportsEveryOverlap() async throws {
        let scratch = try Scratch()
        let truth = try scratch.write("1,1,0,0,10,10,1,1,1\n".utf8, "gt.txt")
        // Overlap 1/3, reached up to 0.30.
        let results = try scratch.write("1,1,5,0,10,10,1,-1,-1,-1\n".utf8, "out.txt")
        let result = try await Program.run("evaluate", "tracking", "--gt", truth, "--results", results, "--json")
        let report = try #require(result.lines.first)
        #expect(report["alpha"] as? [Double] == (1...19).map { Double($0) / 20 })
        for key in ["hota_alpha", "deta_alpha", "assa_alpha"] {
            #expect(report[key] as? [Double] == (1...19).map { $0 <= 6 ? 1 : 0 }, "\(key)")
        }
        #expect(report["idp"] as? Double == 0 && report["idr"] as? Double == 0)
        #expect(
            Set(["hota", "deta", "assa", "idf1", "mota", "idsw", "fp", "fn", "objects", "sequence"])
                .isSubset(of: report.keys))
    }
}
