import ArgumentParser
import Foundation
import Synchronization
import VedetteCore
import VedetteGallery
import VedetteImages
import VedetteMedia
import VedettePipeline

struct Analyze: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follow and name the faces of a recording, every frame in order.",
        discussion: """
            Example: vedette analyze door.mp4 --gallery staff/ --output tracks.txt --events events.jsonl --draw seen.mp4

            --output writes tracks as MOTChallenge text (frame,id,x,y,w,h,score,-1,-1,-1; frames count from 1). --events writes a JSON \
            object a line when a track's identity changes and when it ends. A live address works too; it runs until interrupted.
            """)

    @Argument(help: ArgumentHelp("A video file, or the address of a camera.", valueName: "video|uri"))
    var source: String

    @Option(help: ArgumentHelp("Folder with one sub-folder of photos per person.", valueName: "dir"))
    var gallery: String?

    @Option(help: ArgumentHelp("Write tracks here, as MOTChallenge text.", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Write identity events here, one JSON object a line.", valueName: "file"))
    var events: String?

    @Option(help: ArgumentHelp("Write the video with faces and names drawn in here.", valueName: "file"))
    var draw: String?

    @Option(help: "Look at one frame, then leave out this many.")
    var skipFrames = 0

    @Option(help: "Look at no more frames a second than this.")
    var targetFps: Double?

    @Option(help: ArgumentHelp("Leave out faces lower than this, in pixels.", valueName: "px"))
    var minSize: Float = 0

    @Option(help: ArgumentHelp("Leave out faces higher than this, in pixels.", valueName: "px"))
    var maxSize: Float?

    @Option(help: ArgumentHelp("Least score of a face that starts a track, 0 to 1.", valueName: "p"))
    var minConfidence: Double?

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard skipFrames >= 0 else { throw ValidationError("--skip-frames must not be negative.") }
        guard targetFps.map({ $0 > 0 }) ?? true else { throw ValidationError("--target-fps must be above 0.") }
        guard minSize >= 0, maxSize.map({ $0 > minSize }) ?? true else {
            throw ValidationError("--min-size must not be negative, and --max-size must be above it.")
        }
        guard minConfidence.map({ (0.05...0.99).contains($0) }) ?? true else {
            throw ValidationError("--min-confidence must be from 0.05 to 0.99.")
        }
    }

    func run() async throws {
        try await CommandRunner.run {
            var configuration = try shared.load()
            if let minConfidence { configuration.tracking.highScore = minConfidence }
            let engine = try Engine.open(configuration)
            let people = try await enrolled(engine, configuration)
            let skipped = SkippedInputs()
            let opener = SourceFactory(
                codec: engine.codec, demo: DemoPhotograph.scene(), onSkip: { skipped.add($0.path, $0.reason) })
            // Found out now, not after hours of work.
            try Files.checkOutputs([output, events, draw].compactMap(\.self), besides: self.source)
            let source = try opener.open(SourceURI(self.source), pacing: .everyFrame)
            let analysis = try Analysis(
                factory: ChainFactory(
                    engine: engine, gallery: Gallery(people), configuration: configuration,
                    logger: LogSetup.quiet(configuration)),
                filter: FrameFilter(skip: skipFrames, rate: targetFps), sizes: minSize...(maxSize ?? .infinity),
                writer: try draw.map { try VideoWriter(path: $0) }, codec: engine.codec)
            let failure = await analysis.run(source)
            // A run that saw nothing has nothing to say, and must not take the place of the results of one that did.
            if let failure, analysis.summary.frames == 0 { throw failure }
            try write(analysis)
            report(analysis)
            if let failure { throw failure }
            try skipped.check(frames: analysis.summary.frames)
        }
    }

    private func enrolled(_ engine: Engine, _ configuration: Configuration) async throws -> GallerySnapshot {
        if gallery == nil, !FileManager.default.fileExists(atPath: configuration.data) {
            return GallerySnapshot(contents: GalleryContents(version: 1, entries: []))
        }
        return try await GallerySource(gallery).load(engine, configuration)
    }

    /// Writes both, whatever becomes of the first.
    private func write(_ analysis: Analysis) throws {
        let tracks = Result { if let output { try Files.write(analysis.tracksText(), to: output) } }
        if let events { try Files.write(try analysis.eventsText(), to: events) }
        try tracks.get()
    }

    private func report(_ analysis: Analysis) {
        let summary = analysis.summary
        if shared.json {
            try? Console.printJSON(summary)
            return
        }
        let rate = Double(summary.frames) / max(summary.seconds, 0.001)
        Console.print(
            "\(summary.frames) frames in \(Int(summary.seconds.rounded())) s (\(Int(rate.rounded())) a second), "
                + "\(summary.tracks) tracks, \(summary.embeddings) embeddings")
        for person in summary.people { Console.print("  \(person)") }
    }
}
