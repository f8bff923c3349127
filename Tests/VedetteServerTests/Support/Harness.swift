import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing
import VedetteCore
import VedetteGallery
import VedettePipeline

@testable import VedetteServer

/// A server over fakes, and short ways to ask it.
struct Harness: Sendable {
    let store = MemoryStore()
    let hub: LiveHub
    let metrics = PrometheusRegistry()
    let dependencies: ServerDependencies
    var options: ServerOptions
    let ready = ReadySwitch()
    let events = EventHub()
    let explanations = ExplanationBook()
    let forgotten = Forgotten()

    /// Whom the service of people told to forget.
    final class Forgotten: Sendable {
        private let value = Mutex<[PersonID]>([])
        var people: [PersonID] { value.withLock { $0 } }
        func add(_ person: PersonID) { value.withLock { $0.append(person) } }
    }

    final class ReadySwitch: Sendable {
        private let value = Mutex(Readiness.ready)
        var current: Readiness { value.withLock { $0 } }
        func set(_ new: Readiness) { value.withLock { $0 = new } }
    }

    init(pictureSize: Int = 0, options: ServerOptions = ServerOptions(consoleFolder: Harness.console)) {
        let codec = FakeCodec(size: pictureSize)
        hub = LiveHub(codec: codec)
        let enroller = Enroller(
            detector: FakeDetector(), embedder: FakeEmbedder(), codec: codec, pool: BlockingPool(width: 1))
        dependencies = ServerDependencies(
            hub: hub,
            people: PeopleService(
                store: store, gallery: Gallery(), enroller: enroller, minimumSampleQuality: 0.4,
                onForget: { [forgotten] in forgotten.add($0) }),
            cameras: FakeCameras(store: store, hub: hub), store: store, metrics: metrics, events: events,
            explanations: explanations,
            status: {
                RuntimeStatus(
                    version: "1.2.3", startedAt: Date(timeIntervalSince1970: 1_700_000_000.25), modelPack: "fake",
                    detectionSize: 640, workers: 2, demo: false)
            },
            readiness: { [ready] in ready.current })
        self.options = options
    }

    /// The repository's own console.
    static let console = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Console").path

    static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    func service(onListening: @escaping @Sendable (String, Int) async -> Void = { _, _ in }) throws -> HTTPService {
        try HTTPService(dependencies: dependencies, options: options, logger: Self.quiet, onListening: onListening)
    }

    /// Somebody unknown who was seen once.
    func addStranger(_ number: Int, at seconds: Double = 0) async throws -> (PersonID, SightingID) {
        let stranger = AnonymousPerson(
            id: .make(), number: number, createdAt: Date(timeIntervalSince1970: 1_700_000_000))
        return (stranger.id, try await addSighting(anonymous: stranger, at: seconds))
    }

    /// Runs `body` with a client that talks to the routes without a network.
    func test(_ body: @Sendable (Client) async throws -> Void) async throws {
        let application = try service().makeApplication()
        try await application.test(.router) { try await body(Client(client: $0)) }
    }

    @discardableResult
    func addCamera(_ id: String, uri: String = "test:", live: Bool = true) async throws -> Camera {
        let camera = Camera(id: CameraID(id)!, name: "Camera \(id)", uri: SourceURI(uri))
        try await store.save(camera)
        hub.add(camera)
        if live { hub.setState(.live, reason: nil, of: camera.id) }
        return camera
    }

    func publish(_ sequence: UInt64, on camera: CameraID, faces: [LiveFace] = [], time: CaptureTime = .now()) throws {
        try hub.publish(
            LiveView(frame: FakePhoto(width: 1280, faces: 0, sequence: sequence, time: time), faces: faces), of: camera)
    }

    @discardableResult
    func addSighting(
        camera: String = "yard", person: PersonID? = nil, anonymous: AnonymousPerson? = nil, at seconds: Double = 0,
        quality: Float = 0.5, hasFace: Bool = true
    ) async throws -> SightingID {
        let person = person ?? anonymous?.id
        let seen = Date(timeIntervalSince1970: 1_700_000_000 + seconds)
        let sighting = Sighting(
            id: .make(), camera: CameraID(camera)!, track: 1, person: person, firstSeen: seen,
            lastSeen: seen.addingTimeInterval(10), similarity: person == nil ? nil : 0.625, quality: quality,
            ended: true)
        let face = SightingRecord.Face(
            jpeg: Array("face".utf8), embedding: Embedding(normalizing: [0, 1])!, model: "fake")
        try await store.write([
            SightingRecord(sighting: sighting, face: hasFace ? face : nil, anonymous: anonymous)
        ])
        return sighting.id
    }
}

/// An answer with its JSON.
struct Answer {
    var status: HTTPResponse.Status
    var headers: HTTPFields
    var text: String

    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]) ?? [:]
    }

    var items: [[String: Any]] { json["items"] as? [[String: Any]] ?? [] }

    /// The last word of the problem's type; nil when the answer is no problem of the form that is promised.
    var problem: String? {
        guard headers[.contentType] == "application/problem+json", json["status"] as? Int == status.code,
            json["title"] is String, json["detail"] is String, json.keys.contains("remedy"),
            let type = json["type"] as? String, type.hasPrefix("urn:vedette:problem:")
        else { return nil }
        return String(type.dropFirst("urn:vedette:problem:".count))
    }

    var detail: String { json["detail"] as? String ?? "" }
}

struct Client: Sendable {
    let client: any TestClientProtocol

    func send(
        _ method: HTTPRequest.Method, _ uri: String, headers: HTTPFields = [:], body: [UInt8]? = nil
    ) async throws -> Answer {
        try await client.execute(
            uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0) }
        ) { Answer(status: $0.status, headers: $0.headers, text: String(buffer: $0.body)) }
    }

    func get(_ uri: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await send(.get, uri, headers: headers)
    }

    func json(_ method: HTTPRequest.Method, _ uri: String, _ body: String) async throws -> Answer {
        try await send(method, uri, headers: [.contentType: "application/json"], body: Array(body.utf8))
    }

    func form(_ uri: String, _ parts: [Part]) async throws -> Answer {
        try await send(
            .post, uri, headers: [.contentType: "multipart/form-data; boundary=b0undary"], body: Part.body(parts))
    }
}

/// One part of a form.
struct Part {
    var name: String
    var filename: String?
    var type: String?
    var content: [UInt8]

    static func text(_ name: String, _ value: String) -> Part { Part(name: name, content: Array(value.utf8)) }

    static func photo(_ filename: String, faces: Int = 1, type: String? = "image/jpeg") -> Part {
        Part(name: "image", filename: filename, type: type, content: FakePhoto.bytes(faces: faces))
    }

    static func body(_ parts: [Part], boundary: String = "b0undary") -> [UInt8] {
        var body: [UInt8] = []
        for part in parts {
            body += Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(part.name)\"".utf8)
            if let filename = part.filename { body += Array("; filename=\"\(filename)\"".utf8) }
            body += Array("\r\n".utf8)
            if let type = part.type { body += Array("Content-Type: \(type)\r\n".utf8) }
            body += Array("\r\n".utf8) + part.content + Array("\r\n".utf8)
        }
        return body + Array("--\(boundary)--\r\n".utf8)
    }
}
