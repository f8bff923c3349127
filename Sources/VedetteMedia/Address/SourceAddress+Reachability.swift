import Foundation
import VedetteCore

extension SourceAddress {
    /// Whether something answers at the address: a port accepts a connection, a file or device is there. True where that
    /// cannot be told. Takes at most about half a second.
    package func isReachable() async -> Bool {
        switch self {
        case .rtsp(let address), .http(let address):
            let answer = await OffPool.run(atMost: .milliseconds(500)) {
                if case .connects = Reachability.check(host: address.host, port: address.port, seconds: 0.5) { true } else { false }
            }
            return answer ?? false
        case .file(let path), .device(let path), .pictures(let path):
            return FileManager.default.fileExists(atPath: path)
        case .test, .demo: return true
        }
    }
}
