import Glibc
import VedetteCore

/// Finds out why a server cannot be connected to, which the media library does not tell.
enum Reachability: Sendable {
    case connects, unknownHost, refused, silent
    /// What the system says, such as "No route to host".
    case unreachable(String)

    /// Looks the host up and connects once. Blocks, for at most about `seconds` after the look-up.
    static func check(host: String, port: UInt16, seconds: Double) -> Reachability {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let first = list else { return .unknownHost }
        defer { freeaddrinfo(list) }
        let deadline = Clock.monotonic() + Int64(seconds * 1e9)
        var result = Reachability.silent
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let address = next?.pointee {
            result = connect(to: address, deadline: deadline)
            if case .connects = result { return result }
            next = address.ai_next
        }
        return result
    }

    private static func connect(to address: addrinfo, deadline: Int64) -> Reachability {
        let type = address.ai_socktype | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let socket = socket(address.ai_family, type, address.ai_protocol)
        guard socket >= 0 else { return .unreachable(String(cString: strerror(errno))) }
        defer { close(socket) }
        if Glibc.connect(socket, address.ai_addr, address.ai_addrlen) == 0 { return .connects }
        guard errno == EINPROGRESS else { return reading(errno) }
        var waiting = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        let milliseconds = max(0, (deadline - Clock.monotonic()) / 1_000_000)
        guard poll(&waiting, 1, Int32(milliseconds)) > 0 else { return .silent }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size)
        return code == 0 ? .connects : reading(code)
    }

    private static func reading(_ code: Int32) -> Reachability {
        switch code {
        case ECONNREFUSED: .refused
        case ETIMEDOUT: .silent
        default: .unreachable(String(cString: strerror(code)))
        }
    }
}

extension SourceAddress {
    /// Whether something answers: a TCP port accepts, a file or device exists. Takes at most half a second.
    ///
    /// - Returns: true where that cannot be told, such as when the name service is slow.
    package func isReachable() async -> Bool {
        switch self {
        case .rtsp(let network), .http(let network):
            let reached = await OffPool.run(atMost: .milliseconds(500)) {
                Reachability.check(host: network.host, port: network.port, seconds: 0.4)
            }
            switch reached {
            case .connects, nil: return true
            case .unknownHost, .refused, .silent, .unreachable: return false
            }
        case .file(let path), .device(let path), .pictures(let path): return access(path, F_OK) == 0
        case .test, .demo: return true
        }
    }
}
