import NIOCore
import Testing

@testable import VedetteServer

@Suite struct MultipartParserTests {
    private struct Read: Equatable {
        var header: MultipartParser.Header
        var content: [UInt8] = []
        var ended = false
    }

    /// Feeds `body` in pieces that end at `cuts`.
    private func read(
        _ body: [UInt8], boundary: String = "b0undary", cuts: [Int] = [], limits: MultipartParser.Limits = .init()
    ) throws -> [Read] {
        var parser = MultipartParser(boundary: boundary, limits: limits)
        var parts: [Read] = []
        var start = 0
        for end in cuts + [body.count] {
            try parser.read(ByteBuffer(bytes: body[start..<end])) { event in
                switch event {
                case .part(let header): parts.append(Read(header: header))
                case .content(let bytes): parts[parts.count - 1].content += Array(bytes.readableBytesView)
                case .endOfPart: parts[parts.count - 1].ended = true
                }
            }
            start = end
        }
        try parser.finish()
        return parts
    }

    private func header(_ name: String, _ filename: String? = nil, _ type: String? = nil) -> MultipartParser.Header {
        MultipartParser.Header(name: name, filename: filename, contentType: type)
    }

    /// Contents that look like delimiters up to their last byte, an empty one, a preamble and an epilogue.
    private static let tricky: [UInt8] = {
        let parts = [
            Part(name: "name", content: Array("Ada".utf8)),
            Part(
                name: "image", filename: "a.jpg", type: "image/jpeg",
                content: Array("\r\n--b0undar\r\r\n--b0und\n".utf8)),
            Part(name: "empty", content: []),
            Part(name: "image", filename: "", type: "image/png", content: Array("\r\n\r\n--".utf8)),
        ]
        return Array("preamble\r\n--b0und\r\n".utf8) + Part.body(parts) + Array("epilogue --b0undary".utf8)
    }()

    private func expectTricky(_ parts: [Read], sourceLocation: SourceLocation = #_sourceLocation) {
        let expected = [
            Read(header: header("name"), content: Array("Ada".utf8), ended: true),
            Read(
                header: header("image", "a.jpg", "image/jpeg"), content: Array("\r\n--b0undar\r\r\n--b0und\n".utf8),
                ended: true),
            Read(header: header("empty"), content: [], ended: true),
            Read(header: header("image", "", "image/png"), content: Array("\r\n\r\n--".utf8), ended: true),
        ]
        #expect(parts == expected, sourceLocation: sourceLocation)
    }

    @Test func readsABodyCutAtAnyPlace() throws {
        expectTricky(try read(Self.tricky))
        for cut in 1..<Self.tricky.count { expectTricky(try read(Self.tricky, cuts: [cut])) }
    }

    @Test func readsABodyCutAtAnyTwoPlacesNearADelimiter() throws {
        for first in stride(from: 1, to: Self.tricky.count - 2, by: 3) {
            for second in (first + 1)..<min(first + 24, Self.tricky.count) {
                expectTricky(try read(Self.tricky, cuts: [first, second]))
            }
        }
    }

    @Test func readsABodyByteByByte() throws {
        expectTricky(try read(Self.tricky, cuts: Array(1..<Self.tricky.count)))
    }

    @Test func takesAPartWithoutBlankLineAsEmpty() throws {
        let body = "--b\r\nContent-Disposition: form-data; name=x\r\n\r\n--b--"
        #expect(try read(Array(body.utf8), boundary: "b") == [Read(header: header("x"), ended: true)])
    }

    @Test func takesPaddingBehindABoundary() throws {
        let body = "--b \t \r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--b--  "
        let parts = try read(Array(body.utf8), boundary: "b")
        #expect(parts == [Read(header: header("x"), content: Array("1".utf8), ended: true)])
    }

    @Test(arguments: [
        ("", "nothing at all"),
        ("no boundary anywhere", "no boundary"),
        ("--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1", "cut off in the content"),
        ("--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--b", "cut off in the last boundary"),
        ("--b\r\nContent-Disposition: form-data; name=x", "cut off in the headers"),
        ("--bx\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--b--", "text behind a boundary"),
        ("--b\r\nContent-Type: text/plain\r\n\r\n1\r\n--b--", "no disposition"),
        ("--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--", "no name"),
        ("--b\r\nContent-Disposition: attachment; name=x\r\n\r\n1\r\n--b--", "another disposition"),
        ("--b\r\nContent-Disposition: form-data; name=\"x\r\n\r\n1\r\n--b--", "an open quote"),
        ("--b\r\nContent-Disposition: form-data; name=x; name=y\r\n\r\n1\r\n--b--", "two names"),
        ("--b\r\nContent-Disposition form-data\r\n\r\n1\r\n--b--", "no colon"),
        ("--b\r\nContent-Disposition: form-data;\r\n name=x\r\n\r\n1\r\n--b--", "a folded header"),
        (
            "--b\r\nContent-Disposition: form-data; name=x\r\nContent-Transfer-Encoding: base64\r\n\r\n1\r\n--b--",
            "an encoding"
        ),
    ])
    func refusesWhatIsMalformed(body: String, why: String) throws {
        let error = try #require(throws: MultipartParser.Failure.self) { try read(Array(body.utf8), boundary: "b") }
        guard case .malformed = error else {
            Issue.record("\(why): \(error)")
            return
        }
    }

