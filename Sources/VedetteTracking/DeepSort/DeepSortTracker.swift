package import VedetteCore

/// DeepSORT (Wojke et al. 2017, "Simple Online and Realtime Tracking with a Deep Association Metric"): appearance
/// within the gate of the motion, the latest seen first.
///
/// Believed tracks are matched in a cascade by the number of updates since their latest detection, by the smallest
/// cosine distance to their last embeddings within the Mahalanobis gate; then tentative tracks and those seen in the
/// update before by overlap. Every detection in the gate of a track is looked at, so the price is an embedding per face
/// and frame. Without embeddings the gate says too little, since a neighbour is often in it; then the cascade goes by
/// overlap within the gate.
package struct DeepSortTracker: Tracker {
    package struct Options: Sendable, Hashable {
        /// Detections below this score (0...1) are not looked at. Raise it against false detections; lower it to follow
        /// small and blurred faces.
        package var highScore: Float = 0.5
        /// Square of the Mahalanobis distance (0 or more) up to which a detection can belong to a track: 0.95 quantile
        /// of the chi-square distribution with four degrees of freedom. Raise it for erratic motion; lower it in
        /// crowds.
        package var gate: Float = 9.4877
        /// Greatest cosine distance (0...2) of a pair. 0.6 suits the faces of SFace and ArcFace, 0.2 is the paper's for
        /// its own features of whole people. Raise it when tracks break; lower it against swaps.
        package var maximumDistance: Float = 0.6
        /// Embeddings kept of each track (1 or more). Raise it for people who turn; lower it for speed.
        package var budget: Int = 100
        /// Overlap (0...1) needed in the last stage. Raise it against swaps between neighbours; lower it for fast
        /// motion.
        package var minimumOverlap: Float = 0.3
        /// When a track is believed and when it is given up.
        package var life = TrackLife()

        package init() {}
    }

    package let options: Options
    private var roster: TrackRoster<AppearanceMemory>
    private var looks = AppearanceLooks()

    // Work space of one update.
    private var matcher = OverlapMatcher()
    private var assignment = Assignment()
    private var rows: [Int] = []
    private var overlaps = OverlapGate()
    private var pairs: [OverlapPair] = []

    package init(options: Options = Options()) {
        self.options = options
        roster = TrackRoster(life: options.life, memory: AppearanceMemory(capacity: options.budget))
    }

    package var tracks: [Track] { roster.tracks }
    package var removed: [Track] { roster.removed }
    package var appearanceRequests: Int { looks.requests }

    package mutating func update(detections: [Detection], at seconds: Double, appearance: AppearanceQuery?) {
        roster.open(detections: detections.count, at: seconds)
        looks.reset(detections: detections.count)
        var age = youngest(above: 0)
        while age < Int.max {
            match(detections, age: age, appearance)
            age = youngest(above: age)
        }
        matcher.match(
            &roster, detections, from: options.highScore, minimumOverlap: options.minimumOverlap,
            isWanted: { roster, index in roster.tracks[index].state == .tentative || roster.members[index].age == 1 })
        roster.beginTracks(detections, from: options.highScore)
        rememberFaces(appearance)
        roster.close()
    }

    package mutating func predict(to seconds: Double) { roster.advance(to: seconds) }

    package mutating func learn(_ embedding: Embedding, of track: Int) {
        if let index = roster.index(of: track) { roster.members[index].memory.add(embedding) }
    }

    @discardableResult
    package mutating func endAll() -> [Track] { roster.endAll() }

    /// The least age above `age` of a believed track without a detection; `Int.max` when there is none.
    private func youngest(above age: Int) -> Int {
        var least = Int.max
        for index in roster.tracks.indices where isInCascade(index) && roster.members[index].age > age {
            least = min(least, roster.members[index].age)
        }
        return least
    }

    private func isInCascade(_ index: Int) -> Bool {
        !roster.members[index].isMatched && roster.tracks[index].isConfirmed
    }

    /// One step of the cascade.
    private mutating func match(_ detections: [Detection], age: Int, _ appearance: AppearanceQuery?) {
        rows.removeAll(keepingCapacity: true)
        for index in roster.tracks.indices where isInCascade(index) && roster.members[index].age == age {
            rows.append(index)
        }
        assignment.reset(rows: rows.count, columns: detections.count)
        if let appearance {
            allowByFace(detections, appearance)
        } else {
            allowByOverlap(detections)
        }
        assignment.solve(limit: 1)
        for (row, index) in rows.enumerated() {
            guard let column = assignment.column(of: row) else { continue }
            roster.take(detections[column], index: column, by: index)
        }
    }

    private func isCandidate(_ detection: Detection, _ column: Int) -> Bool {
        !roster.taken[column] && detection.score >= options.highScore && detection.box.isTrackable
    }

    /// All pairs within the gate, by their faces where both are known.
    private mutating func allowByFace(_ detections: [Detection], _ appearance: AppearanceQuery) {
        for (row, index) in rows.enumerated() {
            for (column, detection) in detections.enumerated() where isCandidate(detection, column) {
                guard roster.members[index].filter.squaredDistance(to: detection.box) <= options.gate else { continue }
                if let face = looks.look(at: column, by: appearance),
                    let similarity = roster.members[index].memory.nearest(to: face)
                {
                    let cost = (1 - similarity) / options.maximumDistance
                    assignment.allow(row: row, column: column, cost: Double(cost))
                } else {
                    allow(row, column, overlap: roster.tracks[index].box.intersectionOverUnion(detection.box))
                }
            }
        }
    }

    /// All pairs that overlap enough and are within the gate.
    private mutating func allowByOverlap(_ detections: [Detection]) {
        overlaps.reset()
        for (column, detection) in detections.enumerated() where isCandidate(detection, column) {
            overlaps.add(detection.box, column: column)
        }
        overlaps.prepare()
        pairs.removeAll(keepingCapacity: true)
        for (row, index) in rows.enumerated() {
            let box = roster.tracks[index].box
            overlaps.collect(row: row, box: box, growth: 0, minimum: options.minimumOverlap, into: &pairs)
        }
        for pair in pairs {
            let distance = roster.members[rows[pair.row]].filter.squaredDistance(to: detections[pair.column].box)
            if distance <= options.gate { allow(pair.row, pair.column, overlap: pair.overlap) }
        }
    }

    /// The cost is below 1, the limit, when the overlap is enough.
    private mutating func allow(_ row: Int, _ column: Int, overlap: Float) {
        assignment.allow(row: row, column: column, cost: Double((1 - overlap) / (1 - options.minimumOverlap)))
    }

    /// Tracks remember the face of each detection they took; that of a new track is looked at for this.
    private mutating func rememberFaces(_ appearance: AppearanceQuery?) {
        guard let appearance else { return }
        for index in roster.tracks.indices {
            guard let column = roster.tracks[index].detectionIndex else { continue }
            if let face = looks.look(at: column, by: appearance) { roster.members[index].memory.add(face) }
        }
    }
}
