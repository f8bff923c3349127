import Foundation
import VedetteTracking

/// Measures trackers and the assignment they rest on: time and heap allocations per frame.
///
///     swift run -c release TrackingBenchmark            # a table
///     swift run -c release TrackingBenchmark --json     # for Benchmarks/References/time_references.py
///     swift run -c release TrackingBenchmark --write d  # also the input, as text for other programs
@main
enum TrackingBenchmark {
    static let sizes = [10, 50, 200]

    struct Report: Encodable {
        var trackers: [TrackerTiming] = []
        var assignments: [AssignmentTiming] = []
    }

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let folder = arguments.firstIndex(of: "--write").flatMap { arguments.dropFirst($0).first }
        var report = Report()
        for size in sizes {
            let scene = CrossingScene(people: size)
            if let folder { try write(scene, size: size, to: folder) }
            for kind in TrackerKind.allCases {
                report.trackers.append(TrackerTiming(kind, objects: size, scene: scene))
            }
            for kind in ["dense", "gated"] { report.assignments.append(AssignmentTiming(kind, size: size)) }
        }
        if arguments.contains("--json") {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            show(report)
        }
    }

    private static func show(_ report: Report) {
        for timing in report.trackers {
            print(
                "\(timing.tracker), \(timing.objects) objects: "
                    + String(format: "%.1f us a frame, ", timing.microsecondsPerFrame)
                    + "\(timing.allocationsPerFrame) allocations a frame, \(timing.tracks) tracks at the end")
        }
        for timing in report.assignments {
            print(
                "assignment, \(timing.kind) \(timing.size) x \(timing.size): "
                    + String(format: "%.1f us, cost %.6f of %d pairs", timing.microseconds, timing.cost, timing.pairs))
        }
    }

    private static func write(_ scene: CrossingScene, size: Int, to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try scene.text.write(toFile: "\(folder)/detections-\(size).txt", atomically: true, encoding: .utf8)
        for kind in ["dense", "gated"] {
            let costs = AssignmentTiming.problem(kind, size: size)
            let rows = stride(from: 0, to: costs.count, by: size).map { start in
                costs[start..<start + size].map { "\($0)" }.joined(separator: ",")
            }
            try rows.joined(separator: "\n").write(
                toFile: "\(folder)/assignment-\(kind)-\(size).csv", atomically: true, encoding: .utf8)
        }
    }
}
