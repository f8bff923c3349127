import Synchronization

/// True at the first call only.
final class Flag: Sendable {
    private let raised = Mutex(false)

    func raise() -> Bool {
        raised.withLock { raised in
            defer { raised = true }
            return !raised
        }
    }
}
