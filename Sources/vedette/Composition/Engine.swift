import Foundation
import VedetteCore
import VedetteGallery
import VedetteImages
import VedettePipeline
import VedetteVision

/// The models and codecs that a command works with.
struct Engine: Sendable {
    let pack: ModelPack
    let detector: any FaceDetector
    let embedder: any FaceEmbedder
    let codec: ImageCodec
    let policy: RecognitionPolicy
    let workers: Int

    /// Opens the runtime and the pack that the configuration names.
    ///
    /// - Throws: `VisionError` naming what is missing and the remedy.
    static func open(_ configuration: Configuration) throws -> Engine {
        let workers = workerCount(configuration)
        let pack = try Packs.open(configuration.models.pack)
        let faces = try FaceEngine(
            pack: pack, runtime: try OpenVINORuntime.open(folder: RuntimeFolder.locate()), workers: workers,
            detectionSize: configuration.analysis.detectionSize,
            precision: precision(configuration, pack))
        return Engine(
            pack: pack, detector: faces.detector, embedder: faces.embedder, codec: ImageCodec(),
            policy: RecognitionPolicy(
                threshold: RecognitionThreshold(
                    floor: pack.recognition.threshold,
                    impostors: ImpostorDistribution(
                        points: pack.recognition.impostors.map { .init(similarity: $0.similarity, rate: $0.rate) }),
                    falsePositiveRate: configuration.recognition.falsePositiveRate),
                margin: Float(configuration.recognition.margin)),
            workers: workers)
    }

    private static func precision(_ configuration: Configuration, _ pack: ModelPack) -> DetectorPrecision {
        DetectorPrecision(rawValue: configuration.models.precision) ?? (pack.detector.int8 == nil ? .fp32 : .int8)
    }

    static func workerCount(_ configuration: Configuration) -> Int {
        configuration.analysis.workers > 0
            ? configuration.analysis.workers : max(1, ProcessInfo.processInfo.activeProcessorCount)
    }

    func enroller(_ configuration: Configuration, pool: BlockingPool) -> Enroller {
        var options = Enroller.Options()
        options.minimumWidth = configuration.enrolment.minimumWidth
        options.minimumQuality = Float(configuration.enrolment.minimumQuality)
        return Enroller(detector: detector, embedder: embedder, codec: codec, options: options, pool: pool)
    }
}
