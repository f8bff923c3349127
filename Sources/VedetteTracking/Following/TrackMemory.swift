/// What one kind of tracker remembers of a track beside its motion.
protocol TrackMemory: Sendable {
    init()
}

/// For trackers that need nothing more.
struct NoMemory: TrackMemory {}
