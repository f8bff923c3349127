import CGStreamer

/// What happens to a pipeline, apart from its frames.
enum PipelineEvent: Sendable {
    /// The first picture of a recording is decoded and waits.
    case ready
    case end
    /// A looping recording was read to its end; its last pictures may still wait to be shown.
    case passEnd
    case error(PipelineError)
    case missingPlugin(MissingPlugin)
    case noVideo

    /// Nil for events that nobody acts on.
    init?(_ event: vg_event) {
        switch event.kind {
        case VG_EVENT_READY: self = .ready
        case VG_EVENT_END: self = .end
        case VG_EVENT_PASS_END: self = .passEnd
        case VG_EVENT_ERROR: self = .error(PipelineError(event))
        case VG_EVENT_MISSING_PLUGIN:
            self = .missingPlugin(MissingPlugin(event))
        case VG_EVENT_NO_VIDEO: self = .noVideo
        default: return nil
        }
    }
}

/// A format or an element that nothing installed can handle.
struct MissingPlugin: Sendable {
    /// For people: "H.265 (Main Profile)".
    var description: String
    /// For ``DebianPackage``: "video/x-h265, profile=main".
    var identifier: String

    init(_ event: vg_event) {
        description = String(cString: event.message)
        identifier = String(cString: event.debug)
    }
}

/// An error as GStreamer tells it. Its texts may hold secrets.
struct PipelineError: Sendable {
    enum Fault: Sendable {
        case notFound, notAuthorized, open, busy, read, type, codec, data, stream, other
    }

    var fault: Fault
    var domain: String
    var code: Int
    var message: String
    var debug: String
    /// The kind of element that reported it.
    var element: String

    init(_ event: vg_event) {
        fault =
            switch event.fault {
            case VG_FAULT_NOT_FOUND: .notFound
            case VG_FAULT_NOT_AUTHORIZED: .notAuthorized
            case VG_FAULT_OPEN: .open
            case VG_FAULT_BUSY: .busy
            case VG_FAULT_READ: .read
            case VG_FAULT_TYPE: .type
            case VG_FAULT_CODEC: .codec
            case VG_FAULT_DATA: .data
            case VG_FAULT_STREAM: .stream
            default: .other
            }
        domain = String(cString: event.domain)
        code = Int(event.code)
        message = String(cString: event.message)
        debug = String(cString: event.debug)
        element = String(cString: event.element)
    }

    /// The status of an RTSP or HTTP answer that the error carries, such as 404.
    var status: Int? {
        // Both sources end their text for developers with it: "Not Found (404)", or "...: Not Found (404), URL: ...".
        for match in debug.matches(of: /\(([1-5]\d\d)\)/).reversed() {
            if let status = Int(match.output.1), status >= 300 { return status }
        }
        return nil
    }
}
