import HTTPTypes
import Hummingbird
import VedetteCore
import VedettePipeline

/// `/api/v1/events`: what happens, as it happens.
struct EventRoutes {
    let events: EventHub
    let hub: LiveHub
    let limit: ViewerLimit

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("events", use: stream)
    }

    /// From now on, or from behind the event that `Last-Event-ID` or `after` names.
    @Sendable private func stream(_ request: Request, _ context: APIContext) async throws -> Response {
        let query = try QueryParameters(request, allowed: ["after"])
        var last: UInt64?
        // The header is what a browser sends when it comes back: it is newer than the address.
        if let text = request.headers[.lastEventID] ?? query.text("after") {
            guard let id = UInt64(text) else {
                throw Problem(
                    .invalidQuery, "'\(text.prefix(40))' is not the id of an event",
                    remedy: "send the last 'id:' of the stream, or nothing")
            }
            last = id
        }
        guard let place = limit.place(at: nil) else {
            throw Problem(.tooManyViewers, "as many as are allowed listen to events already")
        }
        return EventStream(
            events: events.events(after: last), place: place, cameraName: { hub.status(of: $0)?.camera.name }
        ).response(to: request, context: context)
    }
}

extension HTTPField.Name {
    fileprivate static var lastEventID: Self { HTTPField.Name("Last-Event-ID")! }
}
