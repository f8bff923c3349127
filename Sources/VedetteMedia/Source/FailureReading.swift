import VedetteCore

/// Turns what went wrong inside the media library into a ``SourceFailure``: which of the few things a person can do
/// something about it was, in words without secrets.
struct FailureReading: Sendable {
    /// The address as it may be shown.
    let name: String
    let address: SourceAddress
    let redact: Redaction

    init(_ uri: SourceURI, _ address: SourceAddress) {
        name = uri.redacted
        self.address = address
        redact = Redaction(uri, address)
    }

    /// How far a source had come when it failed.
    struct Progress: Sendable {
        /// Delivered frames.
        var frames: Int
        /// Seconds since the last of them, or since the start.
        var quiet: Double
        var isLive: Bool
    }

    private var network: NetworkAddress? {
        switch address {
        case .rtsp(let network), .http(let network): network
        default: nil
        }
    }

    // MARK: Errors

    /// - Parameters:
    ///   - progress: how far it had come.
    ///   - missing: plugins that were asked for in vain.
    func failure(
        _ error: PipelineError, after progress: Progress, missing: [MissingPlugin]
    ) async -> SourceFailure {
        let frames = progress.frames
        // Asked for a decoder but not told that one is missing: only for sound, which is never decoded.
        if frames == 0, !missing.isEmpty || error.fault == .codec { return noVideo(missing: missing) }
        if let network { return await failure(error, at: network, after: progress) }
        switch error.fault {
        case .busy: return SourceFailure(.other, "\(name) is in use by another program", remedy: "close that program")
        case .type where frames == 0: return notVideo
        case _ where frames > 0 && progress.isLive: return lost("\(name) stopped sending pictures: \(said(error))")
        case .data, .stream, .type, .codec: return corrupt(frames: frames)
        default: return SourceFailure(.other, "\(name) cannot be read: \(said(error))")
        }
    }

    private func failure(
        _ error: PipelineError, at network: NetworkAddress, after progress: Progress
    ) async -> SourceFailure {
        let frames = progress.frames
        if let status = error.status, let failure = failure(status: status, of: network) { return failure }
        if error.fault == .notAuthorized { return unauthorized(network) }
        if frames > 0, error.fault == .data, !progress.isLive { return corrupt(frames: frames) }
        // The HTTP source does not say that it gave up waiting.
        let gaveUp = error.fault == .stream && progress.quiet > 0.9 * PipelineRecipe.patience
        if gaveUp || isTimeout(error) { return silent(network) }
        if frames > 0 { return lost("the connection to \(name) broke: \(said(error))") }
        if error.fault == .type { return notVideo }
        if error.fault == .notFound { return notFound(network) }
        let reached = await OffPool.run(atMost: .seconds(3)) {
            Reachability.check(host: network.host, port: network.port, seconds: 2)
        }
        switch reached {
        case .unknownHost:
            return SourceFailure(
                .unknownHost, "the host '\(network.host)' is not known",
                remedy: "check the name in the camera's address, or use the camera's number address")
        case .refused:
            return SourceFailure(
                .refused, "\(network.host) refuses connections on port \(network.port)",
                remedy: "check the port in the camera's address and that its \(network.scheme) service is switched on")
        case .unreachable(let why):
            return SourceFailure(.timedOut, "\(network.host) cannot be reached: \(why)", remedy: "check the network")
        case .silent, nil: return silent(network)
        case .connects:
            if error.fault == .data { return corrupt(frames: 0) }
            return SourceFailure(.other, "\(name) accepts connections but gives no video: \(said(error))")
        }
    }

    private func failure(status: Int, of network: NetworkAddress) -> SourceFailure? {
        switch status {
        case 401, 403: unauthorized(network)
        case 404, 410, 454: notFound(network)
        case 408, 504: silent(network)
        case 461:
            SourceFailure(
                .unsupported, "\(name) does not send video over TCP",
                remedy: "allow RTSP over TCP in the camera's settings")
        case 400...: SourceFailure(.other, "\(name) answers with status \(status)")
        default: nil
        }
    }

    private func isTimeout(_ error: PipelineError) -> Bool {
        let text = (error.debug + error.message).lowercased()
        return text.contains("timeout") || text.contains("timed out")
    }

    private func said(_ error: PipelineError) -> String { redact(error.message) }

    // MARK: Kinds of failure

    private func unauthorized(_ network: NetworkAddress) -> SourceFailure {
        SourceFailure(
            .unauthorized,
            network.user == nil
                ? "\(name) asks for a user name and a password" : "\(name) refuses the user name or the password",
            remedy:
                "put the right ones into the camera's address: \(network.scheme)://user:password@\(network.host)/...")
    }

    private func notFound(_ network: NetworkAddress) -> SourceFailure {
        SourceFailure(
            .notFound, "\(network.host) answers, but has no stream at \(name)",
            remedy: "check the path in the camera's address; the camera's manual names it")
    }

    private func silent(_ network: NetworkAddress) -> SourceFailure {
        SourceFailure(
            .timedOut, "\(network.host) does not answer on port \(network.port)",
            remedy: "check that the camera is switched on and reachable from here")
    }

    private var notVideo: SourceFailure {
        SourceFailure(
            .unsupported, "\(name) is not a video that Vedette can read", remedy: "use MP4, MKV, AVI, WebM or MPEG-TS",
            isRetriable: address.isLive)
    }

    private func notDecodable(_ missing: MissingPlugin) -> SourceFailure {
        let what = missing.description.isEmpty ? missing.identifier : missing.description
        guard let package = DebianPackage.providing(missing.identifier) else {
            return SourceFailure(
                .unsupported, "\(name) is coded in a way that cannot be decoded: \(redact(what))",
                remedy: "use H.264 or H.265", isRetriable: address.isLive)
        }
        return SourceFailure(
            .missingPlugin, "\(name) needs a part of GStreamer that is not installed: \(redact(what))",
            remedy: "install the Debian package \(package) and start Vedette again", isRetriable: false)
    }

    func lost(_ message: String) -> SourceFailure { SourceFailure(.lost, message) }

    func corrupt(frames: Int) -> SourceFailure {
        let what = frames == 0 ? "or incomplete: no picture can be read" : "after picture \(frames)"
        return SourceFailure(.corrupt, "\(name) is damaged \(what)", remedy: "copy or record the file again")
    }

    func noVideo(missing: [MissingPlugin]) -> SourceFailure {
        if let plugin = missing.first(where: { !$0.identifier.hasPrefix("audio/") }) { return notDecodable(plugin) }
        return SourceFailure(.unsupported, "\(name) has no video in it", isRetriable: address.isLive)
    }

    /// The end of a stream that should have gone on.
    func closed() -> SourceFailure { lost("\(name) closed the connection") }
}
