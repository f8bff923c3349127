import Foundation
package import Logging
import ServiceLifecycle
import Synchronization
package import VedetteCore
import VedetteTracking

/// Keeps every enabled camera running, and starts, changes and stops cameras while the rest go on.
///
/// Cameras declared in the configuration belong to it: they can be looked at but not changed here, and are not stored. Those
/// that operators add are stored and come back after a restart.
package final class CameraSupervisor: Service, CameraService {
    private enum Command: Sendable {
        case start(Camera)
        case stop(CameraID)
    }

    private let declared: [Camera]
    private let store: any CameraStore
    private let hub: LiveHub
    private let scheduler: AnalysisScheduler
    private let opener: any SourceOpener
    private let makeChain: @Sendable (Camera) -> HandlerChain
    private let options: Options
    private let logger: Logger
    private let commands: AsyncStream<Command>
    private let post: AsyncStream<Command>.Continuation

    package struct Options: Sendable {
        package var lifeCycle = CameraLifeCycle.Options()
        /// Most analysed frames a second and camera; nil for all that can be had.
        package var targetRate: Double?
        /// Start files over when they end; a file that is not started over counts as a camera that went away.
        package var loopFiles = true

        package init() {}
    }

    /// - Parameters:
    ///   - declared: cameras of the configuration.
    ///   - makeChain: composes the handlers of one camera.
    package init(
        declared: [Camera], store: any CameraStore, hub: LiveHub, scheduler: AnalysisScheduler,
        opener: any SourceOpener,
        options: Options, logger: Logger, makeChain: @escaping @Sendable (Camera) -> HandlerChain
    ) {
        self.declared = declared
        self.store = store
        self.hub = hub
        self.scheduler = scheduler
        self.opener = opener
        self.options = options
        self.logger = logger
        self.makeChain = makeChain
        (commands, post) = AsyncStream.makeStream(of: Command.self)
    }

    /// Runs all cameras until the service group shuts down; then every chain reports what it still holds.
    package func run() async throws {
        scheduler.start()
        let stored = try await store.cameras().filter { camera in !declared.contains { $0.id == camera.id } }
        for camera in declared + stored { begin(camera) }
        await withDiscardingTaskGroup { group in
            var lives: [CameraID: Life] = [:]
            for await command in commands.cancelOnGracefulShutdown() {
                switch command {
                case .start(let camera):
                    let before = lives[camera.id]
                    before?.stop()
                    let life = Life()
                    lives[camera.id] = life
                    group.addTask {
                        // One life after the other: the old one's last words must not be taken for the new one's.
                        await before?.isOver()
                        self.hub.add(camera)
                        await self.live(camera, until: life)
                        life.end()
                    }
                case .stop(let id): lives[id]?.stop()
                }
            }
            group.cancelAll()
        }
        await scheduler.stop()
        hub.close()
    }

    private func begin(_ camera: Camera) {
        if hub.status(of: camera.id) == nil { hub.add(camera) }
        if camera.enabled { post.yield(.start(camera)) }
    }

    private func live(_ camera: Camera, until life: Life) async {
        let told = LastReport()
        let runner = CameraRunner(
            camera: camera, hub: hub, scheduler: scheduler, opener: opener,
            pacing: .realTime(loop: options.loopFiles), targetRate: options.targetRate, makeChain: makeChain,
            options: options.lifeCycle,
            report: { [logger] state, reason in
                Self.log(camera, state, reason, isNews: told.isNews(state, reason), logger)
            })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await runner.run() }
            group.addTask { await life.isStopped() }
            await group.next()
            group.cancelAll()
        }
    }

    /// A camera that goes, comes back or fails for another reason is news; each of its many attempts is not.
    private static func log(_ camera: Camera, _ state: CameraState, _ reason: String?, isNews: Bool, _ logger: Logger) {
        let level: Logger.Level = !isNews ? .debug : state == .backingOff || state == .stalled ? .warning : .info
        var metadata: Logger.Metadata = ["camera": "\(camera.id)", "uri": "\(camera.uri)"]
        if let reason { metadata["reason"] = "\(reason)" }
        logger.log(level: level, "camera \(state.rawValue)", metadata: metadata)
    }

    // MARK: CameraService

    package func create(name: String, uri: SourceURI, enabled: Bool, tracker: String?) async throws -> Camera {
        let camera = Camera(
            id: .make(), name: try Self.validated(name: name), uri: uri, enabled: enabled,
            tracker: try Self.validated(tracker: tracker))
        try check(uri)
        try await store.save(camera)
        begin(camera)
        return camera
    }

    package func update(
        _ id: CameraID, name: String?, uri: SourceURI?, enabled: Bool?, tracker: String?
    ) async throws -> Camera {
        var camera = try await stored(id)
        if let name { camera.name = try Self.validated(name: name) }
        if let uri {
            try check(uri)
            camera.uri = uri
        }
        if let enabled { camera.enabled = enabled }
        if let tracker { camera.tracker = try Self.validated(tracker: tracker) }
        try await store.save(camera)
        guard uri != nil || enabled != nil || tracker != nil else {
            hub.rename(id, to: camera.name)
            return camera
        }
        post.yield(.stop(id))
        hub.remove(id)
        begin(camera)
        return camera
    }

    package func delete(_ id: CameraID) async throws {
        _ = try await stored(id)
        _ = try await store.deleteCamera(id)
        post.yield(.stop(id))
        hub.remove(id)
    }

    private func stored(_ id: CameraID) async throws -> Camera {
        if declared.contains(where: { $0.id == id }) {
            throw StoreError(
                .conflict, "camera \(id) is declared in the configuration", remedy: "change it there and restart")
        }
        guard let camera = try await store.camera(id) else { throw StoreError(.notFound, "there is no camera \(id)") }
        return camera
    }

    private func check(_ uri: SourceURI) throws {
        do {
            _ = try opener.open(uri, pacing: .realTime(loop: options.loopFiles))
        } catch  where error.reason == .badAddress {
            throw error
        } catch {
            // It may come later: a camera that is switched off is no reason to refuse it.
        }
    }

    /// Nil for none, and for the empty name.
    private static func validated(tracker: String?) throws -> String? {
        guard let tracker, !tracker.isEmpty else { return nil }
        guard TrackerKind(rawValue: tracker) != nil else {
            throw StoreError(
                .invalid, "there is no tracker '\(tracker.prefix(40))'", remedy: "known are \(TrackerKind.names)")
        }
        return tracker
    }

    private static func validated(name: String) throws -> String {
        do {
            return try Person.validated(name: name)
        } catch {
            throw StoreError(.invalid, error.reason.replacingOccurrences(of: "a name", with: "a camera's name"))
        }
    }
}

/// The time from a camera's start to its stop.
private final class Life: Sendable {
    private let stopping = AsyncStream.makeStream(of: Never.self)
    private let over = AsyncStream.makeStream(of: Never.self)

    func stop() { stopping.continuation.finish() }
    func end() { over.continuation.finish() }
    func isStopped() async { for await _ in stopping.stream {} }
    func isOver() async { for await _ in over.stream {} }
}

/// What was last said about a camera's state.
private final class LastReport: Sendable {
    private let trouble = Mutex<String?>("")

    /// Whether a state tells something that was not said before: live after trouble, or another reason for trouble.
    func isNews(_ state: CameraState, _ reason: String?) -> Bool {
        trouble.withLock { trouble in
            switch state {
            case .connecting: return false
            case .live, .stopped:
                defer { trouble = nil }
                return trouble != nil || state == .stopped
            case .stalled, .backingOff:
                defer { trouble = reason ?? "" }
                return trouble != reason
            }
        }
    }
}
