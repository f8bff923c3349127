import ArgumentParser
import Foundation
import Synchronization
import VedetteCore
import VedetteGallery
import VedetteImages
import VedetteMedia
import VedettePipeline
import VedetteTracking

struct Analyze: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follow and name the faces of a recording, every frame in order.",
        discussion: """
            Examples: vedette analyze door.mp4 --gallery staff/ --output tracks.txt --events events.jsonl --draw seen.mp4
                      vedette analyze door.mp4 hall.mp4 yard.mp4 --gallery staff/ --output tracks/ --events events.jsonl

            --output writes tracks as MOTChallenge text (frame,id,x,y,w,h,score,-1,-1,-1; frames count from 1). --events writes a JSON \
            object a line when a track's identity changes and when it ends. A face that leaves and comes back keeps its number. A live \
            address works too; it runs until interrupted.

            Several recordings are the cameras of one site that began to film at the same moment: people are followed from one to the \
            other ("event":"handover"), those nobody has named are told apart ("anonymous":"Unknown 3"), and --output and --draw name \
            folders.
            """)

    @Argument(help: ArgumentHelp("Video files, or addresses of cameras.", valueName: "video|uri"))
    var sources: [String]

    @Option(help: ArgumentHelp("Folder with one sub-folder of photos per person.", valueName: "dir"))
    var gallery: String?

    @Option(help: ArgumentHelp("Write tracks here, as MOTChallenge text.", valueName: "file|dir"))
    var output: String?

    @Option(help: ArgumentHelp("Write identity events here, one JSON object a line.", valueName: "file"))
    var events: String?

    @Option(help: ArgumentHelp("Write the video with faces and names drawn in here.", valueName: "file|dir"))
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
        guard sources.count <= 64 else { throw ValidationError("At most 64 recordings are analysed together.") }
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
            let run = try prepare(engine, Gallery(people), configuration, skipped)
            let failure = await run.run()
            // A run that saw nothing has nothing to say, and must not take the place of the results of one that did.
            if let failure, run.summary.frames == 0 { throw failure }
            try write(run)
            report(run.summary)
            if let failure { throw failure }
            try skipped.check(frames: run.summary.frames)
        }
    }

    private func prepare(
        _ engine: Engine, _ gallery: Gallery, _ configuration: Configuration, _ skipped: SkippedInputs
    ) throws -> AnalysisRun {
        let opener = SourceFactory(
            codec: engine.codec, demo: DemoPhotograph.scene(), onSkip: { skipped.add($0.path, $0.reason) })
        if sources.count > 1 { for folder in [output, draw].compactMap(\.self) { try Files.makeFolder(folder) } }
        let cameras = RecordingNames.cameras(for: sources)
        let drawn = cameras.map { path(draw, $0, "mp4") }
        // Found out now, not after hours of work.
        try Files.checkOutputs(
            cameras.compactMap { path(output, $0, "txt") } + drawn.compactMap(\.self) + [events].compactMap(\.self),
            besides: sources)
        let factory = ChainFactory(
            engine: engine, gallery: gallery, directory: IdentityDirectory(threshold: engine.policy.threshold),
            configuration: configuration, logger: LogSetup.quiet(configuration))
        return AnalysisRun(
            try zip(sources, zip(cameras, drawn)).map { address, names in
                (
                    source: try opener.open(SourceURI(address), pacing: .everyFrame),
                    analysis: Analysis(
                        camera: names.0, handlers: factory.offline(),
                        filter: FrameFilter(skip: skipFrames, rate: targetFps), sizes: minSize...(maxSize ?? .infinity),
                        writer: try names.1.map { try VideoWriter(path: $0) }, codec: engine.codec)
                )
            })
    }

    /// The file of one recording: what was named, or a file of its own in the folder that was named.
    private func path(_ named: String?, _ camera: CameraID, _ ending: String) -> String? {
        named.map { sources.count > 1 ? "\($0)/\(camera).\(ending)" : $0 }
    }

    private func enrolled(_ engine: Engine, _ configuration: Configuration) async throws -> GallerySnapshot {
        if gallery == nil, !FileManager.default.fileExists(atPath: configuration.data) {
            return GallerySnapshot(contents: GalleryContents(version: 1, entries: []))
        }
        return try await GallerySource(gallery).load(engine, configuration)
    }

    /// Writes all, whatever becomes of the first.
    private func write(_ run: AnalysisRun) throws {
        let tracks = Result {
            for analysis in run.parts.map(\.analysis) {
                guard let path = path(output, analysis.camera, "txt") else { continue }
                try Files.write(MOTChallenge.format(analysis.rows()), to: path)
            }
        }
        if let events { try Files.write(try run.eventsText(), to: events) }
        try tracks.get()
    }

    private func report(_ summary: AnalysisRun.Summary) {
        if shared.json {
            try? Console.printJSON(summary)
            return
        }
        let rate = Double(summary.frames) / max(summary.seconds, 0.001)
        Console.print(
            "\(summary.frames) frames in \(Int(summary.seconds.rounded())) s (\(Int(rate.rounded())) a second), "
                + "\(summary.tracks) tracks, \(summary.embeddings) embeddings, \(summary.anonymous) unknown people")
        for person in summary.people { Console.print("  \(person)") }
    }
}

/// What recordings are called as cameras: their file names, as far as an id may hold them.
enum RecordingNames {
    static func cameras(for sources: [String]) -> [CameraID] {
        var taken: Set<CameraID> = []
        return sources.enumerated().map { index, source in
            let name = ((source as NSString).lastPathComponent as NSString).deletingPathExtension
            let fitting = String(
                name.unicodeScalars.map { scalar in
                    scalar.isASCII && (CameraID(String(scalar)) != nil) ? Character(scalar) : "-"
                }.prefix(48))
            var id = CameraID(fitting) ?? CameraID("recording")!
            // An address may hold a password, and says little as a name.
            if source.contains("://") { id = CameraID("camera-\(index + 1)")! }
            if taken.contains(id) { id = CameraID("\(id)-\(index + 1)") ?? id }
            taken.insert(id)
            return id
        }
    }
}
