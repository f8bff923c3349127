import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import VedetteServer

@Suite struct OriginGuardTests {
    /// The client of the tests without network says `Host: localhost`.
    private func post(_ headers: HTTPFields, options: ServerOptions) async throws -> Answer {
        var headers = headers
        headers[.contentType] = "application/json"
        let sent = headers
        let harness = Harness(options: options)
        let application = try harness.service().makeApplication()
        return try await application.test(.router) { client in
            try await Client(client: client).send(
                .post, "/api/v1/people", headers: sent, body: Array("{\"name\":\"Ada\"}".utf8))
        }
    }

    @Test(arguments: [
        ("http://localhost", true), ("https://localhost", true), ("http://evil.example", false), ("null", false),
        ("http://localhost:8081", false), ("http://localhost.evil.example", false),
    ])
    func changesNeedTheServersOwnOrigin(origin: String, allowed: Bool) async throws {
        for host in ["127.0.0.1", "0.0.0.0"] {
            let answer = try await post([.origin: origin], options: ServerOptions(host: host))
            #expect(answer.status == (allowed ? .created : .forbidden))
            if !allowed { #expect(answer.problem == "foreign-origin") }
        }
    }

    @Test func changesFromAnotherSiteWithoutAnOriginAreRefused() async throws {
        let field = HTTPField.Name("Sec-Fetch-Site")!
        #expect(try await post([field: "cross-site"], options: ServerOptions()).problem == "foreign-origin")
        #expect(try await post([field: "same-origin"], options: ServerOptions()).status == .created)
        #expect(try await post([:], options: ServerOptions()).status == .created)
    }

    @Test func readingIsNotConcernedByTheOrigin() async throws {
        try await Harness().test { client in
            let answer = try await client.get("/api/v1/people", headers: [.origin: "http://evil.example"])
            #expect(answer.status == .ok)
            #expect(answer.headers[.accessControlAllowOrigin] == nil)
        }
    }

    @Test(
        arguments: [
            ("localhost", "localhost"), ("localhost:8080", "localhost"), ("127.0.0.1:80", "127.0.0.1"),
            ("[::1]:8080", "::1"),
            ("[::1]", "::1"), ("::1", nil), ("", nil), (":80", nil), ("a:b", nil), ("[::1", nil), ("a:80:90", nil),
        ] as [(String, String?)])
    func readsTheHostOfAnAuthority(authority: String, host: String?) {
        #expect(OriginGuard.host(of: authority) == host)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.8.9.10", true), ("::1", true), ("localhost", true),
        ("127.0.0.1.evil.example", false),
        ("127.0.0", false), ("127.0.0.256", false), ("10.0.0.1", false), ("localhost.evil.example", false), ("", false),
    ])
    func knowsTheLoopback(host: String, loopback: Bool) {
        #expect(OriginGuard.isLoopback(host) == loopback)
    }

    @Test(arguments: [
        ("127.0.0.1", [], "evil.example", false), ("127.0.0.1", [], "127.0.0.1:8080", true),
        ("127.0.0.1", [], "localhost:9999", true), ("127.0.0.1", [], "[::1]:8080", true),
        ("127.0.0.1", ["cams.example"], "CAMS.example:443", true), ("::1", [], "evil.example", false),
        ("0.0.0.0", [], "cams.example", true), ("10.0.0.1", [], "whatever", true),
    ])
    func aLoopbackListenerKnowsOnlyItsOwnNames(
        listener: String, allowed: [String], host: String, accepted: Bool
    ) {
        let request = Request(
            head: HTTPRequest(method: .get, scheme: "http", authority: host, path: "/"), body: .init(buffer: .init()))
        let objection = OriginGuard(listener: listener, allowed: allowed).objection(to: request)
        #expect(objection?.kind == (accepted ? nil : .foreignHost))
    }
}
