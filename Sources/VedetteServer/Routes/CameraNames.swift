import VedetteCore
import VedettePipeline

/// The names of cameras for a list of sightings, looked up once each.
final class CameraNames {
    private let dependencies: ServerDependencies
    private var known: [CameraID: String?] = [:]

    init(_ dependencies: ServerDependencies) { self.dependencies = dependencies }

    func message(_ entry: SightingEntry) async throws -> SightingMessage {
        SightingMessage(entry, cameraName: try await name(of: entry.sighting.camera))
    }

    /// Nil for a camera that was removed.
    func name(of id: CameraID) async throws -> String? {
        if let name = known[id] { return name }
        var name = dependencies.hub.status(of: id)?.camera.name
        if name == nil { name = try await dependencies.store.camera(id)?.name }
        known[id] = .some(name)
        return name
    }
}
