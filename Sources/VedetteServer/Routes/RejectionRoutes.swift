import Hummingbird
import VedetteCore
import VedettePipeline

/// `/api/v1/sightings/{id}/reject` and `/people/{id}/rejections`: "this is not X".
struct RejectionRoutes {
    let dependencies: ServerDependencies
    let enrolment: Enrolment

    func add(to routes: RouterGroup<APIContext>) {
        routes.post("sightings/:id/reject", use: reject)
        routes.get("people/:id/rejections", use: list)
        routes.delete("people/:id/rejections/:rejection", use: delete)
    }

    @Sendable private func reject(_ request: Request, _ context: APIContext) async throws -> Response {
        let sighting: SightingID = try context.identifier("id")
        let person = try await request.json(FaceToReject.self).person
        let rejection = try await dependencies.people.reject(sighting, as: person)
        return try .json(RejectionMessage(rejection), status: .created)
    }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        _ = try QueryParameters(request, allowed: [])
        let person = try await enrolment.person(try context.identifier("id"))
        let rejections = try await dependencies.store.rejections(of: person.id)
        return try .json(ListMessage(items: rejections.map(RejectionMessage.init), next: nil))
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> Response {
        let person = try await enrolment.person(try context.identifier("id"))
        try await dependencies.people.deleteRejection(try context.identifier("rejection"), of: person.id)
        return Response(status: .noContent)
    }
}
