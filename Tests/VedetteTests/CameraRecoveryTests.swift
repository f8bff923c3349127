import Foundation
import Logging
import ServiceLifecycle
import Testing
import VedetteCore
import VedetteImages
import VedettePipeline
import VedetteStore

@testable import vedette

/// Cameras that drop, freeze and refuse, with a real RTSP server on the loopback.
@Suite(
    .enabled(
        if: RTSPServer.isHere,
        "skipped: needs the Debian packages python3-gi and gir1.2-gst-rtsp-server-1.0 ('make test' installs them)"),
    .serialized)
struct CameraRecoveryTests {
    private let camera: CameraID

    init() throws { camera = try #require(CameraID("door")) }

    /// Runs one camera as `serve` does, with a chain that only publishes, while `work` looks on.
    private func watch(_ uri: String, _ work: (LiveHub) async throws -> Void) async throws {
        let codec = ImageCodec()
        let hub = LiveHub(codec: codec)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let supervisor = CameraSupervisor(
            declared: [Camera(id: camera, name: "Door", uri: SourceURI(uri))], store: try SQLiteStore.inMemory(),
            hub: hub,
            scheduler: AnalysisScheduler(workers: 1), opener: SourceFactory(codec: codec, demo: nil), options: .init(),
            logger: logger,
            makeChain: { HandlerChain(camera: $0.id, handlers: [PublishHandler(hub: hub)], onFailure: { _, _ in }) })
        let group = ServiceGroup(services: [supervisor], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result: Result<Void, any Error>
            do { result = .success(try await work(hub)) } catch { result = .failure(error) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    /// Seconds until the camera is in the state; nil when it takes longer than `seconds`.
    private func time(to state: CameraState, _ hub: LiveHub, within seconds: Double = 20) async -> Double? {
        let start = Clock.monotonic()
        let isThere = await eventually(seconds: seconds) { hub.status(of: camera)?.state == state }
        return isThere ? Clock.seconds(since: start) : nil
    }

    private func reason(_ hub: LiveHub) -> String { hub.status(of: camera)?.reason ?? "" }

    @Test func aKilledServerIsNoticedAndItsReturnTakesTwoSeconds() async throws {
        let server = try RTSPServer()
        let port = server.port
        try await watch("rtsp://127.0.0.1:\(port)/live") { hub in
            #expect(await time(to: .live, hub) != nil)
            server.killNow()
            #expect(await time(to: .backingOff, hub) != nil)
            #expect(!reason(hub).isEmpty)
            try await Task.sleep(for: .seconds(4))
            #expect(hub.view(of: camera) == nil, "no old picture is shown as live")
            let again = try RTSPServer(port: port)
            let seconds = try #require(await time(to: .live, hub))
            #expect(seconds <= 2.5, "\(seconds) s, of which the server takes some to make its first picture")
            #expect(reason(hub).isEmpty)
            again.killNow()
        }
    }

    @Test func aFrozenStreamIsNoticedAndGoesOn() async throws {
        let server = try RTSPServer()
        try await watch("rtsp://127.0.0.1:\(server.port)/live") { hub in
            #expect(await time(to: .live, hub) != nil)
            server.command("freeze")
            #expect(await time(to: .stalled, hub) != nil)
            #expect(reason(hub) == "no picture for 2 s")
            server.command("thaw")
            let seconds = try #require(await time(to: .live, hub))
            #expect(seconds <= 2.5, "\(seconds)")
            // Frozen for so long that the connection is given up.
            server.command("freeze")
            #expect(await time(to: .backingOff, hub) != nil)
            try await Task.sleep(for: .seconds(3))
            server.command("thaw")
            let later = try #require(await time(to: .live, hub))
            #expect(later <= 2.5, "\(later)")
        }
        server.killNow()
    }

    @Test func aWrongPasswordIsSaidWithoutShowingIt() async throws {
        let server = try RTSPServer(port: 0, "--user", "guard", "--password", "right")
        try await watch("rtsp://guard:s3cret@127.0.0.1:\(server.port)/live") { hub in
            #expect(await time(to: .backingOff, hub) != nil)
            #expect(reason(hub).contains("password"))
            #expect(!reason(hub).contains("s3cret"))
            #expect(hub.status(of: camera).map { "\($0)".contains("s3cret") } == false)
        }
        try await watch("rtsp://guard:right@127.0.0.1:\(server.port)/live") { hub in
            #expect(await time(to: .live, hub) != nil)
        }
        server.killNow()
    }

    @Test(arguments: [
        ("rtsp://no-such-host.invalid/live", "no-such-host.invalid"), ("rtsp://127.0.0.1:9/live", "refuses"),
        ("/nonexistent/video.mp4", "/nonexistent/video.mp4"),
    ])
    func whatCannotBeReachedIsSaid(uri: String, words: String) async throws {
        try await watch(uri) { hub in
            #expect(await time(to: .backingOff, hub) != nil)
            #expect(reason(hub).contains(words), "\(reason(hub))")
        }
    }
}
