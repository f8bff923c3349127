extension ByteTracker {
    /// The thresholds of a ``ByteTracker``. Times are seconds, so they hold at any frame rate.
    package struct Options: Sendable, Hashable {
        /// Detections from this score on are matched first and may begin a track (0...1). Raise it against false
        /// detections; lower it to follow small and blurred faces sooner.
        package var highScore: Float = 0.5
        /// Detections from this score on may continue a track that is in view (0...1). Raise it when tracks stick to
        /// things that are no faces; lower it to keep tracks through blur and partial cover.
        package var lowScore: Float = 0.1
        /// A track begins only at a detection of at least this score (0...1, not below `highScore` in effect). Raise it
        /// against tracks on false detections; lower it to find weak faces.
        package var newTrackScore: Float = 0.5

        /// Overlap (0...1) a known track needs with a detection of high score. Raise it against swaps between
        /// neighbours; lower it for fast motion.
        package var minimumOverlap: Float = 0.2
        /// Overlap a track in view needs with a detection of low score: such a box is trusted only close by. Raising
        /// and lowering as `minimumOverlap`.
        package var minimumLowScoreOverlap: Float = 0.5
        /// Overlap a tentative track needs. Raise it against tracks made of unrelated false detections; lower it when
        /// fast faces are never confirmed.
        package var minimumTentativeOverlap: Float = 0.3
        /// How fast a new face may be, in sizes (root of the box area) per second, for tracks and detections that no
        /// overlap has brought together: the boxes grow by the way it can have gone since the frame before. At 30
        /// frames a second that is little, at 3 it lets a walking face find itself. Raise it when fast faces get a new
        /// number at each frame; lower it when neighbours swap. 0 leaves this pass out.
        package var reachSpeed: Float = 6
        /// Share of `reachSpeed` (0...1) for a track whose velocity is known, since that is in its prediction. Raising
        /// and lowering as `reachSpeed`.
        package var settledReach: Float = 0.5
        /// Share (0...1) in which the time a track was lost before this frame adds to its reach. Raise it to find faces
        /// again that turned while covered; lower it when a face that comes up takes over the track of one that left.
        package var lostReach: Float = 0.3
        /// The most that a box grows, in sizes. Raise it for fast faces below 4 frames a second; lower it in crowds.
        package var maximumReach: Float = 1.5
        /// Overlap (0...1) that the grown boxes need. Raising and lowering as `minimumOverlap`.
        package var minimumReachOverlap: Float = 0.1

        /// When faces are looked at.
        package var appearance = AppearanceOptions()
        /// When a track is believed and when it is given up.
        package var life = TrackLife()

        package init() {}
    }
}
