import Glibc
import Testing
import VedetteCore

@testable import VedetteMedia

@Suite struct ReachabilityTests {
    /// A listening socket on the loopback, closed at the end.
    private final class Listener {
        let socket: Int32
        let port: UInt16

        init() {
            let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            self.socket = socket
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = bind(socket, $0, length)
                    _ = listen(socket, 1)
                    _ = getsockname(socket, $0, &length)
                }
            }
            port = UInt16(bigEndian: address.sin_port)
        }

        deinit { close(socket) }
    }

    @Test func aListeningPortIsReachableAndAClosedOneIsNot() async throws {
        let listener = Listener()
        let there = try SourceAddress(SourceURI("rtsp://127.0.0.1:\(listener.port)/x"))
        #expect(await there.isReachable())
        #expect(try await SourceAddress(SourceURI("rtsp://127.0.0.1:1/x")).isReachable() == false)
        #expect(try await SourceAddress(SourceURI("http://no-such-host.invalid/x")).isReachable() == false)
    }

    @Test func filesAreReachableWhenTheyExist() async throws {
        let folder = try TemporaryFolder()
        #expect(try await SourceAddress(SourceURI(folder.path)).isReachable())
        #expect(try await SourceAddress(SourceURI(folder.file("none.mp4"))).isReachable() == false)
        #expect(try await SourceAddress(SourceURI("test:")).isReachable())
    }
}
