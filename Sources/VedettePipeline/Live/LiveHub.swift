import Foundation
import Synchronization
package import VedetteCore

/// The newest view and the status of every camera, and the viewers who want to see them.
///
/// A viewer gets the newest frame and never an old one: each has room for one frame, which a newer one replaces. A frame is
/// encoded once, on the thread that publishes it, and only while somebody watches.
package final class LiveHub: Sendable {
    private struct Channel {
        var status: CameraStatus
        var view: LiveView?
        var encoded: EncodedFrame?
        var viewers: [Int: AsyncStream<EncodedFrame>.Continuation] = [:]
        var received = RateMeter()
        var analysed = RateMeter()
    }

    private struct State {
        var channels: [CameraID: Channel] = [:]
        var nextViewer = 0
    }

    private let state = Mutex(State())
    private let codec: any PictureCodec
    private let options: Options

    package struct Options: Sendable {
        /// Pictures for viewers are at most this wide, in pixels. Raising it costs encoding time and bandwidth.
        package var maximumWidth: Int
        /// JPEG quality 1...100 of pictures for viewers.
        package var quality: Int

        package init(maximumWidth: Int = 1280, quality: Int = 80) {
            self.maximumWidth = maximumWidth
            self.quality = quality
        }
    }

    package init(codec: any PictureCodec, options: Options = Options()) {
        self.codec = codec
        self.options = options
    }

    // MARK: Cameras

    /// Begins to know the camera, or begins anew with it; who watches it already goes on watching.
    package func add(_ camera: Camera) {
        let status = CameraStatus(camera: camera, state: camera.enabled ? .connecting : .stopped)
        state.withLock { state in
            let viewers = state.channels[camera.id]?.viewers ?? [:]
            state.channels[camera.id] = Channel(status: status, viewers: viewers)
        }
    }

    /// Ends the streams of the camera's viewers and forgets it.
    package func remove(_ id: CameraID) {
        let channel = state.withLock { $0.channels.removeValue(forKey: id) }
        channel?.viewers.values.forEach { $0.finish() }
    }

    package func rename(_ id: CameraID, to name: String) {
        state.withLock { $0.channels[id]?.status.camera.name = name }
    }

    package func statuses() -> [CameraStatus] {
        state.withLock { $0.channels.values.map(\.status) }.sorted { $0.camera.id < $1.camera.id }
    }

    package func status(of id: CameraID) -> CameraStatus? { state.withLock { $0.channels[id]?.status } }

    package func setState(_ new: CameraState, reason: String?, of id: CameraID) {
        state.withLock { state in
            guard let old = state.channels[id]?.status, old.state != new || old.reason != reason else { return }
            state.channels[id]?.status.state = new
            state.channels[id]?.status.reason = reason
            if old.state != new { state.channels[id]?.status.stateSince = Date() }
            if new != .live {
                // Pictures and rates from before the loss are not live any more.
                state.channels[id]?.view = nil
                state.channels[id]?.encoded = nil
                state.channels[id]?.received = RateMeter()
                state.channels[id]?.analysed = RateMeter()
                state.channels[id]?.status.receivedPerSecond = 0
                state.channels[id]?.status.analysedPerSecond = 0
                state.channels[id]?.status.latency = nil
            }
        }
    }

    /// Counts a frame that came in, and whether it replaced one that nobody had looked at.
    package func countReceived(_ frame: Frame, replaced: Bool, of id: CameraID) {
        state.withLock { state in
            guard state.channels[id] != nil else { return }
            state.channels[id]!.status.received += 1
            if replaced { state.channels[id]!.status.replaced += 1 }
            state.channels[id]!.status.width = frame.width
            state.channels[id]!.status.height = frame.height
            state.channels[id]!.status.receivedPerSecond = state.channels[id]!.received.count(
                at: frame.captureTime.monotonic)
        }
    }

    // MARK: Views

    /// Makes `view` the camera's newest and sends it to whoever watches. A view that comes late, after its camera was lost, is
    /// dropped.
    package func publish(_ view: LiveView, of id: CameraID) throws {
        let watched = state.withLock { state -> Bool in
            guard let channel = state.channels[id], channel.status.state.isOpen else { return false }
            state.channels[id]!.view = view
            state.channels[id]!.encoded = nil
            return !state.channels[id]!.viewers.isEmpty
        }
        if watched {
            let encoded = try encode(view)
            let viewers = state.withLock { state -> [AsyncStream<EncodedFrame>.Continuation] in
                state.channels[id]?.encoded = encoded
                return state.channels[id].map { Array($0.viewers.values) } ?? []
            }
            for viewer in viewers { viewer.yield(encoded) }
        }
        let now = Clock.monotonic()
        state.withLock { state in
            guard let channel = state.channels[id], channel.status.state.isOpen else { return }
            state.channels[id]!.status.analysed += 1
            state.channels[id]!.status.analysedPerSecond = state.channels[id]!.analysed.count(at: now)
            state.channels[id]!.status.latency = Double(now - view.frame.captureTime.monotonic) / 1e9
        }
    }

    package func view(of id: CameraID) -> LiveView? { state.withLock { $0.channels[id]?.view } }

    /// The newest view as JPEG; encoded now unless a viewer had it already. Blocks for a few milliseconds.
    package func picture(of id: CameraID) throws -> EncodedFrame? {
        let (view, encoded) = state.withLock { ($0.channels[id]?.view, $0.channels[id]?.encoded) }
        if let encoded { return encoded }
        guard let view else { return nil }
        let fresh = try encode(view)
        state.withLock { state in
            if state.channels[id]?.view?.frame === view.frame { state.channels[id]?.encoded = fresh }
        }
        return fresh
    }

    /// The camera's pictures from now on, newest first come; nil for an unknown camera.
    ///
    /// Ends when the camera is removed, the hub is closed or the reader stops.
    package func pictures(of id: CameraID) -> AsyncStream<EncodedFrame>? {
        let (stream, continuation) = AsyncStream.makeStream(of: EncodedFrame.self, bufferingPolicy: .bufferingNewest(1))
        let viewer = state.withLock { state -> Int? in
            guard state.channels[id] != nil else { return nil }
            state.nextViewer += 1
            state.channels[id]!.viewers[state.nextViewer] = continuation
            return state.nextViewer
        }
        guard let viewer else { return nil }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.channels[id]?.viewers.removeValue(forKey: viewer) }
        }
        if let first = try? picture(of: id) {
            // Under the lock, and only while it is the newest: one that is published meanwhile goes first.
            state.withLock { state in
                if state.channels[id]?.view?.frame.sequence == first.sequence { continuation.yield(first) }
            }
        }
        return stream
    }

    package func viewerCount(of id: CameraID) -> Int { state.withLock { $0.channels[id]?.viewers.count ?? 0 } }

    /// Ends every viewer's stream: called at shutdown.
    package func close() {
        let viewers = state.withLock { state in
            state.channels.values.flatMap { Array($0.viewers.values) }
        }
        for viewer in viewers { viewer.finish() }
    }

    private func encode(_ view: LiveView) throws -> EncodedFrame {
        let width = min(view.frame.width, options.maximumWidth)
        let jpeg = try codec.jpeg(
            of: view.frame, faces: view.faces.map(\.overlay), maximumWidth: options.maximumWidth,
            quality: options.quality)
        return EncodedFrame(
            jpeg: jpeg, sequence: view.frame.sequence, captureTime: view.frame.captureTime,
            width: width, height: (view.frame.height * width + view.frame.width / 2) / view.frame.width)
    }
}

/// Events per second over the last ``span``.
struct RateMeter {
    private static let span: Int64 = 2_000_000_000
    private var times: [Int64] = []

    /// Counts one event at `now` (monotonic nanoseconds) and returns the rate.
    mutating func count(at now: Int64) -> Double {
        times.append(now)
        if let first = times.firstIndex(where: { now - $0 <= Self.span }), first > 0 { times.removeFirst(first) }
        guard let oldest = times.first, times.count > 1, now > oldest else { return 0 }
        return Double(times.count - 1) * 1e9 / Double(now - oldest)
    }
}
