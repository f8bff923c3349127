import Foundation
import Hummingbird

/// An error as the API answers it: RFC 9457 problem details, with a remedy where there is one.
///
/// ```json
/// {"type":"urn:vedette:problem:not-found","title":"Not found","status":404,
///  "detail":"there is no camera 'yard'","remedy":null}
/// ```
struct Problem: Error, Sendable {
    /// What went wrong, from a closed list that programs can rely on.
    enum Kind: String, Sendable, CaseIterable {
        case notFound = "not-found"
        case methodNotAllowed = "method-not-allowed"
        case invalidIdentifier = "invalid-identifier"
        case invalidQuery = "invalid-query"
        case malformedBody = "malformed-body"
        case invalidValue = "invalid-value"
        case unsupportedMediaType = "unsupported-media-type"
        case bodyTooLarge = "body-too-large"
        case conflict
        case enrolmentRefused = "enrolment-refused"
        case foreignHost = "foreign-host"
        case foreignOrigin = "foreign-origin"
        case noPicture = "no-picture"
        case tooManyViewers = "too-many-viewers"
        case notReady = "not-ready"
        case unavailable
        case internalError = "internal-error"
        /// Anything the framework refuses by itself.
        case refused

        var status: HTTPResponse.Status {
            switch self {
            case .notFound: .notFound
            case .methodNotAllowed: .methodNotAllowed
            case .invalidIdentifier, .invalidQuery, .malformedBody, .refused: .badRequest
            case .invalidValue, .enrolmentRefused: .unprocessableContent
            case .unsupportedMediaType: .unsupportedMediaType
            case .bodyTooLarge: .contentTooLarge
            case .conflict: .conflict
            case .foreignHost, .foreignOrigin: .forbidden
            case .noPicture, .tooManyViewers, .notReady, .unavailable: .serviceUnavailable
            case .internalError: .internalServerError
            }
        }

        var title: String {
            switch self {
            case .notFound: "Not found"
            case .methodNotAllowed: "Method not allowed"
            case .invalidIdentifier: "Not an id"
            case .invalidQuery: "Query not understood"
            case .malformedBody: "Body not understood"
            case .invalidValue: "Value not accepted"
            case .unsupportedMediaType: "Type of content not accepted"
            case .bodyTooLarge: "Body too large"
            case .conflict: "In conflict with what is stored"
            case .enrolmentRefused: "Picture not enrolled"
            case .foreignHost: "Host name not accepted"
            case .foreignOrigin: "Request from another site"
            case .noPicture: "No picture yet"
            case .tooManyViewers: "Too many viewers"
            case .notReady: "Not ready"
            case .unavailable: "Not available at the moment"
            case .internalError: "Internal error"
            case .refused: "Request refused"
            }
        }
    }

    var kind: Kind
    var status: HTTPResponse.Status
    /// One sentence about this case.
    var detail: String
    var remedy: String?
    /// A word for the cause where the kind has several, as of a refused photo.
    var code: String?
    /// What became of each picture of a request that enrolled none.
    var results: [EnrolmentResultMessage]?
    var headers: HTTPFields = [:]

    init(
        _ kind: Kind, _ detail: String, remedy: String? = nil, code: String? = nil,
        results: [EnrolmentResultMessage]? = nil
    ) {
        self.kind = kind
        status = kind.status
        self.detail = detail
        self.remedy = remedy
        self.code = code
        self.results = results
        if status == .serviceUnavailable { headers[.retryAfter] = "1" }
    }

    private struct Message: Encodable {
        var type: String
        var title: String
        var status: Int
        var detail: String
        @OrNull var remedy: String?
        var code: String?
        var results: [EnrolmentResultMessage]?
    }

    func response() -> Response {
        let message = Message(
            type: "urn:vedette:problem:\(kind.rawValue)", title: kind.title, status: status.code, detail: detail,
            remedy: remedy, code: code, results: results)
        var headers = headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        // Encoding strings and numbers cannot fail; an empty body would still carry the status.
        let body = (try? JSONCoding.encoder.encode(message)).map { ByteBuffer(bytes: $0) } ?? ByteBuffer()
        return Response(status: status, headers: headers, body: .init(byteBuffer: body))
    }
}
