import VedetteCore

/// A track with what only the tracker needs to know of it.
struct FollowedFace: Sendable {
    private(set) var track: Track
    private var filter: KalmanFilter
    /// The latest detection, on the tracker's own clock.
    private(set) var detectedAt: Double
    /// Whether it has a detection in this update.
    private(set) var isMatched = true

    init(_ detection: Detection, index: Int, id: Int, at seconds: Double, clock: Double, options: ByteTracker.Options) {
        track = Track(
            id: id, state: options.confirmationHits <= 1 ? .confirmed : .tentative, box: detection.box,
            lastDetection: detection, detectionIndex: index, score: detection.score, firstSeen: seconds,
            lastSeen: seconds, hits: 1, velocity: .zero)
        filter = KalmanFilter(detection.box, noise: options.noise)
        detectedAt = clock
    }

    /// As it is reported when it is over.
    var ended: Track {
        var track = track
        track.state = .removed
        track.lastDetection = nil
        track.detectionIndex = nil
        return track
    }

    /// - Parameter shift: what to add to its times, after the clock they are on jumped.
    mutating func predict(seconds: Float, shift: Double) {
        filter.predict(seconds: seconds)
        isMatched = false
        track.box = filter.box
        track.lastDetection = nil
        track.detectionIndex = nil
        track.firstSeen += shift
        track.lastSeen += shift
    }

    mutating func take(
        _ detection: Detection, index: Int, at seconds: Double, clock: Double, options: ByteTracker.Options
    ) {
        filter.correct(detection.box)
        isMatched = true
        detectedAt = clock
        track.box = filter.box
        track.velocity = filter.velocity.lowHalf
        track.lastDetection = detection
        track.detectionIndex = index
        track.score = detection.score
        track.lastSeen = seconds
        track.hits += 1
        let isSeenEnough =
            track.hits >= options.confirmationHits
            || seconds - track.firstSeen >= options.confirmationSeconds
        if track.state == .lost || isSeenEnough { track.state = .confirmed }
    }

    /// It had no detection in this update, though it had in the one before.
    mutating func lose() {
        track.state = .lost
        filter.holdSize()
    }
}