    @Test func refusesHeadersThatAreNotUTF8() {
        let body =
            Array("--b\r\nContent-Disposition: form-data; name=\"".utf8) + [0xFF] + Array("\"\r\n\r\n1\r\n--b--".utf8)
        #expect(throws: MultipartParser.Failure.malformed("a header is not UTF-8")) { try read(body, boundary: "b") }
    }

    @Test func boundsTheHeaders() {
        let long = "--b\r\nX: " + String(repeating: "x", count: 200) + "\r\n\r\n1\r\n--b--"
        let many = "--b\r\n" + String(repeating: "X: y\r\n", count: 50) + "\r\n1\r\n--b--"
        let endless = "--b\r\nX: " + String(repeating: "x", count: 200)
        for body in [long, many, endless] {
            #expect(throws: MultipartParser.Failure.headersTooLarge(100)) {
                try read(Array(body.utf8), boundary: "b", limits: .init(headers: 100))
            }
        }
    }

    @Test func boundsTheParts() throws {
        let parts = (0..<4).map { Part.text("t\($0)", "x") }
        #expect(try read(Part.body(parts), limits: .init(parts: 4)).count == 4)
        #expect(throws: MultipartParser.Failure.tooManyParts(3)) { try read(Part.body(parts), limits: .init(parts: 3)) }
    }

    @Test func boundsTheContentOfAPart() throws {
        let body = Part.body([Part(name: "image", content: Array(repeating: 7, count: 1000))])
        #expect(try read(body, limits: .init(content: 1000))[0].content.count == 1000)
        #expect(throws: MultipartParser.Failure.contentTooLarge(999)) { try read(body, limits: .init(content: 999)) }
    }

    @Test func boundsTheLineOfABoundary() {
        let body = "--b" + String(repeating: " ", count: 300) + "\r\n"
        #expect(throws: MultipartParser.Failure.malformed("a boundary line is too long")) {
            try read(Array(body.utf8), boundary: "b", cuts: [300])
        }
    }

    @Test(arguments: [
        ("b", true), ("----WebKitFormBoundaryA1b2", true), ("a b", true), (String(repeating: "x", count: 70), true),
        ("", false), ("a ", false), ("a\r\n", false), ("ä", false), ("a;b", false),
        (String(repeating: "x", count: 71), false),
    ])
    func knowsABoundary(text: String, valid: Bool) {
        #expect(MultipartParser.isBoundary(text) == valid)
    }
}

@Suite struct HeaderParametersTests {
    @Test(arguments: [
        ("multipart/form-data; boundary=abc", "multipart/form-data", ["boundary": "abc"]),
        ("Multipart/Form-Data;Boundary=\"a b\"", "multipart/form-data", ["boundary": "a b"]),
        (
            #"form-data; name="a\"b\\c"; filename="C:\photos\x.jpg""#, "form-data",
            ["name": #"a"b\c"#, "filename": #"C:\photos\x.jpg"#]
        ),
        (
            "form-data; name=\"semi;colon\" ; filename=plain.jpg", "form-data",
            ["name": "semi;colon", "filename": "plain.jpg"]
        ),
        ("image/jpeg", "image/jpeg", [:]),
        ("text/plain;;charset=utf-8;", "text/plain", ["charset": "utf-8"]),
        ("form-data; name=\"\"", "form-data", ["name": ""]),
    ])
    func reads(field: String, value: String, parameters: [String: String]) throws {
        let header = try #require(HeaderParameters(field))
        #expect(header.value == value)
        #expect(header.parameters == parameters)
    }

    @Test(arguments: ["", "; a=b", "x; a", "x; =b", "x; a=\"open", "x; a=1; a=2", "x; a=b\"c", "x; a=\"b\"c"])
    func refuses(field: String) {
        #expect(HeaderParameters(field) == nil)
    }
}
