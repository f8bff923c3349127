import Foundation
import VedetteCore

/// Takes the secrets of one address out of text that some library wrote.
struct Redaction: Sendable {
    /// Longest first, so that no secret is cut in two by a shorter one.
    private let secrets: [String]

    init(_ uri: SourceURI, _ address: SourceAddress?) {
        var secrets: Set<String> = []
        if case .rtsp(let network) = address { secrets.formUnion(Self.secrets(of: network)) }
        if case .http(let network) = address { secrets.formUnion(Self.secrets(of: network)) }
        if uri.redacted != uri.secret { secrets.insert(uri.secret) }
        self.secrets = secrets.filter { !$0.isEmpty }.sorted { $0.utf8.count > $1.utf8.count }
    }

    private static func secrets(of address: NetworkAddress) -> [String] {
        let plain = [address.password, address.user].compactMap { $0 }
        let encoded = plain.compactMap { $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) }
        return plain + encoded + [address.query].compactMap { $0 }
    }

    func callAsFunction(_ text: String) -> String {
        secrets.reduce(text) { $0.replacingOccurrences(of: $1, with: "***") }
    }
}
