import VedetteCore

/// The embeddings asked for in one update, each at most once.
struct AppearanceLooks: Sendable {
    /// How many were asked for in all updates.
    private(set) var requests = 0
    private var asked: [Bool] = []
    private var found: [Embedding?] = []

    /// Begins an update.
    mutating func reset(detections count: Int) {
        asked.refill(count: count, with: false)
        found.refill(count: count, with: nil)
    }

    /// Asks for an embedding, unless it was asked for before.
    mutating func look(at detection: Int, by query: AppearanceQuery) -> Embedding? {
        if !asked[detection] {
            asked[detection] = true
            requests += 1
            found[detection] = query(detection)
        }
        return found[detection]
    }

    /// What was found when it was asked for.
    func known(of detection: Int) -> Embedding? { found[detection] }
}
