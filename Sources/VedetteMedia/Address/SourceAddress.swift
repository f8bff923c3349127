import Foundation
package import VedetteCore

/// What a ``SourceURI`` points at, taken apart and checked.
///
/// | address | case |
/// |---|---|
/// | `rtsp://[user:password@]host[:port]/path` | ``rtsp(_:)`` |
/// | `http://...`, `https://...` | ``http(_:)``: a stream of JPEGs or a video file |
/// | `/dev/video0` | ``device(path:)`` |
/// | `test:`, `test:?width=640&height=360&fps=10` | ``test(_:)``, see ``SyntheticVideo`` |
/// | `demo:`, with options of its own | ``demo`` |
/// | a folder, or a file ending in jpg, jpeg, png or webp | ``pictures(path:)`` |
/// | any other path, also as `file:///...` | ``file(path:)`` |
///
/// User name and password of a network address may hold any character, percent-encoded where the syntax needs it.
package enum SourceAddress: Sendable, Hashable {
    case file(path: String)
    case rtsp(NetworkAddress)
    case http(NetworkAddress)
    case device(path: String)
    case pictures(path: String)
    case test(SyntheticVideo)
    /// The demo camera reads its options itself.
    case demo

    /// - Throws: ``SourceFailure`` with reason `badAddress` for anything else. Whether a file exists is found out when
    ///   it is opened.
    package init(_ uri: SourceURI) throws(SourceFailure) {
        let text = uri.secret
        guard !text.isEmpty else { throw Self.bad("the address of the camera is empty") }
        guard text.utf8.count <= 4096 else { throw Self.bad("the address of the camera is longer than 4096 bytes") }
        guard !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
            throw Self.bad("the address of the camera has control characters in it")
        }
        switch Self.scheme(of: text) {
        case "rtsp": self = .rtsp(try NetworkAddress(text, scheme: "rtsp", defaultPort: 554))
        case "http": self = .http(try NetworkAddress(text, scheme: "http", defaultPort: 80))
        case "https": self = .http(try NetworkAddress(text, scheme: "https", defaultPort: 443))
        case "test": self = .test(try SyntheticVideo(options: text.dropFirst("test:".count), of: "test:"))
        case "demo": self = .demo
        case "file":
            guard let url = URL(string: text), url.isFileURL, (url.host ?? "").isEmpty, !url.path.isEmpty else {
                throw Self.bad("\(uri) is not a file address", remedy: "write it as file:///path or as a plain path")
            }
            self.init(path: url.path)
        case .some(let scheme):
            throw Self.bad(
                "cameras are not read over \(scheme.prefix(20))",
                remedy: "use rtsp://, http://, https://, /dev/videoN, a path, test: or demo:")
        case nil: self.init(path: text)
        }
    }

    private init(path: String) {
        if path.hasPrefix("/dev/video"), path.dropFirst("/dev/video".count).allSatisfy(\.isNumber) {
            self = .device(path: path)
            return
        }
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let isPicture = ["jpg", "jpeg", "png", "webp"].contains((path as NSString).pathExtension.lowercased())
        self = (exists && isFolder.boolValue) || isPicture ? .pictures(path: path) : .file(path: path)
    }

    /// True for what comes as it happens and cannot be waited for or read again.
    package var isLive: Bool {
        switch self {
        case .rtsp, .device, .test, .demo: true
        case .file, .pictures, .http: false
        }
    }

    /// The scheme of an address, nil for a path. A colon alone does not make one: files may have colons in their names.
    private static func scheme(of text: String) -> String? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let scheme = text[..<colon].lowercased()
        if ["test", "demo"].contains(scheme) {
            let rest = text[text.index(after: colon)...]
            return rest.isEmpty || rest.hasPrefix("?") ? scheme : nil
        }
        guard text[colon...].hasPrefix("://"), scheme.first?.isLetter == true,
            scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
        else { return nil }
        return scheme
    }

    static func bad(_ message: String, remedy: String? = nil) -> SourceFailure {
        SourceFailure(.badAddress, message, remedy: remedy, isRetriable: false)
    }
}
