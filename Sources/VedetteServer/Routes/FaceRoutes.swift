import Hummingbird
import VedetteCore
import VedettePipeline

/// `/api/v1/people/{id}/faces`: the pictures a person is recognised by.
struct FaceRoutes {
    let dependencies: ServerDependencies
    let enrolment: Enrolment

    func add(to routes: RouterGroup<APIContext>) {
        routes.post("people/:id/faces", use: add)
        routes.delete("people/:id/faces/:face", use: delete)
        routes.get("people/:id/faces/:face/image.jpg", use: image)
    }

    /// From a form with several `image`s, from one picture as the whole body, or from a sighting: `{"sighting"}`. The
    /// answer is 201 when at least one was added, with the reason for each that was not.
    @Sendable private func add(_ request: Request, _ context: APIContext) async throws -> Response {
        let id: PersonID = try context.identifier("id")
        let content = try RequestContent(
            request, accepted: "application/json, multipart/form-data, image/jpeg, image/png or image/webp")
        _ = try await enrolment.person(id)
        let results: [EnrolmentResultMessage]
        switch content {
        case .json:
            let sighting = try await request.jsonBody(FaceOfSighting.self).sighting
            let sample = try await dependencies.people.addFace(from: sighting, to: id)
            results = [EnrolmentResultMessage(index: 0, filename: sample.source, face: FaceMessage(sample))]
        case .form(let boundary):
            let form = try await MultipartForm(request, boundary: boundary, fields: [], limit: enrolment.bodyLimit)
            guard !form.pictures.isEmpty else { throw Problem(.invalidValue, "the form has no 'image'") }
            results = try await enrolment.add(form.pictures, to: id)
        case .image:
            let bytes = try await request.bytes(limit: enrolment.bodyLimit)
            let picture = MultipartForm.Picture(filename: "upload", bytes: Array(bytes.readableBytesView))
            results = try await enrolment.add([picture], to: id)
        }
        let person = try await enrolment.person(id)
        return try .json(EnrolmentMessage(person: PersonMessage(person), results: results), status: .created)
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> Response {
        let person = try await enrolment.person(try context.identifier("id"))
        try await dependencies.people.deleteFace(try context.identifier("face"), of: person.id)
        return Response(status: .noContent)
    }

    @Sendable private func image(_ request: Request, _ context: APIContext) async throws -> Response {
        let person: PersonID = try context.identifier("id")
        let face: SampleID = try context.identifier("face")
        // The picture of a face is found by its id alone: it must belong to the person in the path.
        guard try await dependencies.people.samples(of: person).contains(where: { $0.id == face }),
            let jpeg = try await dependencies.store.sampleImage(face)
        else { throw Problem(.notFound, "person '\(person)' has no face '\(face)'") }
        return .jpeg(jpeg)
    }
}
