import Foundation
import HTTPTypes
import Hummingbird

/// Keeps web pages of other sites away from a server that knows no accounts.
///
/// - On a listener that only this machine can reach, a page elsewhere could still point a host name of its own at
///   127.0.0.1 and read everything as if it were its own site (DNS rebinding). So only the names of the loopback and
///   configured ones are accepted as `Host`.
/// - A page elsewhere can make a browser send a form or a request here without being able to read the answer. So what
///   changes something must not come from another origin. Programs send no `Origin` and are not concerned.
struct OriginGuard: RouterMiddleware {
    typealias Context = APIContext

    private let checksHost: Bool
    private let names: Set<String>

    /// - Parameters:
    ///   - listener: the host the server listens on.
    ///   - allowed: further names to accept.
    init(listener: String, allowed: [String]) {
        checksHost = Self.isLoopback(listener.lowercased())
        names = Set((allowed + [listener]).map { $0.lowercased() })
    }

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        if let problem = objection(to: request) { throw problem }
        return try await next(request, context)
    }

    /// Why the request must not be answered; nil when it may be.
    func objection(to request: Request) -> Problem? {
        let authority = request.head.authority?.lowercased()
        if checksHost {
            guard let authority, let host = Self.host(of: authority), accepts(host) else {
                return Problem(
                    .foreignHost, "this server is not known as '\((authority ?? "").prefix(100))'",
                    remedy: "use http://localhost, or add the name to server.allowed_hosts")
            }
        }
        guard request.method != .get, request.method != .head else { return nil }
        return foreign(request, authority: authority).map { reason in
            Problem(.foreignOrigin, reason, remedy: "use the console of this server, or a program")
        }
    }

    private func accepts(_ host: String) -> Bool { names.contains(host) || Self.isLoopback(host) }

    private func foreign(_ request: Request, authority: String?) -> String? {
        if let origin = request.headers[.origin]?.lowercased() {
            guard let scheme = origin.range(of: "://"), String(origin[scheme.upperBound...]) == authority else {
                return "the request comes from '\(origin.prefix(100))'"
            }
            return nil
        }
        return request.headers[.secFetchSite] == "cross-site" ? "the request comes from another site" : nil
    }

    /// The host of `host`, `host:port` or `[address]:port`; nil when it is none of them.
    static func host(of authority: String) -> String? {
        let isAddress = authority.first == "["
        let end = isAddress ? authority.firstIndex(of: "]") : authority.firstIndex(of: ":") ?? authority.endIndex
        guard let end else { return nil }
        let host = isAddress ? authority[authority.index(after: authority.startIndex)..<end] : authority[..<end]
        let port = isAddress ? authority[authority.index(after: end)...] : authority[end...]
        guard !host.isEmpty, port.isEmpty || port.first == ":" && port.dropFirst().allSatisfy(\.isWholeNumber) else {
            return nil
        }
        return String(host)
    }

    /// 127.0.0.0/8, ::1 and localhost.
    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}

extension HTTPField.Name {
    fileprivate static var secFetchSite: Self { HTTPField.Name("Sec-Fetch-Site")! }
}
