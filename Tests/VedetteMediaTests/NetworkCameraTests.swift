import Foundation
import Testing
import VedetteCore

@testable import VedetteMedia

/// Cameras on the loopback; one after the other, because each encodes video.
@Suite(.serialized, .enabled(if: Scripts.available, "needs python3-gi and the RTSP server library"))
struct NetworkCameraTests {
    private func source(_ uri: String) throws -> VideoSource {
        try VideoSource(SourceURI(uri), pacing: .realTime(loop: false))
    }

    // MARK: RTSP

    @Test(arguments: [[], ["--audio"], ["--codec", "h265"], ["--codec", "jpeg"]])
    func rtspFramesArrive(options: [String]) async throws {
        let camera = try CameraProcess.rtsp(options)
        let result = await run(try source("rtsp://127.0.0.1:\(camera.port)/live"), frames: 15)
        #expect(result.failure == nil && !result.ranOut)
        let frames = result.frames
        #expect(frames.allSatisfy { $0.width == 640 && $0.height == 360 && $0.mediaTime == nil })
        #expect(frames.allSatisfy { $0.capture <= $0.arrival && $0.capture > $0.arrival - 5_000_000_000 })
        #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
        #expect(result.stopping < 1)
    }

    @Test(arguments: [[], ["--digest"]])
    func thePasswordDecides(options: [String]) async throws {
        let camera = try CameraProcess.rtsp(["--user", "admin", "--password", "s3cr3t/pw@1"] + options)
        let right = await run(try source("rtsp://admin:s3cr3t%2Fpw%401@127.0.0.1:\(camera.port)/live"), frames: 2)
        #expect(right.failure == nil && !right.ranOut)

        let wrong = await run(try source("rtsp://admin:wr0ngpw@127.0.0.1:\(camera.port)/live"))
        #expect(wrong.failure?.reason == .unauthorized)
        #expect(wrong.failure.map { "\($0)" }?.contains("wr0ngpw") == false)

        let none = await run(try source("rtsp://127.0.0.1:\(camera.port)/live"))
        #expect(none.failure?.reason == .unauthorized)
        #expect(none.failure?.message.contains("asks for") == true)
    }

    @Test func anUnknownPathIsNotFound() async throws {
        let camera = try CameraProcess.rtsp()
        let result = await run(try source("rtsp://admin:pa55w0rd@127.0.0.1:\(camera.port)/nothing?key=t0ken"))
        #expect(result.failure?.reason == .notFound)
        #expect(result.failure.map { "\($0)" }?.contains("pa55w0rd") == false)
        #expect(result.failure.map { "\($0)" }?.contains("t0ken") == false)
    }

    @Test func aKilledServerIsALostOne() async throws {
        let camera = try CameraProcess.rtsp(["--die-after", "20"])
        let start = Clock.monotonic()
        let result = await run(try source("rtsp://127.0.0.1:\(camera.port)/live"))
        #expect(result.failure?.reason == .lost)
        #expect(result.frames.count > 5)
        #expect(Clock.seconds(since: start) < 8)
    }

    @Test func aServerThatStopsAnsweringIsLeftAtOnce() async throws {
        let camera = try CameraProcess.rtsp()
        let source = try source("rtsp://127.0.0.1:\(camera.port)/live")
        let result = await run(source, within: 4) { frame in
            if frame.sequence == 5 { camera.suspend() }
        }
        #expect(result.ranOut && result.failure == nil, "a frozen stream is for the watchdog, not for the source")
        #expect(result.stopping < 1)
    }

    @Test func aServerThatNeverAnswersTimesOut() async throws {
        let camera = try CameraProcess.rtsp()
        camera.suspend()
        let result = await run(try source("rtsp://127.0.0.1:\(camera.port)/live"), within: 20)
        #expect(result.failure?.reason == .timedOut)
    }

    @Test func connectingToAServerThatNeverAnswersCanBeCancelled() async throws {
        let camera = try CameraProcess.rtsp()
        camera.suspend()
        let result = await run(try source("rtsp://127.0.0.1:\(camera.port)/live"), within: 1)
        #expect(result.ranOut && result.failure == nil)
        #expect(result.stopping < 1)
    }

