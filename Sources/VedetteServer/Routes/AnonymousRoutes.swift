import Hummingbird
import VedetteCore
import VedettePipeline

/// `/api/v1/anonymous`: people who have no name yet. `PATCH /people/{id}` gives them one.
struct AnonymousRoutes {
    let dependencies: ServerDependencies

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("anonymous", use: list)
    }

    /// Those with the most sightings first.
    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        let query = try QueryParameters(request, allowed: ["cursor", "limit"])
        let page = try await dependencies.store.anonymousPeople(page: try query.page())
        return try .json(ListMessage(items: page.items.map(AnonymousMessage.init), next: page.next))
    }
}
