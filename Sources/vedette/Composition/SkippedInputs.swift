import Synchronization

/// Inputs that were passed over while the rest went on: each is complained about once.
final class SkippedInputs: Sendable {
    private let paths = Mutex<Set<String>>([])

    func add(_ path: String, _ reason: any Error) {
        guard paths.withLock({ $0.insert(path).inserted }) else { return }
        Console.complain(path, reason)
    }

    /// - Parameter frames: inputs that were used.
    /// - Throws: the exit status when there were any.
    func check(frames: Int) throws {
        let count = paths.withLock { $0.count }
        try Outcome.check(failed: count, of: count + frames)
    }
}
