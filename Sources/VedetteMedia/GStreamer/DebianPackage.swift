/// Which Debian package holds a missing part of GStreamer.
enum DebianPackage {
    /// - Parameter name: an element ("rtspsrc") or a format as caps ("video/x-h265, profile=main").
    /// - Returns: nil for formats that no package of Debian decodes.
    static func providing(_ name: String) -> String? {
        let key = name.prefix { $0 != "," && $0 != "(" && $0 != " " }
        return packages.first { $0.names.contains(String(key)) }?.package
    }

    private static let packages: [(package: String, names: Set<String>)] = [
        ("libgstreamer1.0-0", ["filesrc", "queue", "capsfilter"]),
        (
            "gstreamer1.0-plugins-base",
            ["appsink", "decodebin", "videoconvert", "videotestsrc", "application/ogg", "video/x-theora"]
        ),
        (
            "gstreamer1.0-plugins-good",
            [
                "rtspsrc", "souphttpsrc", "v4l2src", "videoflip", "multipartdemux", "jpegdec", "application/x-rtp",
                "multipart/x-mixed-replace", "image/jpeg", "image/png", "video/quicktime", "video/x-matroska",
                "video/webm", "video/x-msvideo", "video/x-flv", "video/x-vp8", "video/x-vp9",
            ]
        ),
        ("gstreamer1.0-plugins-bad", ["video/mpegts", "video/x-av1", "application/x-hls", "image/webp"]),
        (
            "gstreamer1.0-libav",
            [
                "avdec_h264", "avdec_h265", "video/x-h263", "video/x-h264", "video/x-h265", "video/mpeg",
                "video/x-divx", "video/x-xvid", "video/x-wmv", "video/x-prores", "video/x-dv", "video/x-mjpeg",
                "video/x-ms-asf",
            ]
        ),
    ]
}
