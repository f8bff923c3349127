import CoreMetrics
import Synchronization

/// A number that only grows. Recording is one atomic addition.
final class PrometheusCounter: CounterHandler, FloatingPointCounterHandler {
    /// Whole and broken parts apart, so that counting by ones stays exact beyond 2^53.
    private let whole = Atomic<Int64>(0)
    private let broken = AtomicDouble()

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(amount, ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        broken.add(amount)
    }

    /// Swift Metrics allows it; to Prometheus it looks like a restart.
    func reset() {
        whole.store(0, ordering: .relaxed)
        broken.store(0)
    }

    var value: Double { Double(whole.load(ordering: .relaxed)) + broken.load() }
}

/// A number that goes up and down.
final class PrometheusGauge: MeterHandler, RecorderHandler {
    private let number = AtomicDouble()

    func set(_ value: Int64) { number.store(Double(value)) }
    func set(_ value: Double) { number.store(value) }
    func increment(by amount: Double) { number.add(amount) }
    func decrement(by amount: Double) { number.add(-amount) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    var value: Double { number.load() }
}

/// How often a value fell into which range. Recording takes a lock for a few additions and allocates nothing.
final class PrometheusHistogram: TimerHandler, RecorderHandler {
    /// For latencies: 1 ms to 10 s.
    static let seconds = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10]
    /// For numbers of things.
    static let counts: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

    struct Reading: Sendable {
        /// Values up to each bound and above all of them: one more than there are bounds.
        var counts: [UInt64]
        var sum: Double
    }

    let bounds: [Double]
    private let reading: Mutex<Reading>

    /// - Parameter bounds: the upper bounds of the ranges, rising.
    init(bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "the bounds of a histogram rise")
        self.bounds = bounds
        reading = Mutex(Reading(counts: Array(repeating: 0, count: bounds.count + 1), sum: 0))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard !value.isNaN else { return }
        var range = 0
        while range < bounds.count, value > bounds[range] { range += 1 }
        reading.withLock {
            $0.counts[range] += 1
            $0.sum += value
        }
    }

    var current: Reading { reading.withLock { $0 } }
}

/// A floating-point number that several threads may add to.
private struct AtomicDouble: ~Copyable {
    private let bits = Atomic<UInt64>(0)

    func load() -> Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
    func store(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = original
        }
    }
}
