package import Foundation

/// A camera as it is configured.
package struct Camera: Sendable, Hashable, Codable, Identifiable {
    package let id: CameraID
    package var name: String
    /// Where the pictures come from. May hold a password: show ``SourceURI/redacted`` instead.
    package var uri: SourceURI
    package var enabled: Bool
    /// The tracker that follows its faces, by name; nil takes the one that is configured for all.
    package var tracker: String?
    package let createdAt: Date

    package init(
        id: CameraID, name: String, uri: SourceURI, enabled: Bool = true, tracker: String? = nil,
        createdAt: Date = Date()
    ) {
        self.id = id
        self.name = name
        self.uri = uri
        self.enabled = enabled
        self.tracker = tracker
        self.createdAt = createdAt
    }
}

/// The address of a source of pictures: `rtsp://...`, `/dev/video0`, a path, `demo:`, `test:`.
///
/// Printing one never shows the password; ``secret`` is for the code that opens the source.
package struct SourceURI: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, Codable {
    /// The whole address, credentials included. Never log or send this.
    package let secret: String

    package init(_ text: String) { secret = text }

    /// The address with everything before its last `@` replaced by `***`, and without the values of its query.
    ///
    /// It hides too much rather than too little: a password may hold `/`, `?` or `#`, and the address may be mistyped.
    package var redacted: String {
        var text = secret
        let start = text.range(of: "://")?.upperBound ?? text.startIndex
        if let at = text.lastIndex(of: "@"), start < at, !text.hasPrefix("/") {
            text.replaceSubrange(start..<at, with: "***")
        }
        if let scheme = text.range(of: "://"), let query = text[scheme.upperBound...].firstIndex(of: "?") {
            text = text[..<query] + "?***"
        }
        return text
    }

    package var description: String { redacted }
    package var debugDescription: String { redacted }

    package init(from decoder: any Decoder) throws {
        secret = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(secret)
    }
}
