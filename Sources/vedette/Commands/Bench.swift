import ArgumentParser
import Foundation
import Logging
import Synchronization
import VedetteCore
import VedetteGallery
import VedetteMedia
import VedettePipeline

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how fast this machine is.",
        discussion: "Docs/Benchmarks.md says what the figures mean and what to compare them with.",
        subcommands: [Pipeline.self, Inference.self])

    /// Quantiles of a set of times, in milliseconds.
    struct Quantiles: Encodable {
        var p50: Double
        var p99: Double
        var worst: Double

        init?(_ milliseconds: [Double]) {
            guard !milliseconds.isEmpty else { return nil }
            let sorted = milliseconds.sorted()
            p50 = sorted[sorted.count / 2]
            p99 = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
            worst = sorted[sorted.count - 1]
        }

        var text: String { "p50 \(tenths(p50)) ms, p99 \(tenths(p99)) ms, worst \(tenths(worst)) ms" }
    }

    struct Pipeline: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Latency from capture to the encoded picture with overlay, with cameras and viewers as in 'serve'.",
            discussion: """
                Example: vedette bench pipeline --source street.mp4 --cameras 8 --seconds 20 --gallery staff/

                Every camera is watched by one viewer. The same cameras, scheduler, handlers and encoder run as in 'serve', without the \
                database and the network.
                """)

        @Option(help: ArgumentHelp("What each camera shows: a video file or an address.", valueName: "uri"))
        var source = "demo:?fps=25"
        @Option(help: "How many cameras.") var cameras = 1
        @Option(help: "How long to measure, in seconds.") var seconds = 15.0
        @Option(help: "Seconds before measuring starts.") var warmup = 3.0
        @Option(help: ArgumentHelp("Folder with one sub-folder of photos per person.", valueName: "dir")) var gallery:
            String?
        @OptionGroup var shared: SharedOptions

        struct Report: Encodable {
            var cameras: Int
            var seconds: Double
            var received: Int
            var replaced: Int
            var analysedPerSecond: Double
            var latency: Quantiles
            var cpuCores: Double
            var residentMegabytes: Double
        }

        func validate() throws {
            guard (1...64).contains(cameras), (1...3600).contains(seconds), (0...600).contains(warmup) else {
                throw ValidationError(
                    "--cameras must be from 1 to 64, --seconds from 1 to 3600, --warmup from 0 to 600.")
            }
        }

        func run() async throws {
            try await CommandRunner.run {
                let configuration = try shared.load()
                let engine = try Engine.open(configuration)
                let people =
                    try await gallery.asyncMap {
                        try await GallerySource($0).load(engine, configuration)
                    } ?? GallerySnapshot(contents: GalleryContents(version: 1, entries: []))
                let report = try await PipelineBenchmark(
                    engine: engine, configuration: configuration, gallery: Gallery(people), source: SourceURI(source),
                    cameras: cameras, seconds: seconds, warmup: warmup
                ).run()
                if shared.json { return try Console.printJSON(report) }
                Console.print("capture to encoded overlay: \(report.latency.text)")
                Console.print(
                    "\(report.cameras) cameras: \(tenths(report.analysedPerSecond)) frames a second analysed in all, "
                        + "\(report.received) received, \(report.replaced) replaced by newer ones")
                Console.print("\(tenths(report.cpuCores)) cores, \(Int(report.residentMegabytes)) MB resident")
            }
        }
    }

    struct Inference: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Time of the models alone, one caller and as many as workers.",
            discussion: "Example: vedette bench inference --width 1280 --height 720")

        @Option(help: "Width of the frame that is looked at.") var width = 1280
        @Option(help: "Height of the frame that is looked at.") var height = 720
        @Option(help: "Runs of each.") var runs = 60
        @OptionGroup var shared: SharedOptions

        struct Report: Encodable {
            var detection: Quantiles
            var embedding: Quantiles
            /// Detections a second with as many callers as workers, over those of one caller: at best the number of workers.
            var scaling: Double
            var workers: Int
        }

        func validate() throws {
            guard (16...8192).contains(width), (16...8192).contains(height), (5...10_000).contains(runs) else {
                throw ValidationError("--width and --height must be from 16 to 8192, --runs from 5 to 10000.")
            }
        }

        func run() async throws {
            try await CommandRunner.run {
                let engine = try Engine.open(try shared.load())
                let report = try await InferenceBenchmark(engine: engine, width: width, height: height, runs: runs)
                    .run()
                if shared.json { return try Console.printJSON(report) }
                Console.print("detection \(report.detection.text)")
                Console.print("embedding \(report.embedding.text)")
                Console.print(
                    "\(report.workers) callers at once give \(tenths(report.scaling)) times the detections of one")
            }
        }
    }
}

func tenths(_ value: Double) -> String { String(format: "%.1f", value) }

extension Optional {
    func asyncMap<Value>(_ transform: (Wrapped) async throws -> Value) async rethrows -> Value? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
