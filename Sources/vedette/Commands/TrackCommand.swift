import ArgumentParser
import Foundation
import VedetteCore
import VedetteTracking

extension TrackerKind: ExpressibleByArgument {}
extension AppearanceOptions.Use: ExpressibleByArgument {}

/// Tracks what another program detected.
struct TrackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "track",
        abstract: "Follow detections from a file of MOTChallenge text.",
        discussion: """
            Example: vedette track --detections det/det.txt --output tracks.txt --tracker bytetrack

            A row is frame,id,x,y,width,height,score and may have three more columns, which are ignored; from the eleventh on \
            it is an appearance feature of the detection, which bytetrack and deepsort use. Written is a row for every frame in \
            which a track was detected, with the box of the track; from its first detection on, unless --online. Without --fps \
            the frame rate is that of ../seqinfo.ini beside the folder of the detections, or 30.

            Defaults are the published ones for people on foot. Faces of the built-in detectors want --high-score 0.5, \
            --new-score 0.5 and, at few frames a second, --reach 6.
            """)

    @Option(help: ArgumentHelp("MOTChallenge text of the detections.", valueName: "file")) var detections: String
    @Option(help: ArgumentHelp("Where the tracks are written.", valueName: "file")) var output: String
    @Option(help: "The algorithm: \(TrackerKind.names).")
    var tracker = TrackerKind.bytetrack
    @Option(help: "Frames a second (default: seqinfo.ini, else 30).") var fps: Double?
    @Option(help: "Detections from this score on begin and continue tracks; raise it against false ones.")
    var highScore: Float = 0.6
    @Option(help: "bytetrack: detections from this score on continue a track in view.") var lowScore: Float = 0.1
    @Option(help: "bytetrack: a track begins from this score on (default: 0.1 above --high-score).")
    var newScore: Float?
    @Option(help: "bytetrack: sizes a second that somebody may move beyond any overlap; 0 for the published algorithm.")
    var reach: Float = 0
    @Option(help: "Detections after which a track is believed.") var hits = 3
    @Option(help: "Seconds a track may be missed before it ends; raise it to bridge longer cover.")
    var lostSeconds = 1.0
    @Option(help: "deepsort: greatest cosine distance of features; 0.2 suits features trained for people.")
    var distance: Float = 0.6
    @Option(help: "bytetrack: when features count: never, inDoubt (where motion and overlap leave a doubt), always.")
    var appearance = AppearanceOptions.Use.inDoubt
    @Option(help: "bytetrack: share of the features in the cost of a pair, the rest is overlap (0...1).")
    var appearanceWeight: Float = 0.5
    @Flag(help: "Leave out what a live view would not have shown: detections of a track before it was believed.")
    var online = false
    @OptionGroup var shared: SharedOptions

    /// The summary.
    struct Report: Encodable {
        var tracker: String
        var fps: Double
        var detections: Int
        var frames: Int
        var tracks: Int
        var boxes: Int
        var appearanceRequests: Int
        /// In the tracker alone, reading and writing left out.
        var microsecondsPerFrame: Double
        var output: String
    }

    private static let rates = 0.001...100_000

    func validate() throws {
        func check(_ isRight: Bool, _ message: String) throws {
            guard isRight else { throw ValidationError(message) }
        }
        try check(fps.map(Self.rates.contains) ?? true, "--fps must be from 0.001 to 100000.")
        try check(highScore.isFinite, "--high-score must be a number.")
        try check(lowScore.isFinite, "--low-score must be a number.")
        try check(newScore?.isFinite ?? true, "--new-score must be a number.")
        try check((0...1).contains(appearanceWeight), "--appearance-weight must be from 0 to 1.")
        try check(hits >= 1, "--hits must be 1 or more.")
        try check(lostSeconds.isFinite && lostSeconds > 0, "--lost-seconds must be greater than 0.")
        try check((0...1000).contains(reach), "--reach must be from 0 to 1000.")
        try check(distance > 0 && distance <= 2, "--distance must be greater than 0 and at most 2.")
    }

    func run() async throws {
        try await CommandRunner.run { try track() }
    }

    private func track() throws {
        try Files.checkOutputs([output], besides: [detections])
        let bytes = try Files.read(detections, limit: 1 << 30)
        let text = try MOTChallenge.read(String(decoding: bytes, as: UTF8.self), as: .detections, name: detections)
        var tracking = SequenceTracking(rate: try fps ?? Self.frameRate(besides: detections) ?? 30)
        tracking.isRetrospective = !online
        try tracking.check(text, name: detections)

        var progress = Progress("detections", total: text.records.count)
        let start = Clock.monotonic()
        let rows = tracking.run(tracker.make(options: options), on: text) { progress.advance(by: $0) }
        let seconds = Clock.seconds(since: start)
        progress.finish()
        try Files.write(MOTChallenge.format(rows), to: output)

        let report = Report(
            tracker: tracker.rawValue, fps: tracking.rate, detections: text.records.count, frames: tracking.frames,
            tracks: tracking.tracks, boxes: rows.count, appearanceRequests: tracking.appearanceRequests,
            microsecondsPerFrame: 1e6 * seconds / Double(max(1, tracking.frames)), output: output)
        if shared.json { try Console.printJSON(report) }
        Console.note(
            "\(report.detections) detections in \(report.frames) frames: \(report.tracks) tracks, \(report.boxes) boxes "
                + "written to \(output)")
    }

    private var options: TrackerKind.Options {
        var options = TrackerKind.Options()
        options.highScore = highScore
        options.lowScore = lowScore
        options.newTrackScore = newScore ?? highScore + 0.1
        options.reachSpeed = reach
        options.maximumDistance = distance
        options.appearance.use = appearance
        options.appearance.weight = appearanceWeight
        options.life.confirmationHits = hits
        options.life.maximumLostSeconds = lostSeconds
        return options
    }

    /// `frameRate` of the sequence that `path` belongs to, by the layout of MOTChallenge: SEQUENCE/det/det.txt beside
    /// SEQUENCE/seqinfo.ini. Nil when there is no such file.
    private static func frameRate(besides path: String) throws -> Double? {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appendingPathComponent("seqinfo.ini").path
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        let text = String(decoding: try Files.read(file, limit: 1 << 20), as: UTF8.self)
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, parts[0] == "frameRate" else { continue }
            guard let rate = Double(parts[1]), rates.contains(rate) else {
                throw Files.Failure(message: "\(file): frameRate '\(parts[1])' is no frame rate", remedy: "give --fps")
            }
            return rate
        }
        return nil
    }
}
