import HTTPTypes
import Hummingbird
import VedetteCore
import VedettePipeline

/// What a camera shows at this moment: a picture, the stream of pictures, the faces in view.
struct LiveRoutes {
    let hub: LiveHub
    let limit: ViewerLimit
    /// For encoding a picture nobody has asked for yet: a few milliseconds that no cooperative thread should spend.
    let pool: BlockingPool

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("cameras/:id/frame.jpg", use: frame)
        routes.get("cameras/:id/stream.mjpeg", use: stream)
        routes.get("cameras/:id/tracks", use: tracks)
    }

    /// The newest picture. Its `ETag` changes with every picture, so that one who asks often gets each once.
    @Sendable private func frame(_ request: Request, _ context: APIContext) async throws -> Response {
        _ = try QueryParameters(request, allowed: [])
        let id: CameraID = try context.identifier("id")
        let status = try status(of: id)
        if let view = hub.view(of: id), request.headers[.ifNoneMatch] == Self.tag(view.frame.captureTime) {
            return Response(status: .notModified, headers: [.eTag: Self.tag(view.frame.captureTime)])
        }
        let picture = try await pool.run { [hub] in try hub.picture(of: id) }
        guard let picture else { throw Self.noPicture(status) }
        return .jpeg(
            picture.jpeg,
            headers: [.eTag: Self.tag(picture.captureTime), .timestamp: MJPEGStream.timestamp(picture.captureTime)])
    }

    @Sendable private func stream(_ request: Request, _ context: APIContext) async throws -> Response {
        _ = try QueryParameters(request, allowed: [])
        let id: CameraID = try context.identifier("id")
        _ = try status(of: id)
        guard let place = limit.place(at: id) else {
            throw Problem(.tooManyViewers, "as many as are allowed watch camera '\(id)' already")
        }
        // Subscribing encodes the first picture.
        let pictures = try await pool.run { [hub] in hub.pictures(of: id) }
        guard let pictures else { throw Problem(.notFound, "there is no camera '\(id)'") }
        return MJPEGStream(pictures: pictures, place: place).response(to: request, context: context)
    }

    @Sendable private func tracks(_ request: Request, _ context: APIContext) async throws -> Response {
        _ = try QueryParameters(request, allowed: [])
        let id: CameraID = try context.identifier("id")
        _ = try status(of: id)
        return try .json(TracksMessage(camera: id, view: hub.view(of: id)))
    }

    private func status(of id: CameraID) throws -> CameraStatus {
        guard let status = hub.status(of: id) else {
            throw Problem(.notFound, "there is no running camera '\(id)'", remedy: "see /api/v1/cameras")
        }
        return status
    }

    private static func noPicture(_ status: CameraStatus) -> Problem {
        let reason = status.reason.map { ": \($0)" } ?? ""
        return Problem(.noPicture, "camera '\(status.camera.id)' is \(status.state.rawValue)\(reason)")
    }

    private static func tag(_ time: CaptureTime) -> String { "\"\(time.wall)\"" }
}

extension HTTPField.Name {
    fileprivate static var timestamp: Self { HTTPField.Name("X-Timestamp")! }
}
