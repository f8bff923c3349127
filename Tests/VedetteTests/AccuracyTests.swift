import Foundation
import Testing

/// Accuracy on real data, against committed baselines: a regression fails. Docs/Benchmarks.md says where the figures come from.
@Suite(
    .enabled(
        if: Surroundings.hasModels && Surroundings.hasData,
        "skipped: needs models ('make setup') and the photographs that VEDETTE_TEST_DATA names"),
    .serialized)
struct AccuracyTests {
    private let data = Surroundings.data

    /// A Python reference with the same model and the same input pixels finds 0.8215 of the faces.
    @Test func detectionRecallIsThatOfTheReference() async throws {
        let result = try await Program.run(
            "evaluate", "detection", "--gt", data + "/det_wider/gt.csv", "--images", data + "/det_wider", "--subset",
            "hard",
            "--json")
        let report = try #require(result.lines.first, "\(result.errors)")
        let recall = try #require(report["recall"] as? Double)
        #expect(recall >= 0.8215 - 0.01, "\(recall)")
        #expect(try #require(report["precision"] as? Double) >= 0.80)
    }

    @Test func verificationAccuracyIsAtLeast99Percent() async throws {
        let result = try await Program.run(
            "evaluate", "verification", "--pairs", data + "/faces_lfw/pairs.csv", "--images", data + "/faces_lfw",
            "--json")
        let report = try #require(result.lines.first, "\(result.errors)")
        #expect(Set(report.keys) == ["pairs", "scored", "accuracy", "threshold", "auc", "tpr@fpr=0.001"])
        #expect(report["pairs"] as? Int == 600)
        #expect(try #require(report["scored"] as? Int) >= 598)
        #expect(try #require(report["accuracy"] as? Double) >= 0.99)
        #expect(try #require(report["tpr@fpr=0.001"] as? Double) >= 0.98)
    }

    /// Every enrolled person is named in each camera where they appear, no stranger is ever named, and tracks hold.
    @Test(arguments: [1, 2])
    func theSceneIsFollowedAndNamed(camera: Int) async throws {
        let scene = data + "/scene_example"
        let scratch = try Scratch()
        let tracks = scratch.path + "/tracks.txt"
        let events = scratch.path + "/events.jsonl"
        let analysis = try await Program.run(
            "analyze", "\(scene)/cam\(camera).mp4", "--gallery", scene + "/gallery", "--output", tracks, "--events",
            events)
        #expect(analysis.status == 0, "\(analysis.errors)")
        let score = try await Program.run(
            "evaluate", "tracking", "--gt", "\(scene)/gt_cam\(camera).txt", "--results", tracks, "--json")
        #expect(try #require(score.lines.first?["idf1"] as? Double) >= 0.95)

        let expected = try Set(
            String(contentsOfFile: scene + "/identities.csv", encoding: .utf8).split(separator: "\n").dropFirst()
                .compactMap {
                    let fields = $0.split(separator: ",")
                    return fields[2] == "1" && fields[3] == "\(camera)" ? String(fields[1]) : nil
                })
        let named = try String(contentsOfFile: events, encoding: .utf8).split(separator: "\n").compactMap {
            ((try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any])?["person"] as? String
        }
        #expect(Set(named) == expected)
        // One track for each visit: more would mean that a stranger carries somebody's name.
        let ends = try String(contentsOfFile: events, encoding: .utf8).split(separator: "\n")
            .filter { $0.contains("\"event\":\"end\"") && !$0.contains("\"person\":null") }
        #expect(ends.count == expected.count)
    }
}
