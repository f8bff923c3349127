import Foundation
package import VedetteCore

/// How the demo camera films, as in `demo:?width=640&height=480&fps=10&phase=30`.
package struct DemoOptions: Sendable, Hashable {
    package var width = 1280
    package var height = 720
    package var framesPerSecond = 15.0
    /// Seconds into its way at which the camera starts: two with different phases look at different people.
    package var phase = 0.0
    /// Seconds after which a camera that does not loop ends.
    package var duration = 60.0

    package init() {}

    /// From an address that begins with `demo:`.
    ///
    /// - Throws: ``SourceFailure`` `badAddress` that names the key and the rule.
    package init(_ uri: SourceURI) throws(SourceFailure) {
        guard uri.secret.hasPrefix("demo:") else { throw Self.bad("a demo camera's address begins with demo:") }
        let rest = uri.secret.dropFirst("demo:".count).drop { $0 == "/" }
        guard rest.isEmpty || rest.hasPrefix("?") else { throw Self.bad("behind demo: only a query may follow") }
        for pair in rest.dropFirst().split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let number = parts.count == 2 ? Double(String(parts[1])) : nil
            func take(_ range: ClosedRange<Double>) throws(SourceFailure) -> Double {
                guard let number, range.contains(number) else {
                    throw Self.bad("'\(parts[0])' must be a number from \(range.lowerBound) to \(range.upperBound)")
                }
                return number
            }
            switch parts[0] {
            case "width": width = Int(try take(64...3840))
            case "height": height = Int(try take(64...2160))
            case "fps": framesPerSecond = try take(0.1...120)
            case "phase": phase = try take(0...86_400)
            case "duration": duration = try take(0.1...86_400)
            default: throw Self.bad("'\(parts[0])' is not known; it has width, height, fps, phase and duration")
            }
        }
    }

    private static func bad(_ message: String) -> SourceFailure {
        SourceFailure(
            .badAddress, "demo camera: \(message)", remedy: "for example demo:?width=1280&height=720&fps=15",
            isRetriable: false)
    }
}
