import Logging
import VedetteCore
import VedetteGallery
import VedettePipeline
import VedetteTracking

/// Composes the chain of handlers: the one place where a new handler is added.
struct ChainFactory: Sendable {
    let engine: Engine
    let gallery: Gallery
    /// Who the people are whom nobody has named, and who was last seen where: shared by all cameras.
    let directory: IdentityDirectory
    let configuration: Configuration
    let logger: Logger
    var outlets = RecogniseHandler.Outlets()

    /// The chain of a live camera.
    func live(_ camera: Camera, hub: LiveHub, sink: any SightingSink) -> HandlerChain {
        let options = IdentityOptions(configuration)
        let tracking = track(camera.tracker, most: options.maximumPerFrame)
        return HandlerChain(
            camera: camera.id,
            handlers: [
                detect(idle: true),
                tracking,
                recognise(tracking, options),
                PublishHandler(hub: hub),
                RecordHandler(
                    sink: sink, codec: engine.codec, model: engine.embedder.model, events: outlets.events),
            ],
            onFailure: { [logger] handler, error in
                logger.error(
                    "frame not analysed",
                    metadata: [
                        "camera": "\(camera.id)", "handler": "\(handler)", "error": "\(Console.describe(error))",
                    ])
            })
    }

    /// The first part of a chain for a recording: every frame is looked at, and faces are looked at as often as helps.
    func offline() -> [any FrameHandler] {
        var options = IdentityOptions(configuration)
        options.maximumPerFrame = nil
        let tracking = track(nil, most: nil)
        return [detect(idle: false), tracking, recognise(tracking, options)]
    }

    private func detect(idle: Bool) -> DetectHandler {
        var options = DetectHandler.Options()
        options.minimumScore = Float(configuration.analysis.minimumScore)
        options.idleInterval = idle ? configuration.analysis.idleInterval : 0
        options.motionThreshold = Float(configuration.analysis.motionThreshold)
        options.maximumRate = configuration.analysis.detectionRate
        return DetectHandler(detector: engine.detector, options: options)
    }

    private func track(_ kind: String?, most: Int?) -> TrackHandler {
        let tracking = configuration.tracking
        var options = TrackerKind.Options()
        options.highScore = Float(tracking.highScore)
        options.life.maximumLostSeconds = tracking.lostSeconds
        options.appearance.weight = Float(tracking.appearanceWeight)
        options.appearance.use =
            switch tracking.appearance {
            case "off": .never
            case "always": .always
            default: .inDoubt
            }
        // Both names were checked where they came from.
        let chosen = kind.flatMap(TrackerKind.init) ?? TrackerKind(rawValue: tracking.tracker) ?? .bytetrack
        return TrackHandler(
            tracker: chosen.make(options: options), embedder: options.appearance.use == .never ? nil : engine.embedder,
            maximumPerFrame: most ?? .max)
    }

    private func recognise(_ tracking: TrackHandler, _ options: IdentityOptions) -> RecogniseHandler {
        RecogniseHandler(
            embedder: engine.embedder, gallery: gallery, tracking: tracking,
            resolver: IdentityResolver(options: options, policy: engine.policy, directory: directory), outlets: outlets,
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
        remembersUnknown = configuration.identity.rememberUnknown
        anonymousQuality = Float(configuration.identity.anonymousQuality)
        returnSeconds = configuration.identity.returnSeconds
    }
}
