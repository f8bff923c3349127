package import VedetteCore

/// Live or recorded video, decoded to I420 by GStreamer: files, RTSP, HTTP, V4L2 devices and the test picture.
///
/// ```swift
/// let source = try VideoSource(SourceURI("rtsp://camera.example/live"), pacing: .realTime(loop: false))
/// try await source.run { frame in print(frame.sequence, frame.width, frame.height) }
/// ```
///
/// Live sources hold at most one decoded frame while `deliver` is at work; when a newer one comes it is replaced, which
/// shows as a gap in ``Frame/sequence``. Nothing here connects again: a failure is thrown and a new run is the caller's to
/// start.
package struct VideoSource: FrameSource {
    package let address: SourceAddress
    private let pacing: FramePacing
    private let reading: FailureReading

    /// - Parameter pacing: how a recording is read; live sources pay no heed to it.
    /// - Throws: ``SourceFailure`` `badAddress` when the address is none, or one of pictures or of the demonstration,
    ///   which other sources read.
    package init(_ uri: SourceURI, pacing: FramePacing) throws(SourceFailure) {
        address = try SourceAddress(uri)
        guard PipelineRecipe(address, pacing: pacing) != nil else {
            throw SourceAddress.bad("\(uri) is not the address of a video")
        }
        self.pacing = pacing
        reading = FailureReading(uri, address)
    }

    /// Ends within a second of being cancelled, also when the other side hangs, unless `deliver` itself blocks longer.
    package func run(deliver: @escaping @Sendable (Frame) -> Void) async throws(SourceFailure) {
        try await run(describe: { _ in }, deliver: deliver)
    }

    /// - Parameter describe: called at the end of each opening with what became known of the stream.
    func run(
        describe: @Sendable (StreamDescription) -> Void, deliver: @escaping @Sendable (Frame) -> Void
    ) async throws(SourceFailure) {
        try GStreamer.start()
        guard let recipe = PipelineRecipe(address, pacing: pacing) else { return }
        let loops = pacing == .realTime(loop: true) && recipe.pacing == .clock
        var canRewind = loops
        var nextSequence: UInt64 = 0
        while !Task.isCancelled {
            try LocalFile.check(address)
            let delivery = Delivery(firstSequence: nextSequence, deliver)
            let pipeline = try Pipeline(recipe, delivery: delivery)
            var missing: [MissingPlugin] = []
            let outcome = await follow(pipeline, delivery, rewinding: canRewind, missing: &missing)
            let progress = FailureReading.Progress(
                frames: delivery.count, quiet: delivery.quiet, isLive: pipeline.isLive)
            describe(pipeline.stream)
            delivery.close()
            await pipeline.stop()
            nextSequence = delivery.nextSequence

            switch outcome {
            case .cancelled: return
            case .noVideo: throw reading.noVideo(missing: missing)
            case .failed(let error): throw await reading.failure(error, after: progress, missing: missing)
            case .cannotRewind: canRewind = false
            case .ended:
                if case .test = address { return }
                if progress.isLive { throw reading.closed() }
                guard progress.frames > 0 else { throw reading.corrupt(frames: 0) }
                // A recording that cannot be rewound is opened again.
                guard loops else { return }
            }
        }
    }

    private enum Outcome {
        case cancelled, ended, noVideo, cannotRewind
        case failed(PipelineError)
    }

    /// Opens the pipeline and stays with it until it is over.
    ///
    /// - Parameter rewinding: go back to the start at the end of a recording.
    private func follow(
        _ pipeline: Pipeline, _ delivery: Delivery, rewinding: Bool, missing: inout [MissingPlugin]
    ) async -> Outcome {
        var isPlaying = !rewinding
        pipeline.prepare()
        if isPlaying { pipeline.play() }
        async let _: Void = watch(pipeline, delivery)
        for await event in pipeline.events {
            switch event {
            case .ready where !isPlaying:
                // From here on, the end of the recording is the end of a segment, after which the next one is asked for
                // while the last pictures are still waiting to be shown.
                if !pipeline.isLive {
                    guard await pipeline.rewind(flush: true) else { return .cannotRewind }
                }
                pipeline.play()
                isPlaying = true
            case .ready: break
            case .passEnd:
                guard await pipeline.rewind(flush: false) else { return .cannotRewind }
            case .end: return .ended
            case .noVideo: return .noVideo
            case .missingPlugin(let plugin): missing.append(plugin)
            case .error(let error):
                if !isPlaying { pipeline.play() }
                if !pipeline.isLive { await drain(delivery) }
                return .failed(error)
            }
        }
        return .cancelled
    }

    /// Ends a recording that stands still before its first picture: the library loses some errors of damaged files.
    private func watch(_ pipeline: Pipeline, _ delivery: Delivery) async {
        var idle = 0
        while !pipeline.isLive, delivery.count == 0, !delivery.isBusy, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(250))
            idle = pipeline.isIdle ? idle + 1 : 0
            if idle == 4 { return pipeline.report(.end) }
        }
    }

    /// Waits until the pictures that were decoded before an error have been delivered: none for half a second.
    private func drain(_ delivery: Delivery) async {
        var quiet = 0
        var count = delivery.count
        while quiet < 10, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(50))
            quiet = delivery.isBusy || delivery.count != count ? 0 : quiet + 1
            count = delivery.count
        }
    }
}
