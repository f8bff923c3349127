import HTTPTypes
import Hummingbird

/// Headers that keep a browser from doing with our answers what they are not for.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = APIContext

    /// The console loads nothing from elsewhere and has no inline script or style. `blob:` is for pictures that it
    /// fetched itself or that the user is about to upload.
    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; \
        manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.contentSecurityPolicy] = Self.policy
        response.headers[.xContentTypeOptions] = "nosniff"
        for (name, value) in Self.fixed { response.headers[name] = value }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }

    private static let fixed: [(HTTPField.Name, String)] = [
        (HTTPField.Name("X-Frame-Options")!, "DENY"),
        (HTTPField.Name("Referrer-Policy")!, "no-referrer"),
        // No page elsewhere may show a camera's picture in itself.
        (HTTPField.Name("Cross-Origin-Resource-Policy")!, "same-origin"),
        (HTTPField.Name("Cross-Origin-Opener-Policy")!, "same-origin"),
        (HTTPField.Name("Permissions-Policy")!, "geolocation=(), microphone=()"),
    ]
}
