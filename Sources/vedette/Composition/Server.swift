import Foundation
import Logging
import Metrics
import ServiceLifecycle
import UnixSignals
import VedetteCore
import VedetteGallery
import VedetteMedia
import VedettePipeline
import VedetteServer
import VedetteStore
import VedetteVision

/// All roles in one process: composes the services, starts them in the order of dependence, and ends them in the reverse.
struct Server {
    private let configuration: Configuration
    private let isDemo: Bool

    init(_ configuration: Configuration, isDemo: Bool) {
        self.configuration = configuration
        self.isDemo = isDemo
    }

    func run() async throws {
        let logger = LogSetup.bootstrap(configuration)
        let metrics = PrometheusRegistry()
        MetricsSystem.bootstrap(metrics)
        MetricHelp.describe(in: metrics)

        for camera in configuration.cameras { try Self.check(camera) }
        let folder = try DataFolder.open(at: configuration.data)
        let store = try SQLiteStore.open(in: folder, logger: logger)
        let left = try await store.endOpenSightings()
        if left > 0 { logger.notice("ended sightings that the last run left open", metadata: ["count": "\(left)"]) }

        let engine = try Engine.open(configuration)
        let pool = BlockingPool(width: engine.workers)
        let enroller = engine.enroller(configuration, pool: pool)
        let gallery = Gallery()
        let events = EventHub()
        let explanations = ExplanationBook()
        let directory = IdentityDirectory(threshold: engine.policy.threshold)
        let people = PeopleService(
            store: store, gallery: gallery, directory: directory, enroller: enroller,
            minimumSampleQuality: Float(configuration.enrolment.minimumQuality),
            onForget: { person in
                directory.forget(person)
                events.forget(person)
                explanations.forget(person)
            })
        if isDemo {
            try await DemoSetup(people: people, store: store, enroller: enroller, codec: engine.codec, logger: logger)
                .enrolGuests()
        }
        try await people.refresh()

        let hub = LiveHub(
            codec: engine.codec,
            options: .init(maximumWidth: configuration.live.width, quality: configuration.live.quality))
        let writer = SightingWriter(store: store, logger: logger)
        let scheduler = AnalysisScheduler(workers: engine.workers)
        metrics.collect {
            [
                MetricFamily(
                    "vedette_frames_waiting", .gauge, help: "Cameras whose newest frame waits for a worker.",
                    samples: [.init(Double(scheduler.waiting))])
            ]
        }
        let chains = ChainFactory(
            engine: engine, gallery: gallery, directory: directory, configuration: configuration, logger: logger,
            outlets: .init(events: events, explanations: explanations))
        metrics.collect {
            [
                MetricFamily(
                    "vedette_anonymous_people", .gauge, help: "Unknown people who are told apart.",
                    samples: [.init(Double(directory.anonymousCount))])
            ]
        }
        let supervisor = supervisor(engine, chains, store, hub, scheduler, writer, logger)
        let expiry = AnonymousExpiry(people: people, days: configuration.identity.anonymousDays, logger: logger)
        let http = try http(engine, people, store, hub, events, explanations, supervisor, metrics, logger)
        logger.info(
            "starting",
            metadata: [
                "data": "\(folder.path)", "pack": "\(engine.pack.name)", "workers": "\(engine.workers)",
                "cameras": "\(configuration.cameras.count)", "enrolled": "\(gallery.snapshot.count)",
            ])
        // The last in the list ends first: no new requests, then no new frames, then everything pending is written.
        let services: [any Service] = [writer, expiry, supervisor, http]
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        events.close()
        try await store.close()
        logger.info("stopped")
    }

    /// - Throws: for an address that no camera can have, before anything is started.
    private static func check(_ camera: Configuration.DeclaredCamera) throws {
        do throws(SourceFailure) {
            _ = try SourceAddress(camera.uri)
        } catch {
            throw ConfigurationError(message: "camera '\(camera.id)': \(error.message)", remedy: error.remedy)
        }
    }

    private func supervisor(
        _ engine: Engine, _ chains: ChainFactory, _ store: any Store, _ hub: LiveHub,
        _ scheduler: AnalysisScheduler, _ sink: any SightingSink, _ logger: Logger
    ) -> CameraSupervisor {
        let hasDemo = configuration.cameras.contains { $0.uri.secret.hasPrefix("demo:") }
        return CameraSupervisor(
            declared: configuration.cameras.map {
                Camera(id: $0.id, name: $0.name, uri: $0.uri, enabled: $0.enabled, tracker: $0.tracker)
            },
            store: store, hub: hub, scheduler: scheduler,
            opener: SourceFactory(
                codec: engine.codec, demo: hasDemo ? DemoPhotograph.scene(faces: engine) : DemoPhotograph.scene()),
            options: .init(configuration), logger: logger,
            makeChain: { chains.live($0, hub: hub, sink: sink) })
    }

    private func http(
        _ engine: Engine, _ people: PeopleService, _ store: any Store, _ hub: LiveHub, _ events: EventHub,
        _ explanations: ExplanationBook, _ cameras: any CameraService, _ metrics: PrometheusRegistry, _ logger: Logger
    ) throws -> HTTPService {
        let status = RuntimeStatus(
            version: Vedette.version, startedAt: Date(), modelPack: engine.pack.name,
            detectionSize: configuration.analysis.detectionSize, workers: engine.workers, demo: isDemo)
        return try HTTPService(
            dependencies: ServerDependencies(
                hub: hub, people: people, cameras: cameras, store: store, metrics: metrics,
                events: events, explanations: explanations, status: { status },
                readiness: {
                    do {
                        _ = try await store.cameras()
                        return .ready
                    } catch {
                        return .notReady("the database does not answer: \(Console.describe(error))")
                    }
                }),
            options: ServerOptions(
                host: configuration.server.host, port: configuration.server.port,
                consoleFolder: configuration.server.console.isEmpty ? nil : configuration.server.console,
                allowedHosts: configuration.server.allowedHosts.split(separator: ",").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }),
            logger: logger,
            onListening: { host, port in
                let shown = host.contains(":") ? "[\(host)]" : host
                Console.note("Vedette is ready: open http://\(shown):\(port) (Ctrl-C stops it)")
            })
    }
}

extension CameraSupervisor.Options {
    init(_ configuration: Configuration) {
        self.init()
        lifeCycle.stallAfter = configuration.camera.stallAfter
        lifeCycle.connectTimeout = configuration.camera.connectTimeout
        lifeCycle.maximumDelay = configuration.camera.maximumDelay
        loopFiles = configuration.camera.loopFiles
        targetRate = configuration.analysis.rate > 0 ? configuration.analysis.rate : nil
    }
}

/// What the pipeline's metrics mean, for `/metrics`.
enum MetricHelp {
    static func describe(in registry: PrometheusRegistry) {
        registry.describe("vedette_stage_duration_seconds", "Time of one handler of the chain for one frame.")
        registry.describe("vedette_frame_latency_seconds", "From the capture of a frame to the end of its chain.")
        registry.describe(
            "vedette_embeddings_total",
            "Faces embedded, to find out who they are (identity) or which track they belong to (doubt).")
        registry.describe("vedette_handovers_total", "People who came from one camera's view into another's.")
        registry.describe("vedette_frames_failed_total", "Frames on which a handler failed.")
    }
}
