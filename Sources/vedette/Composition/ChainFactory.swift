import Logging
import VedetteCore
import VedetteGallery
import VedettePipeline
import VedetteTracking

/// Composes the chain of handlers: the one place where a new handler is added.
struct ChainFactory: Sendable {
    let engine: Engine
    let gallery: Gallery
    let configuration: Configuration
    let logger: Logger

    /// The chain of a live camera.
    func live(_ camera: CameraID, hub: LiveHub, sink: any SightingSink) -> HandlerChain {
        HandlerChain(
            camera: camera,
            handlers: [
                detect(idle: true),
                track(),
                recognise(IdentityOptions(configuration)),
                PublishHandler(hub: hub),
                RecordHandler(sink: sink, codec: engine.codec, model: engine.embedder.model),
            ],
            onFailure: { [logger] handler, error in
                logger.error(
                    "frame not analysed",
                    metadata: ["camera": "\(camera)", "handler": "\(handler)", "error": "\(Console.describe(error))"])
            })
    }

    /// The first part of a chain for a recording: every frame is looked at, and faces are looked at as often as helps.
    func offline() -> [any FrameHandler] {
        var options = IdentityOptions(configuration)
        options.maximumPerFrame = nil
        return [detect(idle: false), track(), recognise(options)]
    }

    private func detect(idle: Bool) -> DetectHandler {
        var options = DetectHandler.Options()
        options.minimumScore = Float(configuration.analysis.minimumScore)
        options.idleInterval = idle ? configuration.analysis.idleInterval : 0
        options.motionThreshold = Float(configuration.analysis.motionThreshold)
        return DetectHandler(detector: engine.detector, options: options)
    }

    private func track() -> TrackHandler {
        var options = ByteTracker.Options()
        options.highScore = Float(configuration.tracking.highScore)
        options.newTrackScore = options.highScore
        options.life.maximumLostSeconds = configuration.tracking.lostSeconds
        return TrackHandler(tracker: ByteTracker(options: options))
    }

    private func recognise(_ options: IdentityOptions) -> RecogniseHandler {
        RecogniseHandler(
            embedder: engine.embedder, gallery: gallery, policy: engine.policy, options: options,
            onFailure: { [logger] error in
                logger.error("face not embedded", metadata: ["error": "\(Console.describe(error))"])
            })
    }
}

extension IdentityOptions {
    init(_ configuration: Configuration) {
        self.init()
        let recognition = configuration.recognition
        minimumQuality = Float(recognition.minimumQuality)
        retryFrames = recognition.retryFrames
        recheckSeconds = recognition.recheckSeconds
        maximumPerFrame = recognition.maximumPerFrame
    }
}
