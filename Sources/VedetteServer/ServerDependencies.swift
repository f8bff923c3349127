package import VedetteCore
package import VedettePipeline

/// What the server shows and changes. It holds no state of its own.
package struct ServerDependencies: Sendable {
    package var hub: LiveHub
    package var people: PeopleService
    package var cameras: any CameraService
    package var store: any Store
    package var events: EventHub
    package var explanations: ExplanationBook
    package var metrics: PrometheusRegistry
    package var status: @Sendable () -> RuntimeStatus
    package var readiness: @Sendable () async -> Readiness

    package init(
        hub: LiveHub, people: PeopleService, cameras: any CameraService, store: any Store, metrics: PrometheusRegistry,
        events: EventHub = EventHub(), explanations: ExplanationBook = ExplanationBook(),
        status: @escaping @Sendable () -> RuntimeStatus, readiness: @escaping @Sendable () async -> Readiness
    ) {
        self.hub = hub
        self.people = people
        self.cameras = cameras
        self.store = store
        self.events = events
        self.explanations = explanations
        self.metrics = metrics
        self.status = status
        self.readiness = readiness
    }
}

/// Whether the process can do its work at this moment.
package enum Readiness: Sendable, Hashable {
    case ready
    /// With what is missing, in words for a person.
    case notReady(String)
}
