import Hummingbird
import Synchronization

/// Which paths exist with which methods: for the answer to a request that matched no route.
///
/// Made before the router, whose middleware needs it, and filled once the routes are known.
final class RouteTable: Sendable {
    /// What Hummingbird calls the route of a request that matched none.
    static let notFound = "NotFound"

    private struct Route {
        /// Nil stands for any one component.
        var components: [Substring?]
        var method: HTTPRequest.Method
    }

    private let routes = Mutex<[Route]>([])

    func fill(from router: Router<APIContext>) {
        let known = router.routes.map { route in
            Route(
                components: route.path.description.split(separator: "/").map { $0.first == "{" ? nil : $0 },
                method: route.method)
        }
        routes.withLock { $0 = known }
    }

    /// Empty for a path that does not exist.
    func methods(for path: String) -> [HTTPRequest.Method] {
        let asked = path.split(separator: "/")
        let found = routes.withLock { $0 }.filter { route in
            route.components.count == asked.count && zip(route.components, asked).allSatisfy { $0 == nil || $0 == $1 }
        }
        var methods = Set(found.map(\.method))
        if methods.contains(.get) { methods.insert(.head) }
        return methods.sorted { $0.rawValue < $1.rawValue }
    }
}
