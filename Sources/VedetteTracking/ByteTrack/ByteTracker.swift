package import VedetteCore

/// ByteTrack (Zhang et al. 2022, "Multi-Object Tracking by Associating Every Detection Box") with time in seconds, and
/// with a last pass that keeps fast faces at low frame rates.
///
/// Each update predicts all tracks, then matches in four passes, each of them optimal: detections of high score with
/// known tracks, in view or lost; detections of low score with the tracks in view that are left; detections of high
/// score that are left with tentative tracks; and what is still left of high scores and tracks by reach instead of
/// overlap. Detections of high score that remain begin tentative tracks.
package struct ByteTracker: Tracker {
    package let options: Options

    private var roster: TrackRoster<NoMemory>

    // Work space of one update.
    private var assignment = Assignment()
    private var gate = OverlapGate()
    private var rows: [Int] = []

    package init(options: Options = Options()) {
        self.options = options
        roster = TrackRoster(life: options.life)
    }

    package var tracks: [Track] { roster.tracks }
    package var removed: [Track] { roster.removed }

    package mutating func update(detections: [Detection], at seconds: Double, appearance: AppearanceQuery?) {
        roster.open(detections: detections.count, at: seconds)
        let high = options.highScore...Float.infinity
        let low = options.lowScore..<max(options.lowScore, options.highScore)
        match(detections, high, minimumOverlap: options.minimumOverlap) { $0.state != .tentative }
        match(detections, low, minimumOverlap: options.minimumLowScoreOverlap) { $0.state == .confirmed }
        match(detections, high, minimumOverlap: options.minimumTentativeOverlap) { $0.state == .tentative }
        if options.reachSpeed > 0 {
            match(detections, high, minimumOverlap: options.minimumReachOverlap, reaching: true) { _ in true }
        }
        roster.beginTracks(detections, from: max(options.highScore, options.newTrackScore))
        roster.close()
    }

    package mutating func predict(to seconds: Double) { roster.advance(to: seconds) }

    @discardableResult
    package mutating func endAll() -> [Track] { roster.endAll() }

    /// One pass: the tracks of `include` that have no detection yet with the detections of `scores` that have no track.
    private mutating func match(
        _ detections: [Detection], _ scores: some RangeExpression<Float>, minimumOverlap: Float,
        reaching: Bool = false, include: (Track) -> Bool
    ) {
        rows.removeAll(keepingCapacity: true)
        for index in roster.tracks.indices where !roster.members[index].isMatched && include(roster.tracks[index]) {
            rows.append(index)
        }
        gate.reset()
        for (column, detection) in detections.enumerated() where !roster.taken[column] && scores ~= detection.score {
            if detection.box.isTrackable { gate.add(detection.box, column: column) }
        }
        guard !rows.isEmpty, !gate.isEmpty else { return }
        gate.prepare()
        assignment.reset(rows: rows.count, columns: detections.count)
        for (row, index) in rows.enumerated() {
            let growth = reaching ? reach(of: index) : 0
            gate.allow(
                row: row, box: roster.tracks[index].box, growth: growth, minimum: minimumOverlap, in: &assignment)
        }
        assignment.solve(limit: Double(1 - minimumOverlap))
        for (row, index) in rows.enumerated() {
            guard let column = assignment.column(of: row) else { continue }
            roster.take(detections[column], index: column, by: index)
        }
    }

    /// How many pixels the face can have gone beyond its predicted place.
    private func reach(of index: Int) -> Float {
        let track = roster.tracks[index]
        let seconds = Float(roster.elapsed) + options.lostReach * Float(roster.lostSeconds(of: index))
        let speed = options.reachSpeed * (track.hits > 1 ? options.settledReach : 1)
        let size = (track.box.width * track.box.height).squareRoot()
        return min(options.maximumReach, speed * seconds) * size
    }
}
