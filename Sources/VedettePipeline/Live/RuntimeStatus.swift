package import Foundation

/// What the process as a whole says of itself.
package struct RuntimeStatus: Sendable {
    package var version: String
    package var startedAt: Date
    package var modelPack: String
    package var detectionSize: Int
    package var workers: Int
    /// Whether the demonstration is on.
    package var demo: Bool

    package init(version: String, startedAt: Date, modelPack: String, detectionSize: Int, workers: Int, demo: Bool) {
        self.version = version
        self.startedAt = startedAt
        self.modelPack = modelPack
        self.detectionSize = detectionSize
        self.workers = workers
        self.demo = demo
    }
}
