import Synchronization
package import VedetteCore

/// What a look at a source shows: the answer of `vedette cameras probe`.
package struct MediaProbe: Sendable, Hashable, Codable {
    /// Pixels of the upright picture.
    package var width: Int
    package var height: Int
    /// As the stream says or, when it does not, as measured; nil when fewer than two frames came.
    package var framesPerSecond: Double?
    /// "H.264", "MJPEG"; nil for uncompressed video.
    package var codec: String?
    /// As decoded, such as "I420"; nil when the source does not say.
    package var pixelFormat: String?
    /// Of the delivered frames: "BT.601", "BT.709" or "BT.601 full range".
    package var colorimetry: String

    /// Opens a video for at most `limit` and looks at its first frames.
    ///
    /// - Throws: ``SourceFailure`` as the source does, and `timedOut` when no frame came in time.
    package static func open(
        _ uri: SourceURI, atMost limit: Duration = .seconds(8)
    ) async throws(SourceFailure) -> MediaProbe {
        let source = try VideoSource(uri, pacing: .everyFrame)
        let look = Look()
        let description = Mutex<StreamDescription?>(nil)
        try await watch(look, atMost: limit, name: uri.redacted) { deliver throws(SourceFailure) in
            try await source.run(describe: { text in description.withLock { $0 = text } }, deliver: deliver)
        }
        var probe = try look.result(name: uri.redacted)
        let stream = description.withLock { $0 }
        probe.codec = stream?.codec
        probe.pixelFormat = stream?.pixelFormat
        probe.framesPerSecond = stream?.frameRate ?? (source.address.isLive ? probe.framesPerSecond : nil)
        return probe
    }

    /// The same for any other source; codec and pixel format stay unknown.
    ///
    /// - Parameter name: of the source, for messages.
    package static func open(
        _ source: any FrameSource, name: String, atMost limit: Duration = .seconds(8)
    ) async throws(SourceFailure) -> MediaProbe {
        let look = Look()
        try await watch(look, atMost: limit, name: name) { deliver throws(SourceFailure) in
            try await source.run(deliver: deliver)
        }
        return try look.result(name: name)
    }

    /// Runs the source until enough was seen, the time is over, or it ended.
    private static func watch(
        _ look: Look, atMost limit: Duration, name: String,
        run: @escaping @Sendable (@escaping @Sendable (Frame) -> Void) async throws(SourceFailure) -> Void
    ) async throws(SourceFailure) {
        let (enough, signal) = AsyncStream.makeStream(of: Void.self)
        let failure = await withTaskGroup(of: SourceFailure?.self) { group in
            group.addTask {
                defer { signal.finish() }
                do throws(SourceFailure) {
                    try await run { frame in
                        if look.add(frame) { signal.finish() }
                    }
                    return nil
                } catch {
                    return error
                }
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                signal.finish()
                return nil
            }
            for await _ in enough {}
            group.cancelAll()
            var failure: SourceFailure?
            for await result in group { failure = failure ?? result }
            return failure
        }
        // A stream that broke after its first frames has shown what it is.
        if let failure, look.isEmpty { throw failure }
    }
}

/// What was seen so far.
private final class Look: Sendable {
    private struct Seen {
        var first: Frame?
        var count = 0
        var firstCapture: Int64 = 0
        var lastCapture: Int64 = 0
    }

    private let seen = Mutex(Seen())

    /// - Returns: true when nothing more is needed: a second of video, for the frame rate.
    func add(_ frame: Frame) -> Bool {
        seen.withLock { seen in
            let time = frame.captureTime.monotonic
            if seen.first == nil {
                seen.first = frame
                seen.firstCapture = time
            }
            seen.count += 1
            seen.lastCapture = time
            return time - seen.firstCapture >= 1_000_000_000 || frame.mediaTime != nil && seen.count >= 2
        }
    }

    var isEmpty: Bool { seen.withLock { $0.first == nil } }

    func result(name: String) throws(SourceFailure) -> MediaProbe {
        let seen = seen.withLock { $0 }
        guard let frame = seen.first else {
            throw SourceFailure(.timedOut, "\(name) gave no picture in time")
        }
        let seconds = Double(seen.lastCapture - seen.firstCapture) / 1e9
        let colorimetry =
            switch frame.colorimetry {
            case .limited601: "BT.601"
            case .limited709: "BT.709"
            case .full601: "BT.601 full range"
            }
        return MediaProbe(
            width: frame.width, height: frame.height,
            framesPerSecond: seen.count > 1 && seconds > 0 ? Double(seen.count - 1) / seconds : nil,
            codec: nil, pixelFormat: nil, colorimetry: colorimetry)
    }
}
