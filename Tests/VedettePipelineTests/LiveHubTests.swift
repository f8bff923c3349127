import Foundation
import Synchronization
import Testing
import VedetteCore

@testable import VedettePipeline

/// Counts what is encoded; the bytes are the frame's sequence.
private final class CountingCodec: PictureCodec {
    let encoded = Mutex(0)

    func decode(_ bytes: [UInt8]) throws -> Frame { throw EnrolmentRefusal.noFace }

    func jpeg(of frame: Frame, faces: [OverlayFace], maximumWidth: Int?, quality: Int) throws -> [UInt8] {
        encoded.withLock { $0 += 1 }
        return [UInt8(truncatingIfNeeded: frame.sequence)]
    }

    func jpeg(cropping box: Box, of frame: Frame, maximumSide: Int, quality: Int) throws -> [UInt8] { [] }
}

@Suite struct LiveHubTests {
    private let codec = CountingCodec()
    private let pool = FramePool(width: 4, height: 4)
    private let camera: CameraID

    init() throws { camera = try #require(CameraID("door")) }

    private func hub() -> LiveHub {
        let hub = LiveHub(codec: codec)
        hub.add(Camera(id: camera, name: "Door", uri: SourceURI("test:")))
        hub.setState(.live, reason: nil, of: camera)
        return hub
    }

    private func view(_ sequence: UInt64) -> LiveView {
        LiveView(
            frame: pool.frame(colorimetry: .limited601, captureTime: .now(), sequence: sequence) { _ in }, faces: [])
    }

    @Test func encodesNothingWhileNobodyWatches() throws {
        let hub = hub()
        for sequence in 0..<5 { try hub.publish(view(UInt64(sequence)), of: camera) }
        #expect(codec.encoded.withLock { $0 } == 0)
        #expect(hub.view(of: camera)?.frame.sequence == 4)
        #expect(try hub.picture(of: camera)?.jpeg == [4])
        #expect(try hub.picture(of: camera)?.jpeg == [4])
        #expect(codec.encoded.withLock { $0 } == 1, "asked for twice, encoded once")
    }

    @Test func encodesOnceForAllViewersAndGivesThemTheNewest() async throws {
        let hub = hub()
        let streams = (0..<3).compactMap { _ in hub.pictures(of: camera) }
        #expect(streams.count == 3 && hub.viewerCount(of: camera) == 3)
        for sequence in 1...4 { try hub.publish(view(UInt64(sequence)), of: camera) }
        #expect(codec.encoded.withLock { $0 } == 4)
        for stream in streams {
            var iterator = stream.makeAsyncIterator()
            #expect(await iterator.next()?.jpeg == [4], "a slow viewer gets the newest, not the oldest")
        }
    }

    @Test func aViewerWhoLeavesIsForgotten() async throws {
        let hub = hub()
        let watching = Task { [camera] in
            guard let pictures = hub.pictures(of: camera) else { return }
            for await _ in pictures {}
        }
        while hub.viewerCount(of: camera) == 0 { await Task.yield() }
        watching.cancel()
        await watching.value
        #expect(hub.viewerCount(of: camera) == 0)
        try hub.publish(view(1), of: camera)
        #expect(codec.encoded.withLock { $0 } == 0)
    }

    @Test func whoWatchesGoesOnWatchingWhenTheCameraStartsAnew() async throws {
        let hub = hub()
        let stream = try #require(hub.pictures(of: camera))
        hub.add(Camera(id: camera, name: "Door", uri: SourceURI("test:")))
        try hub.publish(view(7), of: camera)
        var iterator = stream.makeAsyncIterator()
        #expect(await iterator.next()?.jpeg == [7])
        hub.close()
        #expect(await iterator.next() == nil, "and ends when the hub closes")
    }

    @Test func removalAndCloseEndTheStreams() async throws {
        let hub = hub()
        let stream = try #require(hub.pictures(of: camera))
        hub.remove(camera)
        for await _ in stream {}
        #expect(hub.pictures(of: camera) == nil)
        #expect(try hub.picture(of: camera) == nil)
        try hub.publish(view(1), of: camera)
        #expect(hub.statuses().isEmpty)
    }

    @Test func aLostCameraShowsNoOldPicture() throws {
        let hub = hub()
        try hub.publish(view(1), of: camera)
        hub.setState(.backingOff, reason: "gone", of: camera)
        #expect(hub.view(of: camera) == nil)
        #expect(hub.status(of: camera)?.reason == "gone")
    }
}
