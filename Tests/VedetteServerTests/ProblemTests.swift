import Foundation
import HTTPTypes
import Testing
import VedetteCore
import VedettePipeline

@testable import VedetteServer

@Suite struct ProblemTests {
    @Test func unknownPathsAreProblems() async throws {
        try await Harness().test { client in
            for path in ["/nothing", "/api/v1/nothing", "/api/v2/cameras", "/api/v1/cameras/a/b/c"] {
                let answer = try await client.get(path)
                #expect(answer.status == .notFound)
                #expect(answer.problem == "not-found")
                #expect(answer.detail.contains(path))
            }
        }
    }

    @Test(arguments: [
        ("/api/v1/cameras", HTTPRequest.Method.put, "GET, HEAD, POST"),
        ("/api/v1/cameras/yard", .post, "DELETE, GET, HEAD, PATCH"),
        ("/api/v1/people/x/merge", .get, "POST"),
        ("/api/v1/cameras/yard/frame.jpg", .delete, "GET, HEAD"),
        ("/health/live", .post, "GET, HEAD"),
        ("/", .post, "GET, HEAD"),
    ])
    func otherMethodsAreToldWhatIsAllowed(path: String, method: HTTPRequest.Method, allowed: String) async throws {
        try await Harness().test { client in
            let answer = try await client.send(method, path)
            #expect(answer.status == .methodNotAllowed)
            #expect(answer.problem == "method-not-allowed")
            #expect(answer.headers[.allow] == allowed)
        }
    }

    @Test func headAnswersWhereGetDoesWithoutABody() async throws {
        let harness = Harness()
        try await harness.addCamera("yard")
        try await harness.test { client in
            for path in ["/", "/api/v1/cameras", "/api/v1/cameras/yard", "/api/v1/people", "/health/live", "/metrics"] {
                let head = try await client.send(.head, path)
                #expect(head.status == .ok, "\(path)")
                #expect(head.text.isEmpty)
                let got = try await client.get(path)
                #expect(head.headers[.contentType] == got.headers[.contentType])
            }
            let missing = try await client.send(.head, "/api/v1/cameras/nothing")
            #expect(missing.status == .notFound)
            #expect(missing.text.isEmpty)
        }
    }

    @Test(arguments: [
        ("{", 400, "malformed-body", ""), ("", 400, "malformed-body", "empty"),
        ("{\"name\" \"Ada\"}", 400, "malformed-body", "character 8"), ("[]", 422, "invalid-value", "object"),
        ("{\"name\":1}", 422, "invalid-value", "'name' must be a string"),
        ("{\"name\":null}", 422, "invalid-value", "'name'"), ("{}", 422, "invalid-value", "'name' is missing"),
        ("{\"name\":\"Ada\",\"nmae\":1}", 422, "invalid-value", "unknown key 'nmae'"),
        ("{\"name\":\"Ada\",\"sighting\":\"../etc\"}", 422, "invalid-value", "'sighting'"),
        ("{\"name\":\"\"}", 422, "invalid-value", "empty"),
    ])
    func badJSONIsExplained(body: String, status: Int, problem: String, detail: String) async throws {
        try await Harness().test { client in
            let answer = try await client.json(.post, "/api/v1/people", body)
            #expect(answer.status.code == status)
            #expect(answer.problem == problem)
            #expect(detail.isEmpty || answer.detail.contains(detail), "\(answer.detail)")
        }
    }

    @Test func longJSONIsExplained() async throws {
        func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
        let bodies = [
            ("{\"name\":\"\(repeated("x", 10_000))\"}", 422, "invalid-value"),
            ("{\"name\":\"\(repeated("x", 70_000))\"}", 413, "body-too-large"),
            (repeated("[", 60_000), 400, "malformed-body"),
            ("{\"name\":\(repeated("{\"a\":", 9_000))", 400, "malformed-body"),
        ]
        try await Harness().test { client in
            for (body, status, problem) in bodies {
                let answer = try await client.json(.post, "/api/v1/people", body)
                #expect(answer.status.code == status)
                #expect(answer.problem == problem)
            }
        }
    }

