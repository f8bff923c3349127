import Foundation
package import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle
import VedetteCore
import VedettePipeline

/// The HTTP server: API, live pictures, metrics and console.
///
/// ```swift
/// let server = try HTTPService(dependencies: dependencies, options: ServerOptions(), logger: logger)
/// let group = ServiceGroup(services: [pipeline, server], logger: logger)
/// ```
///
/// ``run()`` ends when the group shuts down: streams are ended, idle connections closed, requests that are being
/// answered are finished.
package struct HTTPService: Service {
    /// Connections that say nothing for so long are closed; also those that stop in the middle of a request.
    private static let idleTimeout = TimeAmount.seconds(60)

    private let options: ServerOptions
    private let responder: RouterResponder<APIContext>
    private let logger: Logger
    private let onListening: @Sendable (_ host: String, _ port: Int) async -> Void

    /// - Parameter onListening: called once the server listens, with the port it got.
    /// - Throws: ``ServerError`` when the console's folder was named and is not one.
    package init(
        dependencies: ServerDependencies, options: ServerOptions, logger: Logger,
        onListening: @escaping @Sendable (_ host: String, _ port: Int) async -> Void = { _, _ in }
    ) throws {
        self.options = options
        self.logger = logger
        self.onListening = onListening
        let metrics = dependencies.metrics
        metrics.collect(ProcessMetrics.read)
        metrics.collect { [hub = dependencies.hub] in CameraMetrics.read(hub) }
        responder = try Self.makeRouter(dependencies, options, logger).buildResponder()
    }

    /// The routes and what stands before them, from the outside in. Authentication will stand behind ``OriginGuard``.
    private static func makeRouter(
        _ dependencies: ServerDependencies, _ options: ServerOptions, _ logger: Logger
    ) throws -> Router<APIContext> {
        let router = Router(context: APIContext.self, options: [.autoGenerateHeadEndpoints])
        let table = RouteTable()
        router.add(middleware: RequestMetrics(registry: dependencies.metrics))
        router.add(middleware: SecurityHeaders())
        router.add(middleware: ProblemMiddleware(routes: table))
        router.add(middleware: OriginGuard(listener: options.host, allowed: options.allowedHosts))

        let api = router.group("api/v1")
        let enrolment = Enrolment(people: dependencies.people, bodyLimit: options.bodyLimit)
        SystemRoutes(dependencies: dependencies).add(to: router, api: api)
        CameraRoutes(dependencies: dependencies).add(to: api)
        LiveRoutes(
            hub: dependencies.hub, limit: ViewerLimit(maximum: options.viewersPerCamera), pool: BlockingPool(width: 2)
        ).add(to: api)
        PeopleRoutes(dependencies: dependencies, enrolment: enrolment).add(to: api)
        FaceRoutes(dependencies: dependencies, enrolment: enrolment).add(to: api)
        AnonymousRoutes(dependencies: dependencies).add(to: api)
        MergeRoutes(dependencies: dependencies, enrolment: enrolment).add(to: api)
        RejectionRoutes(dependencies: dependencies, enrolment: enrolment).add(to: api)
        JourneyRoutes(dependencies: dependencies, enrolment: enrolment).add(to: api)
        SightingRoutes(dependencies: dependencies).add(to: api)
        ExplanationRoutes(explanations: dependencies.explanations).add(to: api)
        EventRoutes(
            events: dependencies.events, hub: dependencies.hub, limit: ViewerLimit(maximum: options.eventListeners)
        ).add(to: api)
        if let folder = try ConsoleFolder.find(named: options.consoleFolder) {
            try ConsoleAssets(folder: folder).add(to: router)
        } else {
            logger.warning("no console: its folder was not found; set \(ConsoleFolder.variable)")
        }
        table.fill(from: router)
        return router
    }

    /// The server as an application of Hummingbird: what ``run()`` runs, and what tests talk to.
    package func makeApplication() -> Application<RouterResponder<APIContext>> {
        Application(
            responder: responder,
            server: .http1(configuration: .init(idleTimeout: Self.idleTimeout)),
            configuration: .init(address: .hostname(options.host, port: options.port), serverName: "Vedette"),
            onServerRunning: { [options, onListening] channel in
                await onListening(options.host, channel.localAddress?.port ?? options.port)
            },
            logger: logger)
    }

    /// Serves until the graceful shutdown of the group or cancellation.
    ///
    /// - Throws: ``ServerError`` when it cannot listen, naming the address and what to do.
    package func run() async throws {
        do {
            try await makeApplication().run()
        } catch let error as IOError {
            throw explain(code: error.errnoCode, error)
        } catch is SocketAddressError.UnknownHost {
            throw ServerError(
                .addressNotAvailable, "cannot listen on '\(options.host)': no such host is known",
                remedy: "set server.host to 127.0.0.1 or 0.0.0.0")
        }
    }

    private func explain(code: CInt, _ error: IOError) -> ServerError {
        let address = "\(options.host):\(options.port)"
        let underlying = Int(code)
        switch code {
        case EADDRINUSE:
            return ServerError(
                .portInUse, "cannot listen on \(address): another program uses the port",
                remedy: "stop it, or choose another port with server.port", underlyingCode: underlying)
        case EACCES, EPERM:
            return ServerError(
                .notPermitted, "cannot listen on \(address): not permitted",
                remedy: "choose a port above 1023 with server.port", underlyingCode: underlying)
        case EADDRNOTAVAIL:
            return ServerError(
                .addressNotAvailable, "cannot listen on \(address): this machine has no such address",
                remedy: "set server.host to 127.0.0.1 or 0.0.0.0", underlyingCode: underlying)
        default:
            return ServerError(
                .failed, "cannot listen on \(address): \(String(cString: strerror(code)))", underlyingCode: underlying)
        }
    }
}
