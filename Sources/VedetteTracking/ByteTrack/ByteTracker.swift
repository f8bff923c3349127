package import VedetteCore

/// ByteTrack (Zhang et al. 2022, "Multi-Object Tracking by Associating Every Detection Box") with time in seconds, and
/// with a last pass that keeps fast faces at low frame rates.
///
/// Each update predicts all tracks, then matches in four passes, each of them optimal: detections of high score with
/// known tracks, in view or lost; detections of low score with the tracks in view that are left; detections of high
/// score that are left with tentative tracks; and what is still left of high scores and tracks by reach instead of
/// overlap. Detections of high score that remain begin tentative tracks.
///
/// Where a detection of high score could belong to several tracks, a track could take several, a lost track would be
/// found again or two tracks cross, the face itself is looked at: its similarity to the track then weighs in the cost
/// beside the overlap, and a face that contradicts the track cannot be taken at all.
package struct ByteTracker: Tracker {
    package let options: Options

    private var roster: TrackRoster<AppearanceMemory>
    private var looks = AppearanceLooks()

    // Work space of one update.
    private var assignment = Assignment()
    private var gate = OverlapGate()
    private var rows: [Int] = []
    private var pairs: [OverlapPair] = []
    private var doubt = OverlapDoubt()
    private var crossing: [Bool] = []
    private var canTell: [Bool] = []

    package init(options: Options = Options()) {
        self.options = options
        roster = TrackRoster(life: options.life, memory: AppearanceMemory(capacity: options.appearance.views))
    }

    package var tracks: [Track] { roster.tracks }
    package var removed: [Track] { roster.removed }
    package var appearanceRequests: Int { looks.requests }

    package mutating func update(detections: [Detection], at seconds: Double, appearance: AppearanceQuery?) {
        roster.open(detections: detections.count, at: seconds)
        looks.reset(detections: detections.count)
        let query = options.appearance.use == .never ? nil : appearance
        if query != nil { findCrossings() }

        let high = options.highScore...Float.infinity
        let low = options.lowScore..<max(options.lowScore, options.highScore)
        match(detections, high, minimumOverlap: options.minimumOverlap, query) { $0.state != .tentative }
        match(detections, low, minimumOverlap: options.minimumLowScoreOverlap, nil) { $0.state == .confirmed }
        match(detections, high, minimumOverlap: options.minimumTentativeOverlap, query) { $0.state == .tentative }
        if options.reachSpeed > 0 {
            match(detections, high, minimumOverlap: options.minimumReachOverlap, reaching: true, query) { _ in true }
        }
        begin(detections)
        roster.close()
    }

    package mutating func predict(to seconds: Double) { roster.advance(to: seconds) }

    package mutating func learn(_ embedding: Embedding, of track: Int) {
        if let index = roster.index(of: track) { roster.members[index].memory.add(embedding) }
    }

    @discardableResult
    package mutating func endAll() -> [Track] { roster.endAll() }

    /// One pass: the tracks of `include` that have no detection yet with the detections of `scores` that have no track.
    private mutating func match(
        _ detections: [Detection], _ scores: some RangeExpression<Float>, minimumOverlap: Float,
        reaching: Bool = false, _ query: AppearanceQuery?, include: (Track) -> Bool
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
        pairs.removeAll(keepingCapacity: true)
        for (row, index) in rows.enumerated() {
            let growth = reaching ? reach(of: index) : 0
            gate.collect(
                row: row, box: roster.tracks[index].box, growth: growth, minimum: minimumOverlap, into: &pairs)
        }
        if let query { lookAtDoubts(by: query, columns: detections.count) }
        assignment.reset(rows: rows.count, columns: detections.count)
        for pair in pairs {
            guard let cost = cost(of: pair) else { continue }
            assignment.allow(row: pair.row, column: pair.column, cost: Double(cost))
        }
        assignment.solve(limit: Double(1 - minimumOverlap))
        for (row, index) in rows.enumerated() {
            guard let column = assignment.column(of: row) else { continue }
            roster.take(detections[column], index: column, by: index)
            remember(column, of: index)
        }
    }

    /// Looks at the face of every detection in `pairs` that overlap leaves in doubt, where the face of the track or of a
    /// rival is known, so that a look can tell anything.
    private mutating func lookAtDoubts(by query: AppearanceQuery, columns: Int) {
        doubt.weigh(pairs, rows: rows.count, columns: columns)
        canTell.refill(count: columns, with: false)
        for pair in pairs where !roster.members[rows[pair.row]].memory.isEmpty { canTell[pair.column] = true }
        for pair in pairs where canTell[pair.column] {
            let index = rows[pair.row]
            let isDoubtful =
                options.appearance.use == .always || roster.tracks[index].state == .lost || crossing[index]
                || doubt.isClose(pair, margin: options.appearance.doubtMargin)
            if isDoubtful { _ = looks.look(at: pair.column, by: query) }
        }
    }

    /// 0...1, or nil when the face is somebody else's.
    private func cost(of pair: OverlapPair) -> Float? {
        guard let face = looks.known(of: pair.column),
            let similarity = roster.members[rows[pair.row]].memory.similarity(to: face)
        else { return 1 - pair.overlap }
        guard similarity >= options.appearance.contradiction else { return nil }
        let weight = options.appearance.weight
        return (1 - weight) * (1 - pair.overlap) + weight * (1 - max(0, similarity))
    }

    /// Lets a track learn the face of the detection it took, if that was looked at.
    private mutating func remember(_ column: Int, of index: Int) {
        guard let face = looks.known(of: column) else { return }
        let similarity = roster.members[index].memory.similarity(to: face) ?? 1
        if similarity >= options.appearance.learnable { roster.members[index].memory.add(face) }
    }

    /// Finds the tracks whose expected box overlaps that of another.
    private mutating func findCrossings() {
        crossing.refill(count: roster.tracks.count, with: false)
        gate.reset()
        for (index, track) in roster.tracks.enumerated() { gate.add(track.box, column: index) }
        gate.prepare()
        pairs.removeAll(keepingCapacity: true)
        for (index, track) in roster.tracks.enumerated() {
            gate.collect(
                row: index, box: track.box, growth: 0, minimum: options.appearance.crossingOverlap, into: &pairs)
        }
        for pair in pairs where pair.row != pair.column { crossing[pair.row] = true }
    }

    private mutating func begin(_ detections: [Detection]) {
        let before = roster.tracks.count
        roster.beginTracks(detections, from: max(options.highScore, options.newTrackScore))
        for index in before..<roster.tracks.count {
            if let column = roster.tracks[index].detectionIndex { remember(column, of: index) }
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
