import VedetteCore

/// The living tracks of one tracker, with what all trackers share: ids, clock, Kalman filters and life cycle.
///
/// An update is ``open(detections:at:)``, any number of ``take(_:index:by:)``, ``begin(_:index:)`` for what is new, and
/// ``close()``. All storage is kept from one update to the next.
struct TrackRoster<Memory: Sendable>: Sendable {
    /// What only the tracker needs to know of a track.
    struct Member: Sendable {
        var filter: KalmanFilter
        /// The latest detection, on the tracker's own clock.
        fileprivate(set) var detectedAt: Double
        /// Whether it has a detection in this update.
        fileprivate(set) var isMatched: Bool
        /// Updates since the latest detection; 1 in the update that looks for the next.
        fileprivate(set) var age: Int
        /// What this kind of tracker remembers beside the motion.
        var memory: Memory
    }

    let life: TrackLife
    private(set) var tracks: [Track] = []
    private(set) var removed: [Track] = []
    /// Beside ``tracks``, index by index.
    var members: [Member] = []
    /// Whether a detection of this update has a track.
    private(set) var taken: [Bool] = []
    /// Time from the update before to this one, in seconds; 0 in the first.
    private(set) var elapsed = 0.0

    private var clock = TrackingClock()
    /// The time of this frame as it was given, or the best guess at it.
    private var seconds = 0.0
    private var updatedAt = 0.0
    /// How much of the time since the latest update the boxes have already moved.
    private var predicted = 0.0
    private var nextID = 1
    private let blank: Memory

    /// - Parameter memory: what a new track remembers.
    init(life: TrackLife, memory: Memory) {
        self.life = life
        blank = memory
    }

    /// The tracker's own clock, which only runs forward.
    var now: Double { clock.now }
    /// The usual time between two frames, in seconds.
    var interval: Double { clock.interval }

    /// Time since a track was last detected, before this update; 0 for one that was detected in the update before.
    func lostSeconds(of member: Int) -> Double { max(0, clock.now - members[member].detectedAt - elapsed) }

    func index(of track: Int) -> Int? {
        // Ids ascend.
        var low = 0
        var high = tracks.count
        while low < high {
            let middle = (low + high) / 2
            if tracks[middle].id < track { low = middle + 1 } else { high = middle }
        }
        return low < tracks.count && tracks[low].id == track ? low : nil
    }

    /// Begins an update: ends what was missed for too long and moves all boxes to where they are expected.
    mutating func open(detections count: Int, at seconds: Double) {
        advance(to: seconds)
        elapsed = clock.now - updatedAt
        updatedAt = clock.now
        predicted = 0
        taken.refill(count: count, with: false)
        for index in members.indices { members[index].age += 1 }
    }

    /// Moves time and boxes on, without an update.
    mutating func advance(to seconds: Double) {
        removed.removeAll(keepingCapacity: true)
        let step = clock.advance(to: seconds)
        self.seconds = step.seconds
        let now = clock.now
        let patience = life.maximumLostSeconds
        end { now - $1.detectedAt > patience }
        // A track that may be lost for longer does not run on for longer than a second at once.
        let whole = min(now - updatedAt, 1)
        let part = Float(max(0, whole - predicted))
        predicted = whole
        for index in tracks.indices {
            members[index].isMatched = false
            members[index].filter.predict(seconds: part)
            tracks[index].coast(to: members[index].filter.box, shift: step.shift)
        }
    }

    /// Gives a track its detection.
    mutating func take(_ detection: Detection, index: Int, by member: Int) {
        taken[index] = true
        members[member].filter.correct(detection.box)
        members[member].isMatched = true
        members[member].detectedAt = clock.now
        members[member].age = 0
        tracks[member].take(detection, index: index, filter: members[member].filter, at: seconds, life: life)
    }

    /// Begins a track.
    ///
    /// - Returns: its index.
    @discardableResult
    mutating func begin(_ detection: Detection, index: Int) -> Int {
        taken[index] = true
        tracks.append(Track(detection, index: index, id: nextID, at: seconds, life: life))
        members.append(
            Member(
                filter: KalmanFilter(detection.box, noise: life.noise), detectedAt: clock.now, isMatched: true, age: 0,
                memory: blank))
        nextID += 1
        return members.count - 1
    }

    /// Begins a track at every detection from a score on that has none.
    mutating func beginTracks(_ detections: [Detection], from score: Float) {
        for (index, detection) in detections.enumerated() where !taken[index] && detection.score >= score {
            if detection.box.isTrackable { begin(detection, index: index) }
        }
    }

    /// Ends an update: tracks without a detection are lost or, when they were never believed, over.
    mutating func close() {
        for index in tracks.indices where !members[index].isMatched && tracks[index].state == .confirmed {
            tracks[index].state = .lost
            members[index].filter.holdSize()
        }
        let now = clock.now
        let gap = life.maximumTentativeGapSeconds
        end { $0.state == .tentative && !$1.isMatched && now - $1.detectedAt > gap }
    }

    mutating func endAll() -> [Track] {
        removed.removeAll(keepingCapacity: true)
        end { _, _ in true }
        return removed
    }

    private mutating func end(_ isOver: (Track, Member) -> Bool) {
        var kept = 0
        for index in tracks.indices {
            if isOver(tracks[index], members[index]) {
                removed.append(tracks[index].ended)
            } else {
                if kept != index {
                    tracks.swapAt(kept, index)
                    members.swapAt(kept, index)
                }
                kept += 1
            }
        }
        tracks.removeLast(tracks.count - kept)
        members.removeLast(members.count - kept)
    }
}

extension Track {
    fileprivate init(_ detection: Detection, index: Int, id: Int, at seconds: Double, life: TrackLife) {
        self.init(
            id: id, state: life.confirmationHits <= 1 ? .confirmed : .tentative, box: detection.box,
            lastDetection: detection, detectionIndex: index, score: detection.score, firstSeen: seconds,
            lastSeen: seconds, hits: 1, velocity: .zero)
    }

    /// As it is reported when it is over.
    fileprivate var ended: Track {
        var track = self
        track.state = .removed
        track.lastDetection = nil
        track.detectionIndex = nil
        return track
    }

    /// - Parameter shift: what to add to its times, after the clock they are on jumped.
    fileprivate mutating func coast(to predicted: Box, shift: Double) {
        box = predicted
        lastDetection = nil
        detectionIndex = nil
        firstSeen += shift
        lastSeen += shift
    }

    fileprivate mutating func take(
        _ detection: Detection, index: Int, filter: KalmanFilter, at seconds: Double, life: TrackLife
    ) {
        box = filter.box
        velocity = filter.velocity.lowHalf
        lastDetection = detection
        detectionIndex = index
        score = detection.score
        lastSeen = seconds
        hits += 1
        let isSeenEnough = hits >= life.confirmationHits || seconds - firstSeen >= life.confirmationSeconds
        if state == .lost || isSeenEnough { state = .confirmed }
    }
}

extension Box {
    /// Whether it has an extent and numbers that can be calculated with.
    var isTrackable: Bool {
        x.isFinite && y.isFinite && width > 0 && height > 0 && max(abs(x), abs(y), width, height) < 1e6
    }
}

/// For trackers that remember nothing beside the motion.
struct NoMemory: Sendable {}
