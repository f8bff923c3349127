package import Logging
package import Metrics
import ServiceLifecycle
import Synchronization
package import VedetteCore

/// Writes what the pipeline reports about sightings, in batches, off the path of the frames.
///
/// ``submit(_:)`` only puts the record into memory. A little later everything that waits is written in one
/// transaction, so that the many states of one sighting cost one row, and at most the last moments are lost when the
/// process is killed. While the store fails, records wait, the newest state of each sighting, and writing is tried
/// again at growing intervals; only at the bounds of ``Options`` something is given up, counted and logged.
///
/// On graceful shutdown it writes what waits and returns; start it before, and so stop it after, whoever submits.
package final class SightingWriter: SightingSink, Service {
    package struct Options: Sendable {
        /// How long records are gathered. Raised, fewer and larger transactions; lowered, a killed process loses less.
        package var flushInterval: Duration = .milliseconds(250)
        /// Rows of one transaction; between two of them other changes get their turn.
        package var maximumBatch = 1000
        /// Sightings that may wait. Beyond, the oldest ended ones are given up.
        package var maximumPending = 100_000
        /// Bytes of pictures that may wait. Beyond, the oldest pictures are given up; their sightings stay.
        package var maximumPictureBytes = 64 << 20
        /// Between two attempts while the store fails: from the first value, doubled up to the second.
        package var retryDelay: ClosedRange<Duration> = .milliseconds(500) ... .seconds(10)
        /// How long a shutdown tries to write to a store that fails.
        package var shutdownPatience: Duration = .seconds(5)

        package init() {}
    }

    private struct State {
        var pending: PendingSightings
        var losses = PendingSightings.Losses()
        var isClosed = false
    }

    private let store: any SightingStore
    private let options: Options
    private let logger: Logger
    private let state: Mutex<State>
    /// Holds at most one wake-up call: sent when something waits where nothing waited before.
    private let wakeUps: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    private let metrics: WriterMetrics

    package init(
        store: any SightingStore, options: Options = Options(), logger: Logger = Logger(label: "vedette.sightings"),
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.metrics = WriterMetrics(metrics)
        self.store = store
        self.options = options
        self.logger = logger
        let limits = PendingSightings.Limits(
            sightings: max(1, options.maximumPending), pictureBytes: max(0, options.maximumPictureBytes))
        state = Mutex(State(pending: PendingSightings(limits: limits)))
        (wakeUps, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Sightings that wait.
    package var pendingCount: Int { state.withLock { $0.pending.count } }

    /// Takes the record into memory. After ``run()`` has ended, it is counted as dropped.
    package func submit(_ record: SightingRecord) {
        let wasEmpty = state.withLock { state -> Bool? in
            guard !state.isClosed else { return nil }
            defer { state.losses += state.pending.submit(record) }
            return state.pending.isEmpty
        }
        switch wasEmpty {
        case true?: wake.yield()
        case false?: break
        case nil: metrics.dropped.increment()
        }
    }

    /// Writes until graceful shutdown or cancellation, then what still waits. Runs once.
    package func run() async throws {
        for await _ in wakeUps.cancelOnGracefulShutdown() {
            await pause(options.flushInterval)
            var delay = options.retryDelay.lowerBound
            while !Task.isShuttingDownGracefully, !Task.isCancelled, let error = await writePending() {
                logger.warning(
                    "sightings cannot be written and wait",
                    metadata: [
                        LogKey.error: "\(error)", LogKey.pending: "\(pendingCount)", LogKey.retryIn: "\(delay)",
                    ])
                await pause(delay)
                delay = min(delay * 2, options.retryDelay.upperBound)
            }
        }
        await finish()
    }

    /// Waits, but no longer than until graceful shutdown or cancellation.
    private func pause(_ duration: Duration) async {
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
    }

    /// Writes everything that waits, batch after batch.
    ///
    /// - Returns: why it stopped before the end; nil when nothing waits any more.
    private func writePending() async -> (any Error)? {
        defer { reportState() }
        while true {
            let batch = state.withLock { $0.pending.take(upTo: max(1, options.maximumBatch)) }
            guard !batch.isEmpty else { return nil }
            do {
                try await store.write(batch)
                metrics.written.increment(by: batch.count)
            } catch {
                metrics.failures.increment()
                guard let error = error as? StoreError, [.invalid, .conflict].contains(error.code) else {
                    state.withLock { $0.losses += $0.pending.putBack(batch) }
                    return error
                }
                if let failure = await writeSingly(batch) { return failure }
            }
        }
    }

    /// Finds the records that the store refuses for what they are: waiting does not help them, and they must not
    /// hold up the others.
    private func writeSingly(_ batch: [SightingRecord]) async -> (any Error)? {
        for (index, record) in batch.enumerated() {
            do {
                try await store.write([record])
                metrics.written.increment()
            } catch let error as StoreError where [.invalid, .conflict].contains(error.code) {
                metrics.failures.increment()
                metrics.dropped.increment()
                logger.error("the store refuses a sighting", metadata: [LogKey.error: "\(error)"])
            } catch {
                metrics.failures.increment()
                state.withLock { $0.losses += $0.pending.putBack(Array(batch[index...])) }
                return error
            }
        }
        return nil
    }

    private func finish() async {
        let deadline = ContinuousClock.now + options.shutdownPatience
        var failure = await writePending()
        while failure != nil, ContinuousClock.now < deadline, !Task.isCancelled {
            try? await Task.sleep(for: min(.milliseconds(200), options.shutdownPatience))
            failure = await writePending()
        }
        // What came since the last attempt is still written; what comes from now on is not.
        let left = state.withLock { state -> Int in
            state.isClosed = true
            return state.pending.count
        }
        if left > 0, failure == nil { failure = await writePending() }
        wake.finish()
        guard let failure else { return }
        let lost = state.withLock { $0.pending.take(upTo: .max).count }
        metrics.dropped.increment(by: lost)
        metrics.pending.record(0)
        logger.error(
            "sightings could not be written before the end and are lost",
            metadata: [LogKey.sightings: "\(lost)", LogKey.error: "\(failure)"])
    }

    /// Metrics, and a line in the log when something was given up since the last time.
    private func reportState() {
        let (pending, losses) = state.withLock { state in
            defer { state.losses = .init() }
            return (state.pending.count, state.losses)
        }
        metrics.pending.record(pending)
        guard losses != .init() else { return }
        metrics.dropped.increment(by: losses.sightings)
        metrics.droppedPictures.increment(by: losses.pictures)
        logger.error(
            "too much waits to be written: the oldest was given up",
            metadata: [LogKey.sightings: "\(losses.sightings)", LogKey.pictures: "\(losses.pictures)"])
    }
}

private struct WriterMetrics {
    let written: Counter
    let pending: Gauge
    let dropped: Counter
    let droppedPictures: Counter
    let failures: Counter

    init(_ factory: any MetricsFactory) {
        written = Counter(label: "vedette_sightings_written_total", factory: factory)
        pending = Gauge(label: "vedette_sightings_pending", factory: factory)
        dropped = Counter(label: "vedette_sightings_dropped_total", factory: factory)
        droppedPictures = Counter(label: "vedette_sighting_pictures_dropped_total", factory: factory)
        failures = Counter(label: "vedette_store_write_failures_total", factory: factory)
    }
}
