import CoreMetrics
import Hummingbird
import Synchronization
import VedetteCore

/// Counts requests and the time until their answer begins. Labels are routes, never paths, and known methods.
struct RequestMetrics: RouterMiddleware {
    typealias Context = APIContext

    private struct Key: Hashable {
        var route: String
        var method: String
        var status: Int
    }

    private struct Instruments {
        var count: any CounterHandler
        var time: any TimerHandler
    }

    /// Shared by the copies that the router makes of a middleware.
    private final class Cache: Sendable {
        let instruments = Mutex<[Key: Instruments]>([:])
    }

    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]
    private let cache = Cache()
    private let registry: PrometheusRegistry

    init(registry: PrometheusRegistry) {
        self.registry = registry
        registry.describe("vedette_http_requests_total", "Requests answered, by route, method and status.")
        registry.describe("vedette_http_request_seconds", "Time from a request to the begin of its answer.")
    }

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let start = Clock.monotonic()
        let response = try await next(request, context)
        let instruments = instruments(
            Key(
                route: context.endpointPath ?? RouteTable.notFound,
                method: Self.methods.contains(request.method) ? request.method.rawValue : "other",
                status: response.status.code))
        instruments.count.increment(by: 1)
        instruments.time.recordNanoseconds(Clock.monotonic() - start)
        return response
    }

    private func instruments(_ key: Key) -> Instruments {
        cache.instruments.withLock { known in
            if let instruments = known[key] { return instruments }
            let instruments = Instruments(
                count: registry.makeCounter(
                    label: "vedette_http_requests",
                    dimensions: [("route", key.route), ("method", key.method), ("status", String(key.status))]),
                time: registry.makeTimer(
                    label: "vedette_http_request", dimensions: [("route", key.route), ("method", key.method)]))
            known[key] = instruments
            return instruments
        }
    }
}
