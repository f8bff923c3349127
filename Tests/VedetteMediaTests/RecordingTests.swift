import Foundation
import Testing
import VedetteCore

@testable import VedetteMedia

@Suite(.enabled(if: Scripts.available, "needs python3-gi and GStreamer's plugins")) struct RecordingTests {
    private func source(_ path: String, _ pacing: FramePacing = .everyFrame) throws -> VideoSource {
        try VideoSource(SourceURI(path), pacing: pacing)
    }

    @Test(arguments: [
        ["--container", "mp4"], ["--container", "mkv", "--codec", "vp8"], ["--container", "avi", "--codec", "mjpeg"],
        ["--container", "mp4", "--audio"], ["--container", "mp4", "--codec", "h265"], ["--container", "ts", "--audio"],
    ])
    func everyFrameComesOnceAndInOrder(options: [String]) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("it's a \"test\" ! fakesink.video")
        try Scripts.makeVideo(path, ["--frames", "40"] + options)
        let result = await run(try source(path))
        #expect(result.failure == nil)
        #expect(result.frames.map(\.sequence) == (0..<40).map { UInt64($0) })
        #expect(result.frames.allSatisfy { $0.width == 320 && $0.height == 240 })
        let times = result.frames.compactMap(\.mediaTime)
        #expect(times.count == 40)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
        if options.contains("mp4") {
            #expect(abs(times.first ?? 9) < 0.001)
            #expect(abs((times.last ?? 0) - 39.0 / 25) < 0.001)
        }
    }

    @Test func aSlowReaderMissesNothing() async throws {
        let folder = try TemporaryFolder()
        try Scripts.makeVideo(folder.file("a.mp4"), ["--frames", "60", "--audio"])
        let result = await run(try source(folder.file("a.mp4"))) { _ in Thread.sleep(forTimeInterval: 0.02) }
        #expect(result.failure == nil)
        #expect(result.frames.map(\.sequence) == (0..<60).map { UInt64($0) })
    }

    @Test func realTimeTakesAboutAsLongAsTheRecording() async throws {
        let folder = try TemporaryFolder()
        try Scripts.makeVideo(folder.file("a.mp4"), ["--frames", "30", "--fps", "20"])
        let start = Clock.monotonic()
        let result = await run(try source(folder.file("a.mp4"), .realTime(loop: false)))
        let seconds = Clock.seconds(since: start)
        #expect(result.failure == nil)
        #expect(seconds > 1.3 && seconds < 6)
        #expect(result.frames.count > 15)
        #expect(result.frames.allSatisfy { $0.capture <= $0.arrival })
    }

    @Test(arguments: [["--container", "mp4"], ["--container", "mkv", "--codec", "vp8"], ["--container", "ts"]])
    func aLoopGoesOnCounting(options: [String]) async throws {
        let folder = try TemporaryFolder()
        try Scripts.makeVideo(folder.file("a"), ["--frames", "20", "--fps", "20"] + options)
        let result = await run(try source(folder.file("a"), .realTime(loop: true)), frames: 50)
        #expect(result.failure == nil && !result.ranOut)
        let frames = result.frames
        #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.sequence < $1.sequence && $0.capture < $1.capture })
        #expect(
            zip(frames, frames.dropFirst()).contains { ($0.mediaTime ?? 0) > ($1.mediaTime ?? 0) }, "it began again")
        #expect(result.stopping < 1)
    }

    @Test func aLoopOfAnIndexedFileHasNoGap() async throws {
        let folder = try TemporaryFolder()
        try Scripts.makeVideo(folder.file("a.mp4"), ["--frames", "20", "--fps", "20"])
        let frames = await run(try source(folder.file("a.mp4"), .realTime(loop: true)), frames: 50).frames
        // Due times, so that they do not depend on how busy the machine is.
        let neighbours = zip(frames, frames.dropFirst()).filter { $1.sequence == $0.sequence + 1 }
        #expect(neighbours.count > 25)
        for (frame, next) in neighbours {
            #expect(abs(Double(next.capture - frame.capture) / 1e9 - 0.05) < 0.02)
        }
    }

    @Test(arguments: [90, 180, 270])
    func aTelephonesNoteOnHowItWasHeldIsHeeded(degrees: Int) async throws {
        let folder = try TemporaryFolder()
        try Scripts.makeVideo(
            folder.file("a.mp4"),
            ["--frames", "3", "--rotate", "\(degrees)", "--pattern", "smpte", "--container", "mp4"])
        let result = await run(try source(folder.file("a.mp4")))
        #expect(result.failure == nil)
        let frame = try #require(result.last)
        #expect(frame.width == (degrees == 180 ? 320 : 240) && frame.height == (degrees == 180 ? 240 : 320))
        // The pattern's grey and yellow bars stand top left; turned clockwise they end up elsewhere.
        let y = frame.planes.y, stride = frame.planes.yStride
        let place: (x: Int, y: Int) =
            switch degrees {
            case 90: (frame.width - 10, 10)
            case 180: (frame.width - 10, frame.height - 10)
            default: (10, frame.height - 10)
            }
        #expect(y[place.y * stride + place.x] > 160)
    }

    @Test(arguments: [
        ("I420,colorimetry=bt601", "mkv", Colorimetry.limited601), ("I420,colorimetry=bt709", "mkv", .limited709),
    ])
    func coloursAreDescribedAsTheStreamDoes(format: String, container: String, expected: Colorimetry) async throws {
        let folder = try TemporaryFolder()
        try Scripts.makeVideo(folder.file("a"), ["--frames", "3", "--format", format, "--container", container])
        let result = await run(try source(folder.file("a")))
        #expect(result.frames.map(\.colorimetry) == [expected, expected, expected])
    }

    @Test(arguments: [["--format", "Y42B"], ["--format", "I420", "--codec", "mjpeg", "--container", "avi"]])
    func otherPixelFormatsBecomeI420(options: [String]) async throws {
        let folder = try TemporaryFolder()
        try Scripts.makeVideo(folder.file("a"), ["--frames", "3", "--width", "162", "--height", "122"] + options)
        let result = await run(try source(folder.file("a")))
        #expect(result.failure == nil)
        #expect(result.frames.count == 3)
        #expect(result.frames.allSatisfy { $0.width == 162 && $0.height == 122 })
    }

    // MARK: Bad files

    @Test(arguments: ["mkv", "faststart", "ts"])
    func aFileThatEndsInAFrameGivesTheFramesBefore(container: String) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a")
        try Scripts.makeVideo(path, ["--frames", "60", "--pattern", "snow", "--container", container])
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.prefix(whole.count * 6 / 10).write(to: URL(fileURLWithPath: path))
        let result = await run(try source(path))
        #expect(!result.ranOut)
        #expect(result.frames.count >= 25 && result.frames.count < 60)
        #expect(result.failure == nil || result.failure?.reason == .corrupt)
    }

    @Test func aFileWithoutItsIndexIsCorrupt() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.mp4")
        try Scripts.makeVideo(path, ["--frames", "60", "--pattern", "snow"])
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
        // Several times: the demuxer's error comes while it is being connected, and is lost now and then.
        for _ in 0..<8 {
            let result = await run(try source(path))
            #expect(result.frames.isEmpty && !result.ranOut)
            #expect(result.failure?.reason == .corrupt)
        }
    }

    @Test func damageInTheMiddleIsSurvived() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.mkv")
        try Scripts.makeVideo(path, ["--frames", "60", "--pattern", "snow", "--container", "mkv"])
        var data = try Data(contentsOf: URL(fileURLWithPath: path))
        for at in data.count / 2..<data.count / 2 + 5000 { data[at] = UInt8(truncatingIfNeeded: at &* 31) }
        try data.write(to: URL(fileURLWithPath: path))
        let result = await run(try source(path))
        #expect(!result.ranOut)
        #expect(result.frames.count > 20)
        #expect(result.failure == nil || result.failure?.reason == .corrupt)
    }

    @Test func soundAloneIsNotVideo() async throws {
        let folder = try TemporaryFolder()
        try Scripts.makeVideo(folder.file("a.mp4"), ["--no-video"])
        let result = await run(try source(folder.file("a.mp4")))
        #expect(result.failure?.reason == .unsupported)
        #expect(result.failure?.isRetriable == false)
    }
}

