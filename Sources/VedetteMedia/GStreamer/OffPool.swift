import Dispatch
import Synchronization

/// Runs blocking work on threads of its own, never on those that Swift's tasks share.
enum OffPool {
    static let queue = DispatchQueue(label: "vedette.media.blocking", attributes: .concurrent)

    /// What `work` returns, or nil when it takes longer than `limit`; it then goes on unobserved. Does not end sooner
    /// when the task is cancelled.
    static func run<Value: Sendable>(
        on queue: DispatchQueue = queue, atMost limit: Duration, _ work: @escaping @Sendable () -> Value
    ) async -> Value? {
        await withCheckedContinuation { continuation in
            let answer = Answer(continuation)
            queue.async { answer.give(work()) }
            Self.queue.asyncAfter(deadline: .now() + .milliseconds(Int(limit / .milliseconds(1)))) { answer.give(nil) }
        }
    }

    /// A continuation that several threads may try to resume: the first one does.
    private final class Answer<Value: Sendable>: Sendable {
        private let continuation: Mutex<CheckedContinuation<Value?, Never>?>

        init(_ continuation: CheckedContinuation<Value?, Never>) {
            self.continuation = Mutex(continuation)
        }

        func give(_ value: Value?) {
            continuation.withLock { $0.take() }?.resume(returning: value)
        }
    }
}