    @Test func aServerWithSoundOnlyHasNoVideo() async throws {
        let camera = try CameraProcess.rtsp(["--no-video"])
        let result = await run(try source("rtsp://127.0.0.1:\(camera.port)/live"))
        #expect(result.failure?.reason == .unsupported)
    }

    // MARK: HTTP

    @Test func jpegsOverHTTPArrive() async throws {
        let camera = try CameraProcess.http(["--fps", "20"])
        let result = await run(try source("http://127.0.0.1:\(camera.port)/stream.mjpeg"), frames: 15)
        #expect(result.failure == nil && !result.ranOut)
        let frames = result.frames
        #expect(
            frames.allSatisfy {
                $0.width == 640 && $0.height == 360 && $0.colorimetry == .full601 && $0.mediaTime == nil
            })
        #expect(frames.allSatisfy { $0.capture <= $0.arrival && $0.capture > $0.arrival - 500_000_000 })
        #expect(result.stopping < 1)
    }

    @Test func httpCamerasFailWithAReason() async throws {
        let camera = try CameraProcess.http(["--user", "admin", "--password", "pa55w0rd", "--frames", "10"])
        let place = "127.0.0.1:\(camera.port)"
        let right = await run(try source("http://admin:pa55w0rd@\(place)/stream.mjpeg"))
        #expect(right.frames.count > 3)
        #expect(right.failure?.reason == .lost, "a camera's stream does not end by itself")
        let wrong = await run(try source("http://admin:wr0ngpw@\(place)/stream.mjpeg"))
        #expect(wrong.failure?.reason == .unauthorized)
        #expect(wrong.failure.map { "\($0)" }?.contains("wr0ngpw") == false)
        let missing = await run(try source("http://admin:pa55w0rd@\(place)/nothing?token=t0ken"))
        #expect(missing.failure?.reason == .notFound)
        #expect(missing.failure.map { "\($0)" }?.contains("t0ken") == false)
        let hanging = await run(try source("http://admin:pa55w0rd@\(place)/hang"), within: 1)
        #expect(hanging.ranOut && hanging.stopping < 1)
    }

    @Test func aServerThatNeverAnswersOverHTTPTimesOut() async throws {
        let camera = try CameraProcess.http()
        let result = await run(try source("http://127.0.0.1:\(camera.port)/hang"), within: 20)
        #expect(result.failure?.reason == .timedOut)
    }

    @Test func aVideoFileOverHTTPIsARecording() async throws {
        let folder = try TemporaryFolder()
        try Scripts.makeVideo(folder.file("a.mp4"), ["--frames", "30", "--audio"])
        try "no video\n".write(toFile: folder.file("b.txt"), atomically: true, encoding: .utf8)
        let camera = try CameraProcess.http(["--files", folder.path])
        let place = "http://127.0.0.1:\(camera.port)/files"
        let result = await run(try VideoSource(SourceURI("\(place)/a.mp4"), pacing: .everyFrame))
        #expect(result.failure == nil)
        #expect(result.frames.map(\.sequence) == (0..<30).map { UInt64($0) })
        let text = await run(try VideoSource(SourceURI("\(place)/b.txt"), pacing: .everyFrame))
        #expect(text.failure?.reason == .unsupported)
    }

    // MARK: Nobody there

    @Test(arguments: ["rtsp", "http"])
    func nobodyThereIsToldApart(scheme: String) async throws {
        let unknown = await run(try source("\(scheme)://user:pa55w0rd@no-such-host.invalid/live"))
        #expect(unknown.failure?.reason == .unknownHost)
        #expect(unknown.failure?.message.contains("no-such-host.invalid") == true)
        let refused = await run(try source("\(scheme)://user:pa55w0rd@127.0.0.1:1/live"))
        #expect(refused.failure?.reason == .refused)
        for failure in [unknown.failure, refused.failure] {
            #expect(failure.map { "\($0)" }?.contains("pa55w0rd") == false)
            #expect(failure?.remedy != nil)
        }
    }
}
