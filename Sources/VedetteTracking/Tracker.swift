package import VedetteCore

/// Looks at the face of a detection, by its index in the list given to the update. Nil when the face is too poor to be
/// looked at.
package typealias AppearanceQuery = (_ detectionIndex: Int) -> Embedding?

/// Follows the faces of one camera from frame to frame. One per camera, used serially.
///
///     tracker.update(detections: detections, at: frame.time, appearance: nil)
///     for track in tracker.tracks where track.isConfirmed { draw(track.box) }
///
/// An update reuses the storage of ``tracks`` and ``removed``: who keeps such an array past the next update makes it
/// copy.
package protocol Tracker: Sendable {
    /// Every living track in order of id after the latest update or prediction, tentative and lost ones included.
    var tracks: [Track] { get }

    /// The tracks that ended in the latest update or prediction, tentative ones included, with ``Track/State/removed``.
    var removed: [Track] { get }

    /// How many embeddings were asked for so far.
    var appearanceRequests: Int { get }

    /// Takes the detections of the next analysed frame.
    ///
    /// - Parameters:
    ///   - detections: in any order; boxes without extent or with numbers that are not finite are ignored.
    ///   - seconds: when the frame was taken, on any clock that runs forward. A clock that jumps back or stands still
    ///     is survived: one usual frame interval is assumed, and the times of the tracks move along with the clock.
    ///   - appearance: called during the update only, at most once for a detection, and only where motion and overlap
    ///     leave a doubt; nil to go by motion and overlap alone. Trackers without appearance never call it.
    mutating func update(detections: [Detection], at seconds: Double, appearance: AppearanceQuery?)

    /// Moves the boxes to where they are expected at a frame that no detector looked at. They have no detection then;
    /// nobody counts as missed, and only tracks whose patience has run out end. The next update goes on as if there had
    /// been no such frame.
    mutating func predict(to seconds: Double)

    /// Takes an embedding that was made anyway of the face of a living track. Trackers without appearance ignore it.
    mutating func learn(_ embedding: Embedding, of track: Int)

    /// Ends all tracks, as when the camera is taken away.
    ///
    /// - Returns: them.
    @discardableResult
    mutating func endAll() -> [Track]
}

extension Tracker {
    package var appearanceRequests: Int { 0 }

    package mutating func learn(_ embedding: Embedding, of track: Int) {}

    /// An update by motion and overlap alone.
    ///
    /// - Returns: ``tracks``.
    @discardableResult
    package mutating func update(detections: [Detection], at seconds: Double) -> [Track] {
        update(detections: detections, at: seconds, appearance: nil)
        return tracks
    }
}
