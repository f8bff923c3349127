import Foundation

/// Runs blocking work (inference, decoding) away from the cooperative threads, at most `width` jobs at once.
///
/// Jobs beyond that wait in order; nothing is dropped. A caller who must not wait without end bounds its own calls.
package final class BlockingPool: Sendable {
    private let queue = OperationQueue()

    package init(width: Int) {
        precondition(width > 0, "a pool has at least one thread")
        queue.maxConcurrentOperationCount = width
        queue.name = "vedette.blocking"
    }

    package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.addOperation { continuation.resume(with: Result { try work() }) }
        }
    }
}
