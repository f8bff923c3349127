import Foundation
import Glibc
import ServiceLifecycle
import Testing

@testable import VedetteServer

extension Harness {
    /// Runs the server while `body` talks to its port, then shuts the group down and waits for its end.
    func serve(_ body: (Int) async throws -> Void) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let service = try service { _, bound in port.yield(bound) }
        let group = ServiceGroup(services: [service], logger: Harness.quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { port.finish() }
                try await group.run()
            }
            var iterator = ports.makeAsyncIterator()
            guard let bound = await iterator.next() else {
                try await tasks.waitForAll()
                throw ServerError(.failed, "the server ended before it listened")
            }
            do {
                try await body(bound)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

func eventually(_ condition: () -> Bool) async throws {
    for _ in 0..<500 {
        if condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("it did not happen within five seconds")
}

/// A plain socket: what goes over the wire, read at the test's own pace.
final class Connection {
    struct Closed: Error {}

    private var socket: Int32

    /// - Parameter receiveBuffer: bytes the kernel takes while the test does not read.
    init(port: Int, receiveBuffer: Int32? = nil) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Closed() }
        _ = fcntl(socket, F_SETFL, O_NONBLOCK)
    }

    deinit { close() }

    func close() {
        guard socket >= 0 else { return }
        Glibc.close(socket)
        socket = -1
    }

    func request(_ method: String, _ path: String, host: String = "localhost") throws {
        try send("\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
    }

    func send(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                return
            } else {
                throw Closed()
            }
        }
    }

    /// What has arrived; empty when nothing has.
    func readAvailable() throws -> String {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(socket, &buffer, buffer.count, 0)
        if count > 0 { return String(decoding: buffer[..<count].filter { $0 != 0 }, as: UTF8.self) }
        guard count < 0, errno == EAGAIN else { throw Closed() }
        return ""
    }

    /// Reads until `text` has come; gives up after ten seconds.
    func read(until text: String) async throws -> String {
        var read = ""
        let end = ContinuousClock.now + .seconds(10)
        while !read.contains(text) {
            let more = try readAvailable()
            read += more
            if more.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            guard ContinuousClock.now < end else {
                Issue.record("'\(text)' did not come; got '\(read.suffix(300))'")
                throw Closed()
            }
        }
        return read
    }
}
