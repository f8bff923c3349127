import Foundation
import Logging
import VedetteCore
import VedetteGallery
import VedetteImages
import VedettePipeline
import VedetteVision

/// The photograph of the demo camera.
enum DemoPhotograph {
    /// - Throws: when set-up has not fetched it.
    static func path() throws -> String {
        let path = try Packs.folder().path + "/demo/solvay-1927.jpg"
        guard FileManager.default.fileExists(atPath: path) else {
            throw Files.Failure(message: "the demo photograph is not here", remedy: "run 'make setup'")
        }
        return path
    }
}

extension DemoPhotograph {
    /// What demo cameras film; nil without the photograph.
    static func scene() -> SourceFactory.Demo? { (try? path()).map { SourceFactory.Demo(photo: $0) } }

    /// The same, with the faces that `engine` finds in it for the camera to visit.
    static func scene(faces engine: Engine) -> SourceFactory.Demo? {
        guard var scene = scene() else { return nil }
        let frame = try? engine.codec.decode(try Files.read(scene.photo))
        scene.faces = (frame.flatMap { try? engine.detector.detect(in: $0, minimumScore: 0.5) } ?? []).map(\.box)
        return scene
    }
}

/// Makes the demonstration tell something at first sight: the cameras pan over the photograph of the Solvay conference of 1927,
/// which is in the public domain, and a few of its guests are enrolled from it. The others stay unknown, to be named by the user.
struct DemoSetup {
    /// Where guests sit, as shares of the picture's width and height.
    private static let guests: [(name: String, x: Float, y: Float)] = [
        ("Max Planck", 0.200, 0.545),
        ("Marie Curie", 0.298, 0.545),
        ("Hendrik Lorentz", 0.411, 0.555),
        ("Albert Einstein", 0.543, 0.543),
        ("Erwin Schrödinger", 0.545, 0.405),
        ("Wolfgang Pauli", 0.710, 0.402),
        ("Werner Heisenberg", 0.779, 0.397),
        ("Niels Bohr", 0.875, 0.514),
    ]

    static let cameras: [Configuration.DeclaredCamera] = [
        ("demo-1", "Solvay 1927, first", "demo:?phase=0"), ("demo-2", "Solvay 1927, second", "demo:?phase=40"),
    ].compactMap { id, name, uri in
        CameraID(id).map { Configuration.DeclaredCamera(id: $0, name: name, uri: SourceURI(uri)) }
    }

    let people: PeopleService
    let store: any PeopleStore
    let enroller: Enroller
    let codec: any PictureCodec
    let logger: Logger

    /// Enrols the guests, once: not when anybody is enrolled already, the demo's own included.
    func enrolGuests() async throws {
        guard try await store.people(search: nil, page: PageRequest(limit: 1)).items.isEmpty else { return }
        let frame = try codec.decode(try Files.read(try DemoPhotograph.path()))
        for guest in Self.guests {
            let seat = Point(x: guest.x * Float(frame.width), y: guest.y * Float(frame.height))
            do {
                let face = try enroller.face(in: frame, near: seat)
                let person = try await store.createPerson(name: guest.name)
                _ = try await people.add(face, source: "solvay-1927.jpg", to: person.id)
            } catch let refusal as EnrolmentRefusal {
                logger.warning("demo guest not enrolled", metadata: ["reason": "\(refusal)"])
            }
        }
        try await people.refresh()
    }
}
