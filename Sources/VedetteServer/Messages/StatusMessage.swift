import Foundation
import VedettePipeline

/// What the process says of itself.
struct StatusMessage: Encodable, Sendable {
    var version: String
    var startedAt: Date
    /// Seconds since the start.
    var uptime: Double
    var modelPack: String
    /// Pixels of the longer side of what the detector sees.
    var detectionSize: Int
    var workers: Int
    var demo: Bool
    var cameras: Cameras
    @OrNull var notReady: String?

    struct Cameras: Encodable, Sendable {
        var total: Int
        var live: Int
        /// Streams that somebody watches at this moment.
        var viewers: Int
    }

    init(_ status: RuntimeStatus, cameras: Cameras, notReady: String?) {
        version = status.version
        startedAt = status.startedAt
        uptime = (max(0, Date().timeIntervalSince(status.startedAt)) * 10).rounded() / 10
        modelPack = status.modelPack
        detectionSize = status.detectionSize
        workers = status.workers
        demo = status.demo
        self.cameras = cameras
        self.notReady = notReady
    }
}
