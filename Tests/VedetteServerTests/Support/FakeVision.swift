import VedetteCore
import VedettePipeline

/// A photo that is the text `photo W F`: W pixels wide, with F faces in it.
final class FakePhoto: Frame, @unchecked Sendable {
    let faces: Int
    private let memory: UnsafeMutablePointer<UInt8>

    init(width: Int, faces: Int, sequence: UInt64 = 0, time: CaptureTime = .now()) {
        self.faces = faces
        memory = .allocate(capacity: 1)
        let plane = UnsafePointer(memory)
        super.init(
            width: width, height: width * 9 / 16,
            planes: Planes(y: plane, u: plane, v: plane, yStride: 0, uStride: 0, vStride: 0), colorimetry: .limited601,
            captureTime: time, sequence: sequence)
    }

    deinit { memory.deallocate() }

    static func bytes(width: Int = 640, faces: Int = 1) -> [UInt8] { Array("photo \(width) \(faces)".utf8) }
}

/// Reads and writes ``FakePhoto``s. A picture for viewers is the text `jpeg SEQUENCE`, padded to ``size`` bytes.
struct FakeCodec: PictureCodec {
    struct NotAPicture: DescribedError {
        let message = "the file is not a picture"
        let remedy: String? = "use JPEG, PNG or WebP"
        let isRetriable = false
    }

    var size = 0

    func decode(_ bytes: [UInt8]) throws -> Frame {
        let words = String(decoding: bytes.prefix(64), as: UTF8.self).split(separator: " ")
        guard words.count == 3, words[0] == "photo", let width = Int(words[1]), let faces = Int(words[2]) else {
            throw NotAPicture()
        }
        return FakePhoto(width: width, faces: faces)
    }

    func jpeg(of frame: Frame, faces: [OverlayFace], maximumWidth: Int?, quality: Int) throws -> [UInt8] {
        let text = Array("jpeg \(frame.sequence)".utf8)
        return text + Array(repeating: 0, count: max(0, size - text.count))
    }

    func jpeg(cropping box: Box, of frame: Frame, maximumSide: Int, quality: Int) throws -> [UInt8] {
        Array("crop".utf8)
    }
}

/// Finds as many faces as the photo says, each 100 pixels wide.
struct FakeDetector: FaceDetector {
    func detect(in frame: Frame, minimumScore: Float) throws -> [Detection] {
        (0..<((frame as? FakePhoto)?.faces ?? 0)).map { index in
            Detection(box: Box(x: Float(index) * 120, y: 10, width: 100, height: 120), score: 0.9)
        }
    }
}

struct FakeEmbedder: FaceEmbedder {
    let model = "fake"
    let length = 2

    func embed(_ face: Detection, in frame: Frame) throws -> EmbeddedFace {
        EmbeddedFace(embedding: Embedding(normalizing: [1, 0])!, quality: quality(of: face, in: frame))
    }

    func quality(of face: Detection, in frame: Frame) -> FaceQuality {
        FaceQuality(overall: 0.75, size: 1, sharpness: 0.75, frontality: 1)
    }
}

/// Keeps cameras in the store and shows them in the hub, as the supervisor does, without connecting to anything.
struct FakeCameras: CameraService {
    let store: MemoryStore
    let hub: LiveHub

    func create(name: String, uri: SourceURI, enabled: Bool, tracker: String?) async throws -> Camera {
        guard uri.secret.contains(":") || uri.secret.hasPrefix("/") else {
            throw SourceFailure(
                .badAddress, "'\(uri)' is not an address", remedy: "use rtsp://host/path", isRetriable: false)
        }
        let camera = Camera(id: .make(), name: name, uri: uri, enabled: enabled, tracker: tracker)
        try await store.save(camera)
        if enabled { hub.add(camera) }
        return camera
    }

    func update(_ id: CameraID, name: String?, uri: SourceURI?, enabled: Bool?, tracker: String?) async throws -> Camera
    {
        guard var camera = try await store.camera(id) else { throw Self.none(id) }
        camera.name = name ?? camera.name
        camera.uri = uri ?? camera.uri
        camera.enabled = enabled ?? camera.enabled
        if let tracker { camera.tracker = tracker.isEmpty ? nil : tracker }
        try await store.save(camera)
        hub.remove(id)
        if camera.enabled { hub.add(camera) }
        return camera
    }

    func delete(_ id: CameraID) async throws {
        guard try await store.deleteCamera(id) else { throw Self.none(id) }
        hub.remove(id)
    }

    private static func none(_ id: CameraID) -> StoreError { StoreError(.notFound, "there is no camera '\(id)'") }
}
