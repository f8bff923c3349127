import Hummingbird
import NIOCore
import ServiceLifecycle
import VedetteCore
import VedettePipeline

/// What happens, as server-sent events: `EventSource` in every browser, `curl -N` in a shell.
///
/// A client that comes back names the last event it has, and gets what came after. One that does not keep up is ended
/// by the hub, and comes back in the same way. Ends when the client is gone or the server stops.
struct EventStream: Sendable {
    /// Proxies and clients give up connections on which nothing comes for half a minute or more.
    private static let heartbeatPeriod = Duration.seconds(15)

    private enum Step: Sendable {
        case event(LiveEvent?)
        case heartbeat
        case shutdown
    }

    let events: AsyncStream<LiveEvent>
    /// Held as long as the stream lasts.
    let place: ViewerLimit.Place
    let cameraName: @Sendable (CameraID) -> String?

    func response(to request: Request, context: APIContext) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: .endless(to: request, context) { writer in
                // At once, so that the client sees that it is connected.
                try await writer.write(ByteBuffer(string: ServerSentEvent.heartbeat))
                try await send(to: &writer)
            })
    }

    /// One event is asked for at a time, and the next when the connection has taken it: what waits, waits in the hub.
    private func send(to writer: inout any ResponseBodyWriter) async throws {
        try await withThrowingTaskGroup(of: Step.self) { steps in
            defer { steps.cancelAll() }
            steps.addTask {
                try await gracefulShutdown()
                return .shutdown
            }
            addHeartbeat(to: &steps)
            addEvent(to: &steps)
            while let step = try await steps.next() {
                switch step {
                case .event(let event?):
                    try await writer.write(
                        ByteBuffer(string: try ServerSentEvent.text(event, cameraName: cameraName)))
                    addEvent(to: &steps)
                case .heartbeat:
                    try await writer.write(ByteBuffer(string: ServerSentEvent.heartbeat))
                    addHeartbeat(to: &steps)
                case .event(nil), .shutdown: return
                }
            }
        }
    }

    private func addEvent(to steps: inout ThrowingTaskGroup<Step, any Error>) {
        steps.addTask { [events] in
            var iterator = events.makeAsyncIterator()
            return .event(await iterator.next())
        }
    }

    private func addHeartbeat(to steps: inout ThrowingTaskGroup<Step, any Error>) {
        steps.addTask {
            try await Task.sleep(for: Self.heartbeatPeriod)
            return .heartbeat
        }
    }
}
