import Testing
import VedetteCore

@testable import VedetteMedia

@Suite struct SourceAddressTests {
    @Test(arguments: [
        ("video.mp4", SourceAddress.file(path: "video.mp4")),
        ("/srv/it's a \"test\" 1:2.mp4", .file(path: "/srv/it's a \"test\" 1:2.mp4")),
        ("file:///srv/a%20b.mkv", .file(path: "/srv/a b.mkv")),
        ("test:x.mp4", .file(path: "test:x.mp4")),
        ("/dev/video0", .device(path: "/dev/video0")),
        ("/dev/video12", .device(path: "/dev/video12")),
        ("/tmp", .pictures(path: "/tmp")),
        ("group.JPG", .pictures(path: "group.JPG")),
        ("test:", .test(SyntheticVideo())),
        ("demo:?phase=3", .demo),
    ])
    func pathsAndNamesAreToldApart(text: String, expected: SourceAddress) throws {
        #expect(try SourceAddress(SourceURI(text)) == expected)
    }

    @Test func optionsOfATestPictureAreRead() throws {
        guard case .test(let video) = try SourceAddress(SourceURI("test:?width=640&height=360&fps=10&frames=7")) else {
            Issue.record("not a test picture")
            return
        }
        #expect(video.width == 640 && video.height == 360 && video.framesPerSecond == 10 && video.frameLimit == 7)
    }

    struct Network: Sendable {
        var text: String
        var host: String
        var port: UInt16
        var user: String?
        var password: String?
        var location: String
    }

    @Test(arguments: [
        Network(text: "rtsp://cam/live", host: "cam", port: 554, location: "rtsp://cam/live"),
        Network(text: "RTSP://cam:8554", host: "cam", port: 8554, location: "rtsp://cam:8554"),
        Network(
            text: "rtsp://admin:p%40ss%2Fw@10.0.0.7:554/a?b=c", host: "10.0.0.7", port: 554, user: "admin",
            password: "p@ss/w", location: "rtsp://10.0.0.7:554/a?b=c"),
        Network(
            text: "rtsp://admin:p@ss:word@cam/live", host: "cam", port: 554, user: "admin", password: "p@ss:word",
            location: "rtsp://cam/live"),
        Network(
            text: "rtsp://u@[fe80::1]:99/x", host: "fe80::1", port: 99, user: "u", location: "rtsp://[fe80::1]:99/x"),
        Network(text: "https://cam/mjpg", host: "cam", port: 443, location: "https://cam/mjpg"),
    ])
    func credentialsAreTakenOutOfNetworkAddresses(expected: Network) throws {
        let network: NetworkAddress
        switch try SourceAddress(SourceURI(expected.text)) {
        case .rtsp(let address), .http(let address): network = address
        case let other:
            Issue.record("read as \(other)")
            return
        }
        #expect(network.host == expected.host)
        #expect(network.port == expected.port)
        #expect(network.user == expected.user)
        #expect(network.password == expected.password)
        #expect(network.location == expected.location)
    }

    @Test(arguments: [
        "", "ftp://cam/x", "rtsps://cam/x", "rtsp://", "rtsp:///live", "rtsp://cam:0/x", "rtsp://cam:99999/x",
        "rtsp://cam:x/",
        "rtsp://a b/x", "rtsp://cam/a b", "rtsp://[::1/x", "rtsp://adm:sec/ret@cam/x", "rtsp://ca!m ! fakesink",
        "file://host/x",
        "a\u{0}b.mp4", "a\nb.mp4", "test:?width=0", "test:?width=641", "test:?width=99999", "test:?fps=0",
        "test:?fps=x",
        "test:?width=640&width=640", "test:?colour=red", "test:?width", String(repeating: "a", count: 5000),
    ])
    func anythingElseIsRefusedWithAReason(text: String) {
        let failure = #expect(throws: SourceFailure.self) { try SourceAddress(SourceURI(text)) }
        #expect(failure?.reason == .badAddress)
        #expect(failure?.isRetriable == false)
        #expect(failure?.message.isEmpty == false)
        #expect(failure?.description.contains("ret@") == false)
    }

    @Test func secretsAreTakenOutOfForeignText() throws {
        let uri = SourceURI("rtsp://admin:p%40ss@cam/live?token=abc123")
        let redact = Redaction(uri, try SourceAddress(uri))
        let text = redact("open rtsp://admin:p%40ss@cam/live?token=abc123 (p@ss), p%40ss, ?token=abc123")
        #expect(
            !text.contains("p@ss") && !text.contains("p%40ss") && !text.contains("abc123") && !text.contains("admin"))
        #expect(text.contains("open"))
    }
}
