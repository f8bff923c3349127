/// The trackers there are, by the name that settings and commands give them.
package enum TrackerKind: String, Sendable, Hashable, Codable, CaseIterable {
    case sort
    case bytetrack
    case ocsort
    case deepsort

    /// All names, for messages.
    package static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// What can be chosen for any of them; a tracker takes what it has a use for.
    package struct Options: Sendable, Hashable {
        /// Detections from this score on begin tracks and continue all of them (0...1). Raise it against false
        /// detections; lower it to follow small and blurred faces sooner.
        package var highScore: Float = 0.5
        /// ByteTrack: a track begins only at a detection of at least this score (0...1); `highScore` when left out. Raise
        /// it against tracks on false detections; lower it to find weak faces.
        package var newTrackScore: Float?
        /// ByteTrack: detections from this score on continue a track in view (0...1). Raise it when tracks stick to
        /// things that are no faces; lower it to keep tracks through blur and partial cover.
        package var lowScore: Float = 0.1
        /// ByteTrack: how fast somebody may be who is looked for beyond any overlap, in sizes a second; see
        /// ``ByteTracker/Options/reachSpeed``. 0 is the published algorithm.
        package var reachSpeed = ByteTracker.Options().reachSpeed
        /// DeepSORT: the greatest cosine distance (0...2) of a pair; see ``DeepSortTracker/Options/maximumDistance``.
        package var maximumDistance = DeepSortTracker.Options().maximumDistance
        /// ByteTrack: when faces are looked at.
        package var appearance = AppearanceOptions()
        /// When a track is believed and when it is given up.
        package var life = TrackLife()

        package init() {}
    }

    /// A new tracker of this kind.
    package func make(options: Options = Options()) -> any Tracker {
        switch self {
        case .sort:
            var own = SortTracker.Options()
            own.highScore = options.highScore
            own.life = options.life
            return SortTracker(options: own)
        case .bytetrack:
            var own = ByteTracker.Options()
            own.highScore = options.highScore
            own.lowScore = options.lowScore
            own.newTrackScore = options.newTrackScore ?? options.highScore
            own.reachSpeed = options.reachSpeed
            own.appearance = options.appearance
            own.life = options.life
            return ByteTracker(options: own)
        case .ocsort:
            var own = OCSortTracker.Options()
            own.highScore = options.highScore
            own.life = options.life
            return OCSortTracker(options: own)
        case .deepsort:
            var own = DeepSortTracker.Options()
            own.highScore = options.highScore
            own.maximumDistance = options.maximumDistance
            own.life = options.life
            return DeepSortTracker(options: own)
        }
    }
}
