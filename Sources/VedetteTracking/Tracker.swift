package import VedetteCore

/// Follows the faces of one camera from frame to frame. One per camera, used serially.
package protocol Tracker: Sendable {
    /// Takes the detections of the next analysed frame.
    ///
    /// - Parameters:
    ///   - detections: in any order; boxes without extent or with numbers that are not finite are ignored.
    ///   - seconds: when the frame was taken, on any clock that runs forward. A clock that jumps back or stands still
    ///     is survived: one usual frame interval is assumed, and the times of the tracks move along with the clock.
    /// - Returns: every living track in order of id, tentative and lost ones included.
    mutating func update(detections: [Detection], at seconds: Double) -> [Track]

    /// The tracks that ended in the latest update, tentative ones included, with ``Track/State/removed``.
    var removed: [Track] { get }

    /// Ends all tracks, as when the camera is taken away.
    ///
    /// - Returns: them.
    mutating func endAll() -> [Track]
}
