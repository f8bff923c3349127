import Foundation
import VedetteCore
import VedetteImages
import VedetteMedia

/// Makes the source for an address: video through GStreamer, stills and the demo camera through the image codec.
struct SourceFactory: SourceOpener {
    /// What the demo camera films.
    struct Demo: Sendable {
        var photo: String
        /// Where its faces are, in its pixels.
        var faces: [Box] = []
    }

    let codec: ImageCodec
    /// Nil where there is no demo photograph.
    let demo: Demo?
    /// Told of each picture of a folder that cannot be used.
    var onSkip: @Sendable (StillSource.Skipped) -> Void

    init(
        codec: ImageCodec, demo: Demo?, onSkip: (@Sendable (StillSource.Skipped) -> Void)? = nil
    ) {
        self.codec = codec
        self.demo = demo
        let skipped = SkippedInputs()
        self.onSkip = onSkip ?? { skipped.add($0.path, $0.reason) }
    }

    func open(_ uri: SourceURI, pacing: FramePacing) throws(SourceFailure) -> any FrameSource {
        switch try SourceAddress(uri) {
        case .pictures(let path): return StillSource(path: path, pacing: pacing, codec: codec, onSkip: onSkip)
        case .demo:
            guard let demo else {
                throw SourceFailure(.notFound, "the demo photograph is not here", remedy: "run 'make setup'")
            }
            let options = try DemoOptions(uri)
            return DemoSource(photo: demo.photo, faces: demo.faces, options: options, pacing: pacing, codec: codec)
        case .file, .rtsp, .http, .device, .test: return try VideoSource(uri, pacing: pacing)
        }
    }

    func isReachable(_ uri: SourceURI) async -> Bool {
        guard let address = try? SourceAddress(uri) else { return true }
        return await address.isReachable()
    }

    /// Opens an address and says what comes from it.
    func probe(_ uri: SourceURI, seconds: Double) async throws(SourceFailure) -> MediaProbe {
        switch try SourceAddress(uri) {
        case .pictures, .demo:
            let source = try open(uri, pacing: .realTime(loop: true))
            return try await MediaProbe.open(source, name: uri.redacted, atMost: .seconds(seconds))
        case .file, .rtsp, .http, .device, .test: return try await MediaProbe.open(uri, atMost: .seconds(seconds))
        }
    }
}
