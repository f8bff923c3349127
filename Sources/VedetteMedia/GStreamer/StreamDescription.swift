import CGStreamer

/// How a stream is coded, as far as it said so.
struct StreamDescription: Sendable, Hashable {
    /// "H.264"; nil for uncompressed video and before it is known.
    var codec: String?
    /// The decoder's pixel format, such as "I420" or "Y42B".
    var pixelFormat: String?
    /// Nil when the stream does not say.
    var frameRate: Double?

    init(_ info: vg_stream_info) {
        codec = Self.text(info.codec).map { Self.names[$0] ?? $0 }
        pixelFormat = Self.text(info.format)
        if info.rate_numerator > 0, info.rate_denominator > 0 {
            frameRate = Double(info.rate_numerator) / Double(info.rate_denominator)
        }
    }

    private static let names = [
        "video/x-h264": "H.264", "video/x-h265": "H.265", "image/jpeg": "MJPEG", "video/mpeg": "MPEG",
        "video/x-vp8": "VP8", "video/x-vp9": "VP9", "video/x-av1": "AV1", "video/x-h263": "H.263",
    ]

    /// The text in a fixed array of C characters; nil when empty.
    private static func text<Characters>(_ characters: Characters) -> String? {
        withUnsafeBytes(of: characters) { bytes in
            let used = bytes.prefix { $0 != 0 }
            return used.isEmpty ? nil : String(decoding: used, as: UTF8.self)
        }
    }
}
