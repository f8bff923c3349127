import Hummingbird
import VedetteCore
import VedettePipeline

/// `/api/v1/tracks/{sighting}/explain`: why a face was or was not recognised.
struct ExplanationRoutes {
    let explanations: ExplanationBook

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("tracks/:id/explain", use: explain)
    }

    @Sendable private func explain(_ request: Request, _ context: APIContext) async throws -> Response {
        _ = try QueryParameters(request, allowed: [])
        let id: SightingID = try context.identifier("id")
        guard let explanation = explanations.explanation(of: id) else {
            throw Problem(
                .notFound, "nothing is known of how '\(id)' was decided",
                remedy: "explanations are kept in memory for live tracks and the latest that ended; "
                    + "the id is that of the track's sighting")
        }
        return try .json(ExplanationMessage(explanation))
    }
}