    @Test(arguments: [nil, "text/plain", "application/xml", "image/gif", "multipart/mixed; boundary=x"] as [String?])
    func otherTypesAreRefused(type: String?) async throws {
        try await Harness().test { client in
            var headers = HTTPFields()
            headers[.contentType] = type
            for path in ["/api/v1/people", "/api/v1/cameras"] {
                let answer = try await client.send(.post, path, headers: headers, body: Array("{}".utf8))
                #expect(answer.status == .unsupportedMediaType)
                #expect(answer.problem == "unsupported-media-type")
            }
        }
    }

    @Test(arguments: [
        "/api/v1/cameras/%2e%2e", "/api/v1/people/a%20b", "/api/v1/sightings/a'b",
        "/api/v1/people/\(String(repeating: "x", count: 65))", "/api/v1/people/%F0%9F%98%80/last-seen",
        "/api/v1/sightings/a.b/face.jpg", "/api/v1/cameras/a.b/stream.mjpeg", "/api/v1/people/ok/faces/a;b/image.jpg",
    ])
    func idsThatAreNoneAreRefused(path: String) async throws {
        try await Harness().test { client in
            let answer = try await client.get(path)
            #expect(answer.status == .badRequest)
            #expect(answer.problem == "invalid-identifier")
        }
    }

    @Test(arguments: [
        "/api/v1/sightings?limit=0", "/api/v1/sightings?limit=1001", "/api/v1/sightings?limit=x",
        "/api/v1/sightings?known=yes", "/api/v1/sightings?from=yesterday", "/api/v1/sightings?person=../x",
        "/api/v1/sightings?camera=a&camera=b", "/api/v1/people?serach=a", "/api/v1/people?search=%ff",
        "/api/v1/cameras?include=everything", "/api/v1/cameras?cursor=a/b", "/api/v1/cameras/yard/frame.jpg?width=3",
    ])
    func queriesAreReadStrictly(path: String) async throws {
        try await Harness().test { client in
            let answer = try await client.get(path)
            #expect(answer.status == .badRequest)
            #expect(answer.problem == "invalid-query")
        }
    }

    @Test(arguments: [
        (StoreError.Code.notFound, 404, "not-found"), (.invalid, 422, "invalid-value"), (.conflict, 409, "conflict"),
        (.unavailable, 503, "unavailable"), (.locked, 503, "unavailable"), (.unusable, 500, "internal-error"),
    ])
    func errorsOfTheStoreKeepTheirWords(code: StoreError.Code, status: Int, problem: String) async throws {
        let harness = Harness()
        harness.store.fail(with: StoreError(code, "the disk says no", remedy: "buy another"))
        try await harness.test { client in
            let answer = try await client.get("/api/v1/sightings")
            #expect(answer.status.code == status)
            #expect(answer.problem == problem)
            #expect(answer.detail == "the disk says no")
            #expect(answer.json["remedy"] as? String == "buy another")
            #expect((answer.headers[.retryAfter] != nil) == (status == 503))
        }
    }

    @Test func otherErrorsDoNotLeak() {
        struct Secret: Error { let password = "hunter2" }
        let problem = Problem(Secret())
        #expect(problem.status == .internalServerError)
        #expect(!"\(problem.detail)\(problem.remedy ?? "")".contains("hunter2"))
    }

    @Test func aBodyThatWasNotReadEndsTheConnection() async throws {
        try await Harness().test { client in
            let big = Array(repeating: UInt8(ascii: "x"), count: 100_000)
            let refused = try await client.send(
                .post, "/api/v1/people", headers: [.contentType: "text/plain"], body: big)
            #expect(refused.headers[.connection] == "close")
            let small = try await client.send(
                .post, "/api/v1/people", headers: [.contentType: "text/plain"], body: [1])
            #expect(small.headers[.connection] == nil)
        }
    }
}
