import Hummingbird
import NIOCore

/// A form that was read whole: its texts and its pictures, in the order in which they came.
struct MultipartForm: Sendable {
    struct Picture: Sendable {
        var filename: String
        /// As the client says, in lower case.
        var contentType: String?
        var bytes: [UInt8]
    }

    /// The longest text of a field, in bytes.
    static let textLimit = 4 << 10
    static let partLimit = 64
    /// The names under which pictures are taken.
    static let pictureNames: Set<String> = ["image", "images"]

    private(set) var texts: [String: String] = [:]
    private(set) var pictures: [Picture] = []

    /// - Parameters:
    ///   - fields: the texts this route knows; any other is refused.
    ///   - limit: bytes of the whole body.
    /// - Throws: ``Problem`` 400 for what is not such a form, 413 beyond a limit, 422 for an unknown field.
    init(_ request: Request, boundary: String, fields: Set<String>, limit: Int) async throws {
        try request.refuseAnnouncedBody(over: limit)
        var parser = MultipartParser(boundary: boundary, limits: .init(parts: Self.partLimit, content: limit))
        var reader = Reader(fields: fields)
        var total = 0
        do {
            for try await chunk in request.body {
                total += chunk.readableBytes
                guard total <= limit else { throw Request.tooLarge(limit) }
                try parser.read(chunk) { try reader.take($0) }
            }
            try parser.finish()
        } catch let failure as MultipartParser.Failure {
            throw Problem(failure)
        }
        texts = reader.texts
        pictures = reader.pictures
    }

    private struct Reader {
        let fields: Set<String>
        var texts: [String: String] = [:]
        var pictures: [Picture] = []
        private var text: (name: String, bytes: [UInt8])?

        init(fields: Set<String>) { self.fields = fields }

        mutating func take(_ event: MultipartParser.Event) throws {
            switch event {
            case .part(let header): try begin(header)
            case .content(let bytes):
                guard text != nil else {
                    pictures[pictures.count - 1].bytes.append(contentsOf: bytes.readableBytesView)
                    return
                }
                text?.bytes.append(contentsOf: bytes.readableBytesView)
                guard (text?.bytes.count ?? 0) <= MultipartForm.textLimit else {
                    throw Problem(.invalidValue, "'\(text?.name ?? "")' is too long")
                }
            case .endOfPart: try end()
            }
        }

        private mutating func begin(_ header: MultipartParser.Header) throws {
            if MultipartForm.pictureNames.contains(header.name) {
                pictures.append(
                    Picture(
                        filename: MultipartForm.shownName(header.filename), contentType: header.contentType, bytes: []))
            } else if fields.contains(header.name) {
                guard texts[header.name] == nil else { throw Problem(.invalidValue, "'\(header.name)' is given twice") }
                text = (header.name, [])
            } else {
                let known = (fields.sorted() + ["image"]).joined(separator: ", ")
                throw Problem(.invalidValue, "unknown field '\(header.name.prefix(64))'", remedy: "known are \(known)")
            }
        }

        private mutating func end() throws {
            guard let (name, bytes) = text else { return }
            text = nil
            guard let value = String(validating: bytes, as: UTF8.self) else {
                throw Problem(.malformedBody, "'\(name)' is not UTF-8")
            }
            texts[name] = value
        }
    }

    /// The last component of a file's name, fit to be shown in a list.
    static func shownName(_ filename: String?) -> String {
        let last = (filename ?? "").split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        let visible = last.unicodeScalars.filter { $0.properties.generalCategory != .control }
        let name = String(String.UnicodeScalarView(visible)).prefix(100)
        return name.isEmpty ? "upload" : String(name)
    }
}

extension Problem {
    fileprivate init(_ failure: MultipartParser.Failure) {
        switch failure {
        case .malformed(let why): self.init(.malformedBody, "the form is malformed: \(why)")
        case .headersTooLarge(let limit):
            self.init(.malformedBody, "the form is malformed: the headers of a part are longer than \(limit) bytes")
        case .tooManyParts(let limit):
            self.init(.bodyTooLarge, "the form has more than \(limit) parts", remedy: "send fewer pictures at once")
        case .contentTooLarge(let limit): self = Request.tooLarge(limit)
        }
    }
}
