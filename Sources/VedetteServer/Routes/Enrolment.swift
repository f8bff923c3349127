import VedetteCore
import VedettePipeline

/// Adds pictures to people, one after the other, and tells what became of each.
struct Enrolment: Sendable {
    let people: PeopleService
    /// Of a request with pictures, in bytes.
    let bodyLimit: Int

    /// - Throws: ``Problem`` 404.
    func person(_ id: PersonID) async throws -> Person {
        guard let person = try await people.store.person(id) else {
            throw Problem(.notFound, "there is no person '\(id)'")
        }
        return person
    }

    /// The person with their samples.
    ///
    /// - Throws: ``Problem`` 404.
    func message(_ id: PersonID) async throws -> PersonMessage {
        PersonMessage(try await person(id), faces: try await people.samples(of: id))
    }

    /// - Returns: a result for each picture, in their order.
    /// - Throws: ``Problem`` `enrolment-refused` with all results when none of one or more pictures could be used, and
    ///   the error of the store or a model, which is nothing the next picture would not meet too.
    func add(_ pictures: [MultipartForm.Picture], to person: PersonID) async throws -> [EnrolmentResultMessage] {
        var results: [EnrolmentResultMessage] = []
        for (index, picture) in pictures.enumerated() {
            var result = EnrolmentResultMessage(index: index, filename: picture.filename)
            do {
                try Self.checkType(of: picture)
                let sample = try await people.addFace(photo: picture.bytes, source: picture.filename, to: person)
                result.face = FaceMessage(sample)
            } catch let refusal as EnrolmentRefusal {
                result.error = .init(code: refusal.code, message: refusal.message, remedy: refusal.remedy)
            } catch let problem as Problem {
                result.error = .init(code: problem.kind.rawValue, message: problem.detail, remedy: problem.remedy)
            } catch {
                // What was added before holds.
                try? await people.refresh()
                throw error
            }
            results.append(result)
        }
        if results.contains(where: { $0.face != nil }) { try await people.refresh() }
        guard results.isEmpty || results.contains(where: { $0.face != nil }) else { throw Self.refusal(results) }
        return results
    }

    private static func refusal(_ results: [EnrolmentResultMessage]) -> Problem {
        guard results.count == 1, let error = results[0].error else {
            return Problem(.enrolmentRefused, "none of the \(results.count) pictures could be used", results: results)
        }
        return Problem(.enrolmentRefused, error.message, remedy: error.remedy, code: error.code, results: results)
    }

    /// Browsers leave out the type of a file they do not know: then the bytes decide.
    private static func checkType(of picture: MultipartForm.Picture) throws {
        guard let type = picture.contentType, type != "application/octet-stream" else { return }
        guard RequestContent.imageTypes.contains(type) else {
            throw Problem(
                .unsupportedMediaType, "'\(type.prefix(80))' is not a picture that can be read",
                remedy: "use JPEG, PNG or WebP")
        }
    }
}
