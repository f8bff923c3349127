import Hummingbird
import NIOCore

/// What a request carries, by its `Content-Type`.
enum RequestContent {
    case json
    case form(boundary: String)
    /// JPEG, PNG or WebP as the whole body.
    case image

    static let imageTypes = ["image/jpeg", "image/png", "image/webp"]

    /// - Parameter accepted: told to a client who sends something else.
    /// - Throws: ``Problem`` 415, or 400 for a form without a usable boundary.
    init(_ request: Request, accepted: String) throws {
        guard let field = request.headers[.contentType], let type = HeaderParameters(field) else {
            throw Problem(.unsupportedMediaType, "the request has no Content-Type", remedy: "send \(accepted)")
        }
        switch type.value {
        case "application/json": self = .json
        case "multipart/form-data":
            guard let boundary = type.parameters["boundary"], MultipartParser.isBoundary(boundary) else {
                throw Problem(.malformedBody, "the form has no usable boundary in its Content-Type")
            }
            self = .form(boundary: boundary)
        case let image where Self.imageTypes.contains(image): self = .image
        default:
            throw Problem(
                .unsupportedMediaType, "'\(type.value.prefix(80))' is not accepted here", remedy: "send \(accepted)")
        }
    }
}

extension Request {
    /// The body in memory.
    ///
    /// - Throws: ``Problem`` 413 when it is, or says that it is, longer than `limit` bytes; 400 when it is empty.
    func bytes(limit: Int) async throws -> ByteBuffer {
        try refuseAnnouncedBody(over: limit)
        var collected = ByteBuffer()
        for try await chunk in body {
            guard collected.readableBytes + chunk.readableBytes <= limit else { throw Self.tooLarge(limit) }
            collected.writeImmutableBuffer(chunk)
        }
        guard collected.readableBytes > 0 else { throw Problem(.malformedBody, "the body is empty") }
        return collected
    }

    /// The body as JSON of one of the shapes of this API.
    func json<Body: JSONBody>(_ type: Body.Type) async throws -> Body {
        guard case .json = try RequestContent(self, accepted: "application/json") else {
            throw Problem(.unsupportedMediaType, "this takes JSON only", remedy: "send application/json")
        }
        return try await jsonBody(type)
    }

    /// The same when the type of the content was looked at already.
    func jsonBody<Body: JSONBody>(_ type: Body.Type) async throws -> Body {
        try StrictJSON.decode(type, from: try await bytes(limit: StrictJSON.limit).readableBytesView)
    }

    func refuseAnnouncedBody(over limit: Int) throws {
        if let length = headers[.contentLength].flatMap(Int.init), length > limit { throw Self.tooLarge(limit) }
    }

    static func tooLarge(_ limit: Int) -> Problem {
        let size = limit >= 1 << 20 ? "\(limit >> 20) MiB" : "\(limit >> 10) KiB"
        return Problem(.bodyTooLarge, "the body is larger than \(size)", remedy: "send less at once")
    }
}
