package import VedetteCore

/// One face followed through the frames of one camera.
package struct Track: Sendable, Hashable, Identifiable {
    package enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// New: not seen often enough to be believed; not shown.
        case tentative
        /// Believed, and seen in the latest update.
        case confirmed
        /// Believed, but not seen in the latest update: its box is predicted.
        case lost
        /// Ended; this id never comes back.
        case removed
    }

    /// From 1, in order of appearance, never used again by the same tracker.
    package let id: Int
    package internal(set) var state: State
    /// The filtered box in pixels; predicted while the track has no detection.
    package internal(set) var box: Box
    /// What was found of it in this update; nil while it coasts.
    package internal(set) var lastDetection: Detection?
    /// Index of ``lastDetection`` in the list that was given to this update; nil while it coasts.
    package internal(set) var detectionIndex: Int?
    /// Score of its latest detection, 0...1.
    package internal(set) var score: Float
    /// When it was first and last detected, in the seconds given to the tracker.
    package internal(set) var firstSeen: Double
    package internal(set) var lastSeen: Double
    /// Number of detections so far.
    package internal(set) var hits: Int
    /// Motion of the centre to the right and down, in pixels per second.
    package internal(set) var velocity: SIMD2<Float>

    /// Confirmed or lost: a face that is believed to be there.
    package var isConfirmed: Bool { state == .confirmed || state == .lost }
}
