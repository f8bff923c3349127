import Hummingbird
import VedetteCore
import VedettePipeline

/// What the process says of itself: to people, to what keeps it running, and to Prometheus.
struct SystemRoutes {
    let dependencies: ServerDependencies

    func add(to router: Router<APIContext>, api: RouterGroup<APIContext>) {
        api.get("status", use: status)
        router.get("health/live", use: live)
        router.get("health/ready", use: ready)
        router.get("metrics", use: metrics)
    }

    @Sendable private func status(_ request: Request, _ context: APIContext) async throws -> Response {
        let cameras = dependencies.hub.statuses()
        let readiness = await dependencies.readiness()
        let message = StatusMessage(
            dependencies.status(),
            cameras: .init(
                total: cameras.count, live: cameras.count { $0.state == .live },
                viewers: cameras.reduce(0) { $0 + dependencies.hub.viewerCount(of: $1.camera.id) }),
            notReady: readiness.reason)
        return try .json(message)
    }

    private struct Health: Encodable {
        var status: String
    }

    /// As long as this is answered, the process needs no restart.
    @Sendable private func live(_ request: Request, _ context: APIContext) async throws -> Response {
        try .json(Health(status: "ok"))
    }

    /// 503 while requests should go elsewhere.
    @Sendable private func ready(_ request: Request, _ context: APIContext) async throws -> Response {
        if let reason = await dependencies.readiness().reason { throw Problem(.notReady, reason) }
        return try .json(Health(status: "ok"))
    }

    @Sendable private func metrics(_ request: Request, _ context: APIContext) async throws -> Response {
        Response(
            status: .ok, headers: [.contentType: PrometheusText.contentType, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: dependencies.metrics.exposition())))
    }
}

extension Readiness {
    fileprivate var reason: String? {
        switch self {
        case .ready: nil
        case .notReady(let reason): reason
        }
    }
}
