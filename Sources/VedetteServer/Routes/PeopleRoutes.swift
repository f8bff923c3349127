import Hummingbird
import VedetteCore
import VedettePipeline

/// `/api/v1/people`: who is enrolled. Every change is in force for recognition when the answer is sent.
struct PeopleRoutes {
    let dependencies: ServerDependencies
    let enrolment: Enrolment

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("people", use: list)
        routes.post("people", use: create)
        routes.get("people/:id", use: show)
        routes.patch("people/:id", use: rename)
        routes.delete("people/:id", use: delete)
        routes.get("people/:id/last-seen", use: lastSeen)
    }

    /// By name. `search` matches anywhere in it; `include=faces` adds each one's samples; `kind` is `named` when
    /// absent.
    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        let query = try QueryParameters(request, allowed: ["search", "kind", "cursor", "limit", "include"])
        let withFaces = try query.includes("faces")
        let page = try await dependencies.store.people(
            search: query.text("search"), kind: try query.choice("kind") ?? .named, page: try query.page())
        var messages: [PersonMessage] = []
        for person in page.items {
            messages.append(
                PersonMessage(person, faces: withFaces ? try await dependencies.people.samples(of: person.id) : nil))
        }
        return try .json(ListMessage(items: messages, next: page.next))
    }

    /// From JSON `{"name", "sighting"?}`, or from a form with `name` and any number of `image`s. A person is made when
    /// there were no pictures or at least one could be used; the answer tells what became of each.
    @Sendable private func create(_ request: Request, _ context: APIContext) async throws -> Response {
        switch try RequestContent(request, accepted: "application/json or multipart/form-data") {
        case .json: return try await create(try await request.jsonBody(NewPerson.self))
        case .form(let boundary):
            let form = try await MultipartForm(
                request, boundary: boundary, fields: ["name"], limit: enrolment.bodyLimit)
            guard let name = form.texts["name"] else { throw Problem(.invalidValue, "'name' is missing") }
            let person = try await dependencies.people.create(name: name)
            return try await undoing(person) {
                let results = try await enrolment.add(form.pictures, to: person.id)
                return try await created(person.id, results: form.pictures.isEmpty ? nil : results)
            }
        case .image:
            throw Problem(
                .unsupportedMediaType, "a picture alone has no name",
                remedy: "send multipart/form-data with 'name' and 'image'")
        }
    }

    private func create(_ body: NewPerson) async throws -> Response {
        let person = try await dependencies.people.create(name: body.name)
        guard let sighting = body.sighting else { return try await created(person.id) }
        return try await undoing(person) {
            _ = try await dependencies.people.addFace(from: sighting, to: person.id)
            return try await created(person.id)
        }
    }

    /// Takes the person back when what was to come with them could not be added.
    private func undoing(_ person: Person, _ work: () async throws -> Response) async throws -> Response {
        do {
            return try await work()
        } catch {
            _ = try? await dependencies.people.delete(person.id)
            throw error
        }
    }

    private func created(_ id: PersonID, results: [EnrolmentResultMessage]? = nil) async throws -> Response {
        try .json(try await message(id, results: results), status: .created, location: "/api/v1/people/\(id)")
    }

    @Sendable private func show(_ request: Request, _ context: APIContext) async throws -> Response {
        try .json(try await message(try context.identifier("id")))
    }

    /// Names an anonymous person as well.
    @Sendable private func rename(_ request: Request, _ context: APIContext) async throws -> Response {
        let id: PersonID = try context.identifier("id")
        let change = try await request.json(PersonChange.self)
        _ = try await dependencies.people.rename(id, to: change.name)
        return try .json(try await message(id))
    }

    /// The answer tells what was erased with the person.
    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> Response {
        try .json(try await dependencies.people.delete(try context.identifier("id")))
    }

    @Sendable private func lastSeen(_ request: Request, _ context: APIContext) async throws -> Response {
        let person = try await enrolment.person(try context.identifier("id"))
        let entry = try await dependencies.store.lastSighting(of: person.id)
        let names = CameraNames(dependencies)
        var sighting: SightingMessage?
        if let entry { sighting = try await names.message(entry) }
        return try .json(LastSeenMessage(person: PersonMessage(person), sighting: sighting))
    }

    private func message(_ id: PersonID, results: [EnrolmentResultMessage]? = nil) async throws -> PersonMessage {
        var message = try await enrolment.message(id)
        message.results = results
        return message
    }
}
