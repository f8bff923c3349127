import Hummingbird
import VedetteCore
import VedettePipeline

/// `/api/v1/cameras`: cameras, created, changed and removed while everything runs.
struct CameraRoutes {
    let dependencies: ServerDependencies

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("cameras", use: list)
        routes.post("cameras", use: create)
        routes.get("cameras/:id", use: show)
        routes.patch("cameras/:id", use: change)
        routes.delete("cameras/:id", use: delete)
    }

    /// `?include=tracks` adds the faces in view of each: all that a console needs to follow in one request.
    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        let query = try QueryParameters(request, allowed: ["cursor", "limit", "include"])
        let page = try query.page()
        let withTracks = try query.includes("tracks")
        var cameras = try await statuses()
        if let cursor = page.cursor {
            guard let last = CameraID(cursor) else { throw Problem(.invalidQuery, "'cursor' is not one of this list") }
            cameras.removeAll { $0.camera.id <= last }
        }
        let shown = cameras.prefix(page.limit)
        let messages = shown.map { status in
            CameraMessage(status, tracks: withTracks ? tracks(of: status.camera.id) : nil)
        }
        let next = cameras.count > shown.count ? shown.last?.camera.id.rawValue : nil
        return try .json(ListMessage(items: messages, next: next))
    }

    @Sendable private func show(_ request: Request, _ context: APIContext) async throws -> Response {
        let query = try QueryParameters(request, allowed: ["include"])
        let id: CameraID = try context.identifier("id")
        let withTracks = try query.includes("tracks")
        return try .json(CameraMessage(try await status(of: id), tracks: withTracks ? tracks(of: id) : nil))
    }

    @Sendable private func create(_ request: Request, _ context: APIContext) async throws -> Response {
        let body = try await request.json(NewCamera.self)
        let camera = try await dependencies.cameras.create(
            name: try Self.name(body.name), uri: try Self.address(body.uri), enabled: body.enabled ?? true,
            tracker: body.tracker)
        return try .json(
            CameraMessage(try await status(of: camera.id)), status: .created, location: "/api/v1/cameras/\(camera.id)")
    }

    @Sendable private func change(_ request: Request, _ context: APIContext) async throws -> Response {
        let id: CameraID = try context.identifier("id")
        let body = try await request.json(CameraChange.self)
        let camera = try await dependencies.cameras.update(
            id, name: try body.name.map(Self.name), uri: try body.uri.map(Self.address), enabled: body.enabled,
            tracker: body.tracker)
        return try .json(CameraMessage(try await status(of: camera.id)))
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> Response {
        try await dependencies.cameras.delete(try context.identifier("id"))
        return Response(status: .noContent)
    }

    // MARK: -

    /// All cameras by id: those that run, and those that are only stored because they are switched off.
    private func statuses() async throws -> [CameraStatus] {
        let running = dependencies.hub.statuses()
        let known = Set(running.map(\.camera.id))
        let idle = try await dependencies.store.cameras().filter { !known.contains($0.id) }
        return (running + idle.map { CameraStatus(camera: $0, state: .stopped) }).sorted { $0.camera.id < $1.camera.id }
    }

    private func status(of id: CameraID) async throws -> CameraStatus {
        if let status = dependencies.hub.status(of: id) { return status }
        guard let camera = try await dependencies.store.camera(id) else {
            throw Problem(.notFound, "there is no camera '\(id)'")
        }
        return CameraStatus(camera: camera, state: .stopped)
    }

    private func tracks(of id: CameraID) -> TracksMessage {
        TracksMessage(camera: id, view: dependencies.hub.view(of: id))
    }

    private static func name(_ text: String) throws -> String { try Person.validated(name: text) }

    /// What it means is the camera service's to judge; here only what no address can be is refused.
    private static func address(_ text: String) throws -> SourceURI {
        guard (1...4096).contains(text.utf8.count), !text.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            throw Problem(.invalidValue, "'uri' must be 1 to 4096 bytes without control characters")
        }
        return SourceURI(text)
    }
}
