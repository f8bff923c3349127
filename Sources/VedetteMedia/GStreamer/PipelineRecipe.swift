import CGStreamer
import VedetteCore

/// Which source a pipeline has and how its frames are paced.
struct PipelineRecipe: Sendable {
    enum Pacing: Sendable {
        /// As they come; the newest wins.
        case live
        /// When they are due.
        case clock
        /// As fast as they are taken, all of them.
        case none

        var value: vg_pacing {
            switch self {
            case .live: VG_PACING_LIVE
            case .clock: VG_PACING_CLOCK
            case .none: VG_PACING_NONE
            }
        }
    }

    /// An element.
    var source: String
    /// Set one by one, never put together to a text that is parsed: nothing in an address can become an element.
    var properties: [(name: String, value: String)]
    var pacing: Pacing
    var caps: String?
    var isRaw = false
    var drawsClock = false

    /// - Returns: nil for addresses that GStreamer does not read.
    init?(_ address: SourceAddress, pacing: FramePacing) {
        switch address {
        case .file(let path):
            source = "filesrc"
            properties = [("location", path)]
            self.pacing = pacing == .everyFrame ? .none : .clock
        case .rtsp(let network):
            source = "rtspsrc"
            properties = Self.rtsp(network)
            self.pacing = .live
        case .http(let network):
            source = "souphttpsrc"
            properties = Self.http(network)
            // A stream of JPEGs turns live when it is seen to be one.
            self.pacing = pacing == .everyFrame ? .none : .clock
        case .device(let path):
            source = "v4l2src"
            properties = [("device", path)]
            // Compressed first: over USB, raw pictures of this size come at a few per second.
            caps = [
                "image/jpeg,width=[1,1920],height=[1,1080],framerate=[15/1,60/1]",
                "video/x-raw,width=[1,1920],height=[1,1080],framerate=[15/1,60/1]", "image/jpeg", "video/x-raw",
            ].joined(separator: ";")
            self.pacing = .live
        case .test(let video):
            source = "videotestsrc"
            // Asked for so many pictures and all of them, it is read as a recording is.
            let isRecording = video.frameLimit != nil && pacing == .everyFrame
            properties = [
                ("is-live", isRecording ? "false" : "true"), ("pattern", "smpte"), ("horizontal-speed", "4"),
                ("num-buffers", String(video.frameLimit ?? -1)),
            ]
            caps =
                "video/x-raw,format=I420,width=\(video.width),height=\(video.height),"
                + "framerate=\(video.framesPerSecond)/1"
            isRaw = true
            drawsClock = true
            self.pacing = isRecording ? .none : .live
        case .pictures, .demo: return nil
        }
    }

    /// Seconds that a server may take to accept a connection, answer a request or, over HTTP, send the next byte.
    static let patience = 5.0

    private static func rtsp(_ address: NetworkAddress) -> [(name: String, value: String)] {
        [
            ("location", address.location), ("user-id", address.user ?? ""), ("user-pw", address.password ?? ""),
            ("protocols", "tcp"), ("latency", "0"), ("drop-on-latency", "true"), ("user-agent", "Vedette"),
            // Microseconds.
            ("tcp-timeout", String(Int(patience * 1e6))), ("timeout", String(Int(patience * 1e6))),
            // Nanoseconds: how long closing may wait for a server that no longer answers.
            ("teardown-timeout", "50000000"),
        ].filter { !$0.1.isEmpty }
    }

    private static func http(_ address: NetworkAddress) -> [(name: String, value: String)] {
        [
            ("location", address.location), ("user-id", address.user ?? ""), ("user-pw", address.password ?? ""),
            ("user-agent", "Vedette"),
            ("timeout", String(Int(patience))),
            // Connecting again is the camera's life cycle's to decide.
            ("retries", "0"),
        ].filter { !$0.1.isEmpty }
    }
}
