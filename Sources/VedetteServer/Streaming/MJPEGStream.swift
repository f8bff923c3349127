import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import VedetteCore
import VedettePipeline

/// A camera's pictures as `multipart/x-mixed-replace`: what every browser shows in an `<img>`.
///
/// A slow client gets fewer pictures and never old ones. Three things hold pictures back on their way: the hub keeps
/// one for each viewer and replaces it; here a picture is taken only when the connection can take it; and the kernel is
/// told to keep little unsent.
///
/// Ends when the client is gone, the camera is removed or the server stops. A client that does not read cannot delay
/// the stop.
struct MJPEGStream: Sendable {
    private static let boundary = "frame"
    /// What the kernel may hold unsent, in bytes: less than one picture.
    private static let unsentLimit: SocketOptionValue = 32 << 10

    let pictures: AsyncStream<EncodedFrame>
    let place: ViewerLimit.Place

    func response(to request: Request, context: APIContext) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "multipart/x-mixed-replace; boundary=\(Self.boundary)", .cacheControl: "no-store",
                .pragma: "no-cache",
            ],
            body: .endless(to: request, context) { writer in
                keepLittleUnsent(in: context.channel)
                try await send(to: &writer)
            })
    }

    private func send(to writer: inout any ResponseBodyWriter) async throws {
        // A browser shows a picture when it sees the boundary behind it. So each part ends with the boundary of the
        // next.
        try await writer.write(ByteBuffer(string: "--\(Self.boundary)\r\n"))
        var newest: Int64 = .min
        let pictures = pictures.cancelOnGracefulShutdown()
        var iterator = pictures.makeAsyncIterator()
        while true {
            // Waits until the connection can take more: only then is the newest picture chosen.
            try await writer.write(ByteBuffer())
            guard let picture = await iterator.next() else { return }
            guard picture.captureTime.monotonic > newest else { continue }
            newest = picture.captureTime.monotonic
            try await writer.write(Self.part(picture))
        }
    }

    /// One copy of the picture, in the buffer that goes to the socket.
    static func part(_ picture: EncodedFrame) -> ByteBuffer {
        var part = ByteBufferAllocator().buffer(capacity: picture.jpeg.count + 160)
        part.writeString("Content-Type: image/jpeg\r\nContent-Length: \(picture.jpeg.count)\r\n")
        part.writeString("X-Timestamp: \(timestamp(picture.captureTime))\r\n\r\n")
        part.writeBytes(picture.jpeg)
        part.writeString("\r\n--\(boundary)\r\n")
        return part
    }

    /// Seconds since 1970 with microseconds.
    static func timestamp(_ time: CaptureTime) -> String {
        let micro = String(time.wall / 1000 % 1_000_000)
        return "\(time.wall / 1_000_000_000)." + String(repeating: "0", count: 6 - micro.count) + micro
    }

    /// TCP_NOTSENT_LOWAT (tcp(7)): without it Linux grows the socket's buffer to megabytes, tens of old pictures. A
    /// channel that has no such option keeps what it has.
    private func keepLittleUnsent(in channel: any Channel) {
        let option = ChannelOptions.Types.SocketOption(level: .tcp, name: NIOBSDSocket.Option(rawValue: 25))
        channel.setOption(option, value: Self.unsentLimit).whenFailure { _ in }
    }
}

extension HTTPField.Name {
    fileprivate static var pragma: Self { HTTPField.Name("Pragma")! }
}
