import Foundation
import Testing

@testable import VedetteCore

@Suite struct IdentifierTests {
    @Test func newIdsAreVersion7AndSortByTime() {
        let earlier = uuidv7(milliseconds: 1_700_000_000_000)
        let later = uuidv7(milliseconds: 1_700_000_000_001)
        #expect(earlier < later)
        #expect(earlier.count == 36)
        let characters = Array(earlier)
        #expect(characters[14] == "7")
        #expect("89ab".contains(characters[19]))
        #expect(PersonID.make() != PersonID.make())
    }

    @Test(arguments: ["", "a/b", "..", "a b", "é", "a'b", String(repeating: "x", count: 65)])
    func refusesWhatCouldBeAPathOrSQL(text: String) {
        #expect(PersonID(text) == nil)
    }

    @Test(arguments: ["entrance", "cam_1", "0192f0c1-5d1e-7c2a-8f00-000000000001"])
    func acceptsNamesAndUUIDs(text: String) {
        #expect(CameraID(text)?.rawValue == text)
    }
}

@Suite struct SourceURITests {
    @Test(arguments: [
        ("rtsp://admin:s3cret@10.0.0.5:554/stream", "rtsp://***@10.0.0.5:554/stream"),
        ("rtsp://admin:p@ss@host/x", "rtsp://***@host/x"),
        ("http://host/video?token=abc", "http://host/video?***"),
        ("rtsp://admin:pa/ss@cam/1", "rtsp://***@cam/1"),
        ("rtsp://admin:p?s#s@cam/1", "rtsp://***@cam/1"),
        ("rtsp:/admin:s3cret@cam", "***@cam"),
        ("/videos/a@b.mp4", "/videos/a@b.mp4"),
        ("/dev/video0", "/dev/video0"),
        ("demo:", "demo:"),
    ])
    func hidesCredentials(secret: String, shown: String) {
        #expect(SourceURI(secret).redacted == shown)
        #expect("\(SourceURI(secret))" == shown)
    }
}

@Suite struct PersonNameTests {
    @Test(arguments: ["a/b", "../../etc", "😀", "O'Brien", "名前", "x\u{0}y"])
    func keepsUnusualNames(name: String) throws {
        #expect(try !Person.validated(name: name).isEmpty)
    }

    @Test(arguments: ["", "   ", "\u{0}\n", String(repeating: "x", count: 10_000)])
    func refusesEmptyAndEndlessNames(name: String) {
        #expect(throws: Person.InvalidName.self) { try Person.validated(name: name) }
    }
}
