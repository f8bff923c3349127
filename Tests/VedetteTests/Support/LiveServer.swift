import Foundation
import Synchronization
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A running `vedette serve`, asked over HTTP as a client asks.
struct LiveServer {
    let process: Program.Running
    /// Without a slash at the end.
    let base: String

    /// Starts a server on a free port and waits until it listens.
    init(_ arguments: [String], data: String, environment: [String: String] = [:]) async throws {
        let process = try Program.start(["serve", "--port", "0", "--data", data] + arguments, environment: environment)
        let isReady = await eventually { process.errors.contains("open http://") || !process.isRunning }
        let address = process.errors.split(whereSeparator: \.isWhitespace)
            .first { $0.hasPrefix("http://127.0.0.1:") && !$0.hasSuffix(":0") }
        guard isReady, process.isRunning, let address else {
            process.send(SIGKILL)
            throw Failure(errors: process.errors)
        }
        self.process = process
        base = String(address)
    }

    struct Failure: Error {
        var errors: String
    }

    func get(_ path: String) async throws -> (status: Int, body: [String: Any]) {
        try await send("GET", path, nil)
    }

    /// - Parameter path: behind `/api/v1/`.
    func send(
        _ method: String, _ path: String, _ json: [String: Any]?
    ) async throws -> (status: Int, body: [String: Any]) {
        var request = URLRequest(url: try #require(URL(string: base + "/api/v1/" + path)))
        request.httpMethod = method
        if let json {
            request.httpBody = try JSONSerialization.data(withJSONObject: json)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        let body = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, body)
    }

    func items(_ path: String) async throws -> [[String: Any]] {
        let (status, body) = try await get(path)
        return try #require(body["items"] as? [[String: Any]], "\(path): \(status) \(body)")
    }

    /// Stops in good order.
    func stop() async -> Program.Result {
        process.send(SIGTERM)
        return await process.finish()
    }
}

/// Listens to `/api/v1/events` until the server ends it.
///
/// `@unchecked Sendable`: the text is guarded, the rest is constant.
final class EventListener: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private let bytes = Mutex(Data())

    /// - Throws: when the address is none.
    init(_ server: LiveServer, after: UInt64? = nil) throws {
        super.init()
        let query = after.map { "?after=\($0)" } ?? ""
        let url = try #require(URL(string: server.base + "/api/v1/events" + query))
        let session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil)
        session.dataTask(with: url).resume()
        session.finishTasksAndInvalidate()
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        bytes.withLock { $0.append(data) }
    }

    /// The data of the events of one name so far, in order.
    func events(_ name: String) -> [[String: Any]] {
        let text = String(decoding: bytes.withLock { $0 }, as: UTF8.self)
        // What follows the last empty line may not be all of its event.
        return text.components(separatedBy: "\n\n").dropLast().compactMap { block in
            let lines = block.split(separator: "\n")
            guard lines.contains("event: \(name)"), let data = lines.first(where: { $0.hasPrefix("data: ") }) else {
                return nil
            }
            return (try? JSONSerialization.jsonObject(with: Data(data.dropFirst(6).utf8))) as? [String: Any]
        }
    }
}

/// Asks again and again until it is so, at most for `seconds`.
func eventuallyTrue(seconds: Double = 40, _ condition: () async throws -> Bool) async rethrows -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while Date() < deadline {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(100))
    }
    return false
}
