import Foundation
import VedetteCore

/// A network address with its credentials taken out, so that what is handed to libraries and shows up in their messages
/// has none.
package struct NetworkAddress: Sendable, Hashable {
    /// "rtsp", "http" or "https".
    package let scheme: String
    /// A name or an address; IPv6 without brackets.
    package let host: String
    package let port: UInt16
    /// Percent-decoded; nil when the address has none.
    package let user: String?
    package let password: String?
    /// The address without user and password. Its query may still hold a secret.
    package let location: String
    /// The query as written, without the question mark.
    let query: String?

    /// - Parameter text: an address that begins with `scheme` and "://".
    /// - Throws: ``SourceFailure`` with reason `badAddress` and no part of the address that could be a secret.
    init(_ text: String, scheme: String, defaultPort: UInt16) throws(SourceFailure) {
        let rest = text.dropFirst(scheme.count + "://".count)
        let authorityEnd = rest.firstIndex(where: { "/?#".contains($0) }) ?? rest.endIndex
        let authority = rest[..<authorityEnd]
        let tail = rest[authorityEnd...]
        guard !text.contains(" ") else {
            throw SourceAddress.bad("the \(scheme) address has a space in it", remedy: "write a space as %20")
        }

        // The last @: a password typed without encoding may have one itself.
        let at = authority.lastIndex(of: "@")
        let place = at.map { authority[authority.index(after: $0)...] } ?? authority
        var user: String?
        var password: String?
        if let at {
            let credentials = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = Self.decoded(credentials[0])
            password = credentials.count > 1 ? Self.decoded(credentials[1]) : nil
        }

        let (host, port) = try Self.hostAndPort(place, scheme: scheme)
        self.scheme = scheme
        self.host = host
        self.port = port ?? defaultPort
        self.user = user
        self.password = password
        location = "\(scheme)://\(place)\(tail)"
        query = tail.firstIndex(of: "?").map { String(tail[tail.index(after: $0)...]) }
    }

    private static func hostAndPort(
        _ place: Substring, scheme: String
    ) throws(SourceFailure) -> (host: String, port: UInt16?) {
        let remedy =
            "write \(scheme)://user:password@host:port/path; characters such as / ? # in a password as %2F %3F %23"
        var host = place
        var port: Substring?
        if place.hasPrefix("[") {
            guard let bracket = place.firstIndex(of: "]") else {
                throw SourceAddress.bad("the \(scheme) address has a [ without ]", remedy: remedy)
            }
            host = place[place.index(after: place.startIndex)..<bracket]
            let after = place[place.index(after: bracket)...]
            guard after.isEmpty || after.hasPrefix(":") else {
                throw SourceAddress.bad("the \(scheme) address has text after ]", remedy: remedy)
            }
            port = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = place.firstIndex(of: ":") {
            host = place[..<colon]
            port = place[place.index(after: colon)...]
        }
        guard !host.isEmpty else { throw SourceAddress.bad("the \(scheme) address names no host", remedy: remedy) }
        guard host.allSatisfy({ $0.isLetter || $0.isNumber || "-._:%".contains($0) }) else {
            throw SourceAddress.bad("the host of the \(scheme) address is not a host name", remedy: remedy)
        }
        guard let port else { return (String(host), nil) }
        guard let number = UInt16(port), number > 0 else {
            throw SourceAddress.bad("the port of the \(scheme) address is not a number of 1 to 65535", remedy: remedy)
        }
        return (String(host), number)
    }

    private static func decoded(_ text: Substring) -> String {
        text.removingPercentEncoding ?? String(text)
    }
}