@Suite struct BadFileTests {
    struct Bad: Sendable {
        var name: String
        var content: Data?
        var reason: SourceFailure.Reason
    }

    @Test(
        arguments: [
            Bad(name: "empty.mp4", content: Data(), reason: .corrupt),
            Bad(
                name: "text.mp4", content: Data(String(repeating: "no video at all\n", count: 200).utf8),
                reason: .unsupported),
            Bad(
                name: "noise.mp4",
                content: Data((0..<40_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 7) }),
                reason: .unsupported),
            Bad(name: "short.mp4", content: Data([0]), reason: .unsupported),
            Bad(name: "missing.mp4", content: nil, reason: .notFound),
            Bad(name: "it's \"not\" ! here.mp4", content: nil, reason: .notFound),
        ], [FramePacing.everyFrame, .realTime(loop: true)])
    func aFileThatIsNoVideoIsNamedInTheError(bad: Bad, pacing: FramePacing) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file(bad.name)
        try bad.content?.write(to: URL(fileURLWithPath: path))
        let result = await run(try VideoSource(SourceURI(path), pacing: pacing))
        #expect(result.frames.isEmpty && !result.ranOut)
        #expect(result.failure?.reason == bad.reason)
        #expect(result.failure?.message.contains(path) == true)
    }

    @Test func aMissingDeviceIsNotFound() async throws {
        let result = await run(try VideoSource(SourceURI("/dev/video987"), pacing: .realTime(loop: false)))
        #expect(result.failure?.reason == .notFound)
    }
}
