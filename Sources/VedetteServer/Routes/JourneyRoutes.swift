import Hummingbird
import VedetteCore
import VedettePipeline

/// `/api/v1/people/{id}/journey`: where a person was, camera after camera.
struct JourneyRoutes {
    /// Seconds out of sight that do not end a stop, when the request names none.
    private static let gap = 60.0

    let dependencies: ServerDependencies
    let enrolment: Enrolment

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("people/:id/journey", use: journey)
    }

    /// In order of time. `from` and `to` are as for sightings; `gap` is in seconds, a day at most; of more than `limit`
    /// stops the latest are told.
    @Sendable private func journey(_ request: Request, _ context: APIContext) async throws -> Response {
        let query = try QueryParameters(request, allowed: ["from", "to", "gap", "limit"])
        let person = try await enrolment.person(try context.identifier("id"))
        let stops = try await dependencies.store.journey(
            of: person.id, from: try query.date("from"), to: try query.date("to"),
            gap: try gap(query), limit: try query.page().limit)
        let cameras = CameraNames(dependencies)
        var names: [CameraID: String] = [:]
        for camera in Set(stops.map(\.camera)) { names[camera] = try await cameras.name(of: camera) }
        return try .json(JourneyMessage(person, stops, names: names))
    }

    private func gap(_ query: QueryParameters) throws -> Double {
        guard let gap = try query.number("gap") else { return Self.gap }
        guard JourneyStops.gaps.contains(gap) else {
            throw Problem(.invalidQuery, "'gap' must be at most \(Int(JourneyStops.gaps.upperBound)) seconds, a day")
        }
        return gap
    }
}
