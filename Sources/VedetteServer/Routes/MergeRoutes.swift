import Hummingbird
import VedetteCore
import VedettePipeline

/// `/api/v1/people/{id}/merge`, `/merges` and `/split`: two people become one, and two again.
struct MergeRoutes {
    let dependencies: ServerDependencies
    let enrolment: Enrolment

    func add(to routes: RouterGroup<APIContext>) {
        routes.post("people/:id/merge", use: merge)
        routes.get("people/:id/merges", use: list)
        routes.post("people/:id/split", use: split)
    }

    /// The answer names the merge, to undo it.
    @Sendable private func merge(_ request: Request, _ context: APIContext) async throws -> Response {
        let target: PersonID = try context.identifier("id")
        let source = try await request.json(MergeSource.self).source
        guard source != target else { throw Problem(.invalidValue, "a person cannot be merged with themselves") }
        _ = try await dependencies.people.merge(source, into: target)
        var message = try await enrolment.message(target)
        message.merge = try await dependencies.store.merges(into: target).first { $0.source == source }?.id
        return try .json(message)
    }

    /// Those that can still be undone, newest first.
    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        _ = try QueryParameters(request, allowed: [])
        let person = try await enrolment.person(try context.identifier("id"))
        let merges = try await dependencies.store.merges(into: person.id)
        return try .json(ListMessage(items: merges.map(MergeMessage.init), next: nil))
    }

    /// The answer is the person who is there again.
    @Sendable private func split(_ request: Request, _ context: APIContext) async throws -> Response {
        let person = try await enrolment.person(try context.identifier("id"))
        let merge = try await request.json(MergeToUndo.self).merge
        let restored = try await dependencies.people.split(merge, of: person.id)
        return try .json(
            try await enrolment.message(restored.id), status: .created, location: "/api/v1/people/\(restored.id)")
    }
}
