/// When a track is believed, when it is given up, and how its motion is estimated: the same for all trackers. Times are
/// seconds, so they hold at any frame rate.
package struct TrackLife: Sendable, Hashable {
    /// Detections after which a track is believed, the first included (1 or more); the first frame is no exception.
    /// Raise it against tracks on false detections; lower it to see faces sooner.
    package var confirmationHits: Int = 3
    /// Two detections this far apart confirm a track as well, so that few frames a second do not delay a face.
    /// Raise and lower as `confirmationHits`.
    package var confirmationSeconds: Double = 0.3
    /// A tentative track ends when it is missed for longer than this. Raise it for detectors that blink; lower it
    /// against tracks on false detections.
    package var maximumTentativeGapSeconds: Double = 0.2
    /// A track ends when it is missed for longer than this. Raise it to bridge longer cover; lower it when another
    /// face takes up the track of one that left. Analysis slower than one frame in this time cannot track at all.
    package var maximumLostSeconds: Double = 1

    /// See ``KalmanFilter/Noise``.
    package var noise = KalmanFilter.Noise()

    package init() {}
}
