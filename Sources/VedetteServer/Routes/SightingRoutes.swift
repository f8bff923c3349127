import Hummingbird
import VedetteCore
import VedettePipeline

/// `/api/v1/sightings`: the log of who was seen.
struct SightingRoutes {
    let dependencies: ServerDependencies

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("sightings", use: list)
        routes.get("sightings/:id", use: show)
        routes.patch("sightings/:id", use: assign)
        routes.get("sightings/:id/face.jpg", use: face)
    }

    /// Newest first. `person`, `camera`, `from` (last seen at or after), `to` (first seen before) and `known` narrow it
    /// down.
    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        let query = try QueryParameters(
            request, allowed: ["person", "camera", "from", "to", "known", "cursor", "limit"])
        let filter = SightingFilter(
            person: try query.identifier("person"), camera: try query.identifier("camera"),
            from: try query.date("from"),
            to: try query.date("to"), known: try query.flag("known"))
        let page = try await dependencies.store.sightings(filter, page: try query.page())
        let names = CameraNames(dependencies)
        var messages: [SightingMessage] = []
        messages.reserveCapacity(page.items.count)
        for entry in page.items { messages.append(try await names.message(entry)) }
        return try .json(ListMessage(items: messages, next: page.next))
    }

    @Sendable private func show(_ request: Request, _ context: APIContext) async throws -> Response {
        let id: SightingID = try context.identifier("id")
        guard let entry = try await dependencies.store.sighting(id) else {
            throw Problem(.notFound, "there is no sighting '\(id)'")
        }
        return try .json(try await CameraNames(dependencies).message(entry))
    }

    /// Says who it is, for good. No sample is made of its face.
    @Sendable private func assign(_ request: Request, _ context: APIContext) async throws -> Response {
        let id: SightingID = try context.identifier("id")
        let person = try await request.json(SightingChange.self).person
        let entry = try await dependencies.people.assign(id, to: person)
        return try .json(try await CameraNames(dependencies).message(entry))
    }

    @Sendable private func face(_ request: Request, _ context: APIContext) async throws -> Response {
        let id: SightingID = try context.identifier("id")
        guard let jpeg = try await dependencies.store.sightingImage(id) else {
            throw Problem(.notFound, "there is no picture of a sighting '\(id)'")
        }
        return .jpeg(jpeg)
    }
}
