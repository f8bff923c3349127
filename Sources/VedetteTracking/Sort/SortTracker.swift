package import VedetteCore

/// SORT (Bewley et al. 2016, "Simple Online and Realtime Tracking"): one optimal assignment by overlap.
///
/// Two departures: a track that is missed is kept for ``TrackLife/maximumLostSeconds`` instead of one frame, as all its
/// successors do, and the filter is the one all trackers here share.
package struct SortTracker: Tracker {
    package struct Options: Sendable, Hashable {
        /// Detections below this score (0...1) are not looked at. Raise it against false detections; lower it to follow
        /// small and blurred faces.
        package var highScore: Float = 0.5
        /// Overlap (0...1) that a track and a detection need. Raise it against swaps between neighbours; lower it for
        /// fast motion.
        package var minimumOverlap: Float = 0.3
        /// When a track is believed and when it is given up.
        package var life = TrackLife()

        package init() {}
    }

    package let options: Options
    private var roster: TrackRoster<NoMemory>
    private var matcher = OverlapMatcher()

    package init(options: Options = Options()) {
        self.options = options
        roster = TrackRoster(life: options.life, memory: NoMemory())
    }

    package var tracks: [Track] { roster.tracks }
    package var removed: [Track] { roster.removed }

    package mutating func update(detections: [Detection], at seconds: Double, appearance: AppearanceQuery?) {
        roster.open(detections: detections.count, at: seconds)
        matcher.match(&roster, detections, from: options.highScore, minimumOverlap: options.minimumOverlap)
        roster.beginTracks(detections, from: options.highScore)
        roster.close()
    }

    package mutating func predict(to seconds: Double) { roster.advance(to: seconds) }

    @discardableResult
    package mutating func endAll() -> [Track] { roster.endAll() }
}
