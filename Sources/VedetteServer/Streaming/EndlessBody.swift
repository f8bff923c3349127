import Hummingbird
import NIOCore
import ServiceLifecycle

extension ResponseBody {
    /// How long a client may take to read the end of the stream when the server stops.
    private static var patience: TimeAmount { .milliseconds(300) }

    /// A body that goes on until the client is gone or the server stops. A client that does not read cannot delay the
    /// stop.
    ///
    /// - Parameter send: writes the stream. It is cancelled when the client is gone, and ends by itself at graceful
    ///   shutdown.
    static func endless(
        to request: Request, _ context: APIContext,
        send: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> ResponseBody {
        ResponseBody { writer in
            try await withGracefulShutdownHandler {
                // Reading the request tells that the client left, even while there is nothing to send.
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await send(&writer)
                }
            } onGracefulShutdown: {
                let channel = context.channel
                channel.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
            }
            try await writer.finish(nil)
        }
    }
}
