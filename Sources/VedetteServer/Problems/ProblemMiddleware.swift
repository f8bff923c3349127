import Hummingbird
import Logging
import NIOCore

/// Turns every error into a ``Problem``, tells "no such path" from "not with this method", and ends the connection of a
/// client whose body nobody will read.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = APIContext

    let routes: RouteTable

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch is CancellationError {
            // The client is gone or the server stops: nobody reads an answer.
            throw CancellationError()
        } catch {
            let problem = explain(error, request: request, context: context)
            var response = problem.response()
            if problem.status.kind == .serverError, problem.status != .serviceUnavailable {
                context.logger.error(
                    "request failed",
                    metadata: ["route": "\(context.endpointPath ?? "-")", "error": "\(String(describing: error))"])
            }
            if request.mayHaveUnreadBody { endConnection(after: &response, context: context) }
            if request.method == .head { response = response.createHeadResponse() }
            return response
        }
    }

    private func explain(_ error: any Error, request: Request, context: APIContext) -> Problem {
        guard context.endpointPath == RouteTable.notFound, (error as? HTTPError)?.status == .notFound else {
            return Problem(error)
        }
        let allowed = routes.methods(for: request.uri.path)
        guard !allowed.isEmpty else { return Problem(.notFound, "there is nothing at \(request.shownPath)") }
        let list = allowed.map(\.rawValue).joined(separator: ", ")
        var problem = Problem(
            .methodNotAllowed, "\(request.shownPath) does not take \(request.method.rawValue.prefix(20))",
            remedy: "use one of \(list)")
        problem.headers[.allow] = list
        return problem
    }

    /// Hummingbird reads a body to its end before it takes the next request. A client that sends one we refused may
    /// send for ever, so its connection is closed: after a moment, so that the answer is not lost in the reset.
    private func endConnection(after response: inout Response, context: APIContext) {
        response.headers[.connection] = "close"
        let body = response.body
        let channel = context.channel
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
        }
    }
}

extension Request {
    /// Whether a body was announced that is too long to be in memory already.
    fileprivate var mayHaveUnreadBody: Bool {
        if headers[.transferEncoding] != nil { return true }
        return headers[.contentLength].flatMap(Int.init).map { $0 > 64 << 10 } ?? false
    }

    /// The path for a message: short, whatever was asked for.
    fileprivate var shownPath: String { "'\(uri.path.prefix(200))'" }
}
