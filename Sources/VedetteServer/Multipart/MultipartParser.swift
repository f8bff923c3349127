import Glibc
import NIOCore

/// Reads `multipart/form-data` (RFC 7578, RFC 2046 section 5.1) piece by piece as it arrives, wherever the pieces are
/// cut.
///
/// It is ours because no Swift library that can be had here reads multipart bodies incrementally and within bounds. It
/// keeps at most one header block or one delimiter in memory; contents are handed on as they come.
///
/// ```swift
/// var parser = MultipartParser(boundary: boundary)
/// for try await chunk in request.body { try parser.read(chunk) { event in ... } }
/// try parser.finish()
/// ```
struct MultipartParser {
    enum Event: Equatable {
        case part(Header)
        case content(ByteBuffer)
        case endOfPart
    }

    /// What the headers of a part say.
    struct Header: Equatable {
        var name: String
        /// As sent: shown, never opened.
        var filename: String?
        /// In lower case, without parameters; nil when not given.
        var contentType: String?
    }

    struct Limits {
        /// Bytes of the headers of one part.
        var headers = 16 << 10
        var parts = 64
        /// Bytes of the content of one part.
        var content = 32 << 20
    }

    enum Failure: Error, Equatable {
        /// Not such a body, and why.
        case malformed(String)
        case headersTooLarge(Int)
        case tooManyParts(Int)
        case contentTooLarge(Int)
    }

    private enum State {
        case preamble
        /// After a delimiter: the rest of its line says whether a part follows.
        case delimiterLine
        case headers
        case content
        /// After the last delimiter; what follows is not looked at.
        case epilogue
    }

    private static let longestPadding = 256
    private let delimiter: [UInt8]
    private let limits: Limits
    private var state = State.preamble
    private var buffer = ByteBuffer()
    private var parts = 0
    private var headerBytes = 0
    private var contentBytes = 0
    private var headerLines: [String] = []

    /// - Parameter boundary: from the `Content-Type`; see ``isBoundary(_:)``.
    init(boundary: String, limits: Limits = Limits()) {
        delimiter = Array("\r\n--\(boundary)".utf8)
        self.limits = limits
        // The first delimiter may stand at the very start: then it lacks the line break that belongs to all others.
        buffer.writeString("\r\n")
    }

