import Dispatch
import Foundation
import Synchronization
import VedetteCore

/// The thread of a source that makes its frames itself: decoding and a reader that blocks have no place on the
/// cooperative threads.
final class SourceThread: Sendable {
    private let isStopped = Mutex(false)
    private let wake = DispatchSemaphore(value: 0)

    /// Runs `body` on a new thread until it returns. A cancelled task makes ``wait(until:)`` return false at once, upon
    /// which `body` returns.
    static func run(
        named name: String, _ body: @escaping @Sendable (SourceThread) -> Result<Void, SourceFailure>
    ) async throws(SourceFailure) {
        let source = SourceThread()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let thread = Thread { continuation.resume(returning: body(source)) }
                thread.name = name
                thread.start()
            }
        } onCancel: {
            source.isStopped.withLock { $0 = true }
            source.wake.signal()
        }
        try result.get()
    }

    var isRunning: Bool { !isStopped.withLock { $0 } }

    /// Sleeps until a moment of the monotonic clock.
    ///
    /// - Returns: false when the source is to stop.
    func wait(until deadline: Int64) -> Bool {
        while isRunning {
            let left = deadline - Clock.monotonic()
            guard left > 0 else { return true }
            _ = wake.wait(timeout: .now() + .nanoseconds(Int(left)))
        }
        return false
    }
}

/// The moments at which a paced source delivers: a fixed grid, of which those are left out that a slow reader has
/// missed.
struct FrameTicks {
    let start: Int64
    let interval: Double
    private(set) var index: Int64 = -1

    /// - Parameter start: nanoseconds of the monotonic clock.
    init(start: Int64, framesPerSecond: Double) {
        self.start = start
        interval = 1e9 / framesPerSecond
    }

    /// The next moment that is not over yet, or the first one; never two at once to make up for lost time.
    mutating func next(now: Int64) -> Int64 {
        let passed = Int64((Double(now - start) / interval).rounded(.up))
        index = max(index + 1, index < 0 ? 0 : passed)
        return start + Int64(Double(index) * interval)
    }
}
