import Foundation
package import VedetteCore

/// OC-SORT (Cao et al. 2023, "Observation-Centric SORT"): SORT that trusts detections more than its own predictions.
///
/// Observation-centric momentum: a pair costs less when the way to the detection goes on in the direction that the
/// latest detections took. Observation-centric recovery: a track left alone is looked for at its last detection, where
/// somebody who stopped still is. Observation-centric re-update: when a track is found again, its filter goes through
/// the gap once more along a straight line between the detections at both ends, which takes out the drift.
package struct OCSortTracker: Tracker {
    package struct Options: Sendable, Hashable {
        /// Detections below this score (0...1) are not looked at. Raise it against false detections; lower it to follow
        /// small and blurred faces.
        package var highScore: Float = 0.5
        /// Overlap (0...1) that a track and a detection need. Raise it against swaps between neighbours; lower it for
        /// fast motion.
        package var minimumOverlap: Float = 0.3
        /// Weight of the direction beside the overlap (0 or more; the paper's lambda). Raise it in crowds that walk
        /// steadily; lower it for erratic motion.
        package var momentum: Float = 0.2
        /// The time over which a direction is taken: three frames at 30 a second, as in the paper. Raise it for
        /// detectors that jitter; lower it for quick turns.
        package var momentumSeconds: Double = 0.1
        /// When a track is believed and when it is given up.
        package var life = TrackLife()

        package init() {}
    }

    package let options: Options
    private var roster: TrackRoster<ObservationMemory>

    // Work space of one update.
    private var matcher = OverlapMatcher()
    private var assignment = Assignment()
    private var gate = OverlapGate()
    private var pairs: [OverlapPair] = []

    package init(options: Options = Options()) {
        self.options = options
        roster = TrackRoster(life: options.life, memory: ObservationMemory())
    }

    package var tracks: [Track] { roster.tracks }
    package var removed: [Track] { roster.removed }

    package mutating func update(detections: [Detection], at seconds: Double, appearance: AppearanceQuery?) {
        roster.open(detections: detections.count, at: seconds)
        matchByMomentum(detections)
        matcher.match(
            &roster, detections, from: options.highScore, minimumOverlap: options.minimumOverlap,
            box: { roster, index in roster.members[index].memory.last ?? roster.tracks[index].box },
            willTake: { roster, index, detection in Self.goAgain(&roster, index, to: detection.box) })
        roster.beginTracks(detections, from: options.highScore)
        for (index, track) in roster.tracks.enumerated() {
            guard let box = track.lastDetection?.box else { continue }
            roster.members[index].memory.add(box, at: roster.now, filter: roster.members[index].filter)
        }
        roster.close()
    }

    package mutating func predict(to seconds: Double) { roster.advance(to: seconds) }

    @discardableResult
    package mutating func endAll() -> [Track] { roster.endAll() }

    private mutating func matchByMomentum(_ detections: [Detection]) {
        gate.reset()
        for (column, detection) in detections.enumerated() where detection.score >= options.highScore {
            if detection.box.isTrackable { gate.add(detection.box, column: column) }
        }
        guard !roster.tracks.isEmpty, !gate.isEmpty else { return }
        gate.prepare()
        pairs.removeAll(keepingCapacity: true)
        for (index, track) in roster.tracks.enumerated() {
            gate.collect(row: index, box: track.box, growth: 0, minimum: options.minimumOverlap, into: &pairs)
        }
        assignment.reset(rows: roster.tracks.count, columns: detections.count)
        for pair in pairs {
            let bonus = options.momentum * steadiness(of: pair.row, to: detections[pair.column])
            assignment.allow(row: pair.row, column: pair.column, cost: Double(1 - pair.overlap - bonus))
        }
        // Any pair is better than none.
        assignment.solve(limit: Double(1 + options.momentum))
        for index in roster.tracks.indices {
            guard let column = assignment.column(of: index) else { continue }
            Self.goAgain(&roster, index, to: detections[column].box)
            roster.take(detections[column], index: column, by: index)
        }
    }

    /// How well a detection lies in the direction of a track (section 4.2): 0.5 straight on, -0.5 straight back,
    /// weighed by the score.
    private func steadiness(of index: Int, to detection: Detection) -> Float {
        let memory = roster.members[index].memory
        guard let direction = memory.direction(over: options.momentumSeconds),
            let way = memory.direction(to: detection.box, over: options.momentumSeconds, now: roster.now)
        else { return 0 }
        let angle = acos(min(1, max(-1, (direction * way).sum())))
        return (0.5 - angle / .pi) * detection.score
    }

    /// Observation-centric re-update (section 4.1): takes the filter of a track that was lost back to its last
    /// detection and on to now, along a straight line to the new one.
    private static func goAgain(_ roster: inout TrackRoster<ObservationMemory>, _ index: Int, to box: Box) {
        let member = roster.members[index]
        guard member.age > 1, let last = member.memory.last, var filter = member.memory.filter else { return }
        let gap = roster.now - member.memory.lastTime
        // As many virtual detections as there would have been frames, within reason.
        let steps = Int(min(60, max(1, (gap / roster.interval).rounded())))
        for step in 1...steps {
            filter.predict(seconds: Float(gap / Double(steps)))
            if step < steps { filter.correct(last.mixed(with: box, share: Float(step) / Float(steps))) }
        }
        roster.members[index].filter = filter
    }
}

extension Box {
    /// This box at `share` 0, the other at 1.
    fileprivate func mixed(with other: Box, share: Float) -> Box {
        func mix(_ from: Float, _ to: Float) -> Float { from + (to - from) * share }
        return Box(
            x: mix(x, other.x), y: mix(y, other.y), width: mix(width, other.width), height: mix(height, other.height))
    }
}
