import Testing
import VedetteCore

@testable import VedetteMedia

@Suite struct MediaProbeTests {
    @Test func theTestPictureIsDescribed() async throws {
        let probe = try await MediaProbe.open(SourceURI("test:?width=640&height=360&fps=30"))
        #expect(probe.width == 640 && probe.height == 360)
        #expect(probe.framesPerSecond == 30)
        #expect(probe.codec == nil && probe.pixelFormat == "I420")
    }

    @Test(.enabled(if: Scripts.available, "needs python3-gi and GStreamer's plugins"))
    func aFileIsDescribed() async throws {
        let folder = try TemporaryFolder()
        try Scripts.makeVideo(
            folder.file("a.mkv"), ["--container", "mkv", "--fps", "10", "--format", "I420,colorimetry=bt709"])
        let probe = try await MediaProbe.open(SourceURI(folder.file("a.mkv")))
        #expect(
            probe
                == MediaProbe(
                    width: 320, height: 240, framesPerSecond: 10, codec: "H.264", pixelFormat: "I420",
                    colorimetry: "BT.709"))
    }

    @Test(.enabled(if: Scripts.available, "needs python3-gi and the RTSP server library"))
    func aCameraIsDescribed() async throws {
        let camera = try CameraProcess.rtsp(["--codec", "jpeg"])
        let probe = try await MediaProbe.open(SourceURI("rtsp://127.0.0.1:\(camera.port)/live"))
        #expect(probe.width == 640 && probe.height == 360 && probe.codec == "MJPEG")
        #expect((10...40).contains(probe.framesPerSecond ?? 0))
    }

    @Test func aSourceThatGivesNothingTimesOut() async throws {
        struct Silent: FrameSource {
            func run(deliver: @escaping @Sendable (Frame) -> Void) async throws(SourceFailure) {
                try? await Task.sleep(for: .seconds(60))
            }
        }
        let failure = await #expect(throws: SourceFailure.self) {
            try await MediaProbe.open(Silent(), name: "silent", atMost: .milliseconds(50))
        }
        #expect(failure?.reason == .timedOut)
    }
}
