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
    package private(set) var removed: [Track] = []

    private var followed: [FollowedFace] = []
    private var nextID = 1
    private var clock = TrackingClock()

    // Work space of one update.
    private var assignment = Assignment()
    private var gate = OverlapGate()
    private var rows: [Int] = []
    private var taken: [Bool] = []

    package init(options: Options = Options()) {
        self.options = options
    }

    package mutating func update(detections: [Detection], at seconds: Double) -> [Track] {
        removed.removeAll(keepingCapacity: true)
        taken.refill(count: detections.count, with: false)
        let step = clock.advance(to: seconds)
        let now = clock.now
        let patience = options.maximumLostSeconds
        end { now - $0.detectedAt > patience }
        predict(step)

        let high = options.highScore...Float.infinity
        let low = options.lowScore..<max(options.lowScore, options.highScore)
        match(detections, high, at: step, minimumOverlap: options.minimumOverlap) { $0.state != .tentative }
        match(detections, low, at: step, minimumOverlap: options.minimumLowScoreOverlap) { $0.state == .confirmed }
        match(detections, high, at: step, minimumOverlap: options.minimumTentativeOverlap) { $0.state == .tentative }
        if options.reachSpeed > 0 {
            match(detections, high, at: step, minimumOverlap: options.minimumReachOverlap, reaching: true) { _ in true }
        }

        for index in followed.indices where !followed[index].isMatched && followed[index].track.state == .confirmed {
            followed[index].lose()
        }
        let gap = options.maximumTentativeGapSeconds
        end { $0.track.state == .tentative && !$0.isMatched && now - $0.detectedAt > gap }
        begin(detections, at: step)
        return followed.map(\.track)
    }

    package mutating func endAll() -> [Track] {
        removed.removeAll(keepingCapacity: true)
        end { _ in true }
        return removed
    }

    private mutating func predict(_ step: TrackingClock.Step) {
        // A track that may be lost for longer does not run on for longer than a second at once.
        let seconds = Float(min(step.elapsed, 1))
        for index in followed.indices { followed[index].predict(seconds: seconds, shift: step.shift) }
    }

    /// One pass: the tracks of `include` that have no detection yet with the detections of `scores` that have no track.
    private mutating func match(
        _ detections: [Detection], _ scores: some RangeExpression<Float>, at step: TrackingClock.Step,
        minimumOverlap: Float, reaching: Bool = false, include: (Track) -> Bool
    ) {
        rows.removeAll(keepingCapacity: true)
        for index in followed.indices where !followed[index].isMatched && include(followed[index].track) {
            rows.append(index)
        }
        gate.reset()
        for (column, detection) in detections.enumerated() where !taken[column] && scores ~= detection.score {
            if detection.box.isTrackable { gate.add(detection.box, column: column) }
        }
        guard !rows.isEmpty, !gate.isEmpty else { return }
        gate.prepare()
        assignment.reset(rows: rows.count, columns: detections.count)
        for (row, index) in rows.enumerated() {
            let growth = reaching ? reach(of: followed[index], at: step) : 0
            gate.allow(
                row: row, box: followed[index].track.box, growth: growth, minimum: minimumOverlap, in: &assignment)
        }
        assignment.solve(limit: Double(1 - minimumOverlap))
        for (row, index) in rows.enumerated() {
            guard let column = assignment.column(of: row) else { continue }
            taken[column] = true
            followed[index].take(
                detections[column], index: column, at: step.seconds, clock: clock.now, options: options)
        }
    }

    /// How many pixels the face can have gone beyond its predicted place.
    private func reach(of followed: FollowedFace, at step: TrackingClock.Step) -> Float {
        let lost = clock.now - followed.detectedAt - step.elapsed
        let seconds = Float(step.elapsed) + options.lostReach * Float(max(0, lost))
        let speed = options.reachSpeed * (followed.track.hits > 1 ? options.settledReach : 1)
        let size = (followed.track.box.width * followed.track.box.height).squareRoot()
        return min(options.maximumReach, speed * seconds) * size
    }

    private mutating func begin(_ detections: [Detection], at step: TrackingClock.Step) {
        let least = max(options.highScore, options.newTrackScore)
        for (index, detection) in detections.enumerated() where !taken[index] && detection.score >= least {
            guard detection.box.isTrackable else { continue }
            followed.append(
                FollowedFace(detection, index: index, id: nextID, at: step.seconds, clock: clock.now, options: options))
            nextID += 1
        }
    }

    private mutating func end(_ isOver: (FollowedFace) -> Bool) {
        var kept = 0
        for index in followed.indices {
            if isOver(followed[index]) {
                removed.append(followed[index].ended)
            } else {
                if kept != index { followed.swapAt(kept, index) }
                kept += 1
            }
        }
        followed.removeLast(followed.count - kept)
    }
}

extension Box {
    /// Whether it has an extent and numbers that can be calculated with.
    fileprivate var isTrackable: Bool {
        x.isFinite && y.isFinite && width > 0 && height > 0 && max(abs(x), abs(y), width, height) < 1e6
    }
}