    /// RFC 2046: 1 to 70 characters of a small set, the last not a space.
    static func isBoundary(_ text: String) -> Bool {
        (1...70).contains(text.utf8.count) && text.utf8.last != UInt8(ascii: " ")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"):
                    true
                default: "'()+_,-./:=? ".utf8.contains(byte)
                }
            }
    }

    /// Reads the next piece and reports what it completes.
    ///
    /// - Throws: ``Failure``, or what `report` throws; the parser is of no use then.
    mutating func read(_ chunk: ByteBuffer, report: (Event) throws -> Void) throws {
        if state == .epilogue { return }
        buffer.writeImmutableBuffer(chunk)
        while try advance(report) {}
        buffer.discardReadBytes()
    }

    /// To be called at the end of the body.
    ///
    /// - Throws: ``Failure`` when the last delimiter is missing: the body was cut off.
    func finish() throws {
        guard state == .epilogue else { throw Failure.malformed("it ends before its last boundary") }
    }

    /// One step; false when more bytes are needed.
    private mutating func advance(_ report: (Event) throws -> Void) throws -> Bool {
        switch state {
        case .preamble: return skipPreamble()
        case .delimiterLine: return try readDelimiterLine()
        case .headers: return try readHeaderLine(report)
        case .content: return try readContent(report)
        case .epilogue:
            buffer.clear()
            return false
        }
    }

    private mutating func skipPreamble() -> Bool {
        guard let start = offset(of: delimiter) else {
            buffer.moveReaderIndex(forwardBy: max(0, buffer.readableBytes - (delimiter.count - 1)))
            return false
        }
        buffer.moveReaderIndex(forwardBy: start + delimiter.count)
        state = .delimiterLine
        return true
    }

    private mutating func readDelimiterLine() throws -> Bool {
        let start = buffer.readerIndex
        if buffer.readableBytes >= 2, buffer.getString(at: start, length: 2) == "--" {
            state = .epilogue
            return true
        }
        guard let length = offset(of: Self.lineBreak) else {
            guard buffer.readableBytes <= Self.longestPadding else {
                throw Failure.malformed("a boundary line is too long")
            }
            return false
        }
        let padding = buffer.getBytes(at: start, length: length) ?? []
        guard length <= Self.longestPadding, padding.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") })
        else { throw Failure.malformed("there is text behind a boundary") }
        buffer.moveReaderIndex(forwardBy: length + 2)
        parts += 1
        guard parts <= limits.parts else { throw Failure.tooManyParts(limits.parts) }
        headerBytes = 0
        headerLines = []
        state = .headers
        return true
    }

    private mutating func readHeaderLine(_ report: (Event) throws -> Void) throws -> Bool {
        guard let length = offset(of: Self.lineBreak) else {
            guard headerBytes + buffer.readableBytes <= limits.headers else {
                throw Failure.headersTooLarge(limits.headers)
            }
            return false
        }
        headerBytes += length + 2
        guard headerBytes <= limits.headers else { throw Failure.headersTooLarge(limits.headers) }
        let bytes = buffer.readBytes(length: length) ?? []
        buffer.moveReaderIndex(forwardBy: 2)
        if length > 0 {
            guard let line = String(validating: bytes, as: UTF8.self) else {
                throw Failure.malformed("a header is not UTF-8")
            }
            headerLines.append(line)
            return true
        }
        let header = try Header(lines: headerLines)
        // Content may be empty, so that the next delimiter's line break is the one just read.
        buffer.moveReaderIndex(to: buffer.readerIndex - 2)
        atContentStart = true
        contentBytes = 0
        state = .content
        try report(.part(header))
        return true
    }

    /// True until the line break that ends the headers, which the delimiter of an empty part needs, was passed.
    private var atContentStart = false

    private mutating func readContent(_ report: (Event) throws -> Void) throws -> Bool {
        let end = offset(of: delimiter)
        if atContentStart {
            guard buffer.readableBytes >= delimiter.count || end != nil else { return false }
            atContentStart = false
            if end != 0 {
                buffer.moveReaderIndex(forwardBy: 2)
                return true
            }
        }
        let available = end ?? max(0, buffer.readableBytes - (delimiter.count - 1))
        if available > 0, let content = buffer.readSlice(length: available) {
            contentBytes += available
            guard contentBytes <= limits.content else { throw Failure.contentTooLarge(limits.content) }
            try report(.content(content))
        }
        guard end != nil else { return false }
        buffer.moveReaderIndex(forwardBy: delimiter.count)
        state = .delimiterLine
        try report(.endOfPart)
        return true
    }

    private static let lineBreak: [UInt8] = [13, 10]

    /// Bytes before the first `needle` in what is buffered.
    private func offset(of needle: [UInt8]) -> Int? {
        buffer.withUnsafeReadableBytes { bytes -> Int? in
            guard let base = bytes.baseAddress, bytes.count >= needle.count else { return nil }
            return needle.withUnsafeBytes { needle -> Int? in
                guard let wanted = needle.baseAddress else { return nil }
                var at = 0
                while at <= bytes.count - needle.count {
                    guard let found = memchr(base + at, Int32(needle[0]), bytes.count - needle.count - at + 1) else {
                        return nil
                    }
                    at = UnsafeRawPointer(found) - UnsafeRawPointer(base)
                    if memcmp(base + at, wanted, needle.count) == 0 { return at }
                    at += 1
                }
                return nil
            }
        }
    }
}

extension MultipartParser.Header {
    fileprivate init(lines: [String]) throws {
        var disposition: HeaderParameters?
        for line in lines {
            guard let colon = line.firstIndex(of: ":"), line.first != " ", line.first != "\t" else {
                throw MultipartParser.Failure.malformed("a part has a header without a colon")
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            switch line[..<colon].lowercased() {
            case "content-disposition":
                guard disposition == nil else { throw MultipartParser.Failure.malformed("a part has two dispositions") }
                disposition = HeaderParameters(value)
            case "content-type": contentType = HeaderParameters(value)?.value
            case "content-transfer-encoding":
                // RFC 7578 has none; what says otherwise would be stored encoded.
                guard ["binary", "8bit", "7bit"].contains(value.lowercased()) else {
                    throw MultipartParser.Failure.malformed("a part is encoded as '\(value.prefix(32))'")
                }
            default: break
            }
        }
        guard let disposition, disposition.value == "form-data", let name = disposition.parameters["name"] else {
            throw MultipartParser.Failure.malformed("a part has no name")
        }
        self.name = name
        filename = disposition.parameters["filename"]
    }
}
