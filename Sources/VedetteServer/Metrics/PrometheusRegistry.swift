package import CoreMetrics
import Synchronization

/// Keeps what Swift Metrics records and tells it to Prometheus.
///
/// ```swift
/// let registry = PrometheusRegistry()
/// MetricsSystem.bootstrap(registry)
/// registry.describe("vedette_stage_seconds", "Time of one stage of the chain.")
/// ```
///
/// It is ours because no Swift library that can be had here writes Prometheus' text format. Labels of Swift Metrics
/// become names by replacing what Prometheus does not allow; counters end in `_total`, timers in `_seconds`. A metric
/// has at most ``maximumSeries`` combinations of labels; more are counted in `vedette_metric_series_refused_total` and
/// not kept, so that a label from an unbounded set cannot fill the memory.
package final class PrometheusRegistry: MetricsFactory {
    package static let maximumSeries = 1000

    private enum Instrument {
        case counter(PrometheusCounter)
        case gauge(PrometheusGauge)
        case histogram(PrometheusHistogram)

        var kind: MetricFamily.Kind {
            switch self {
            case .counter: .counter
            case .gauge: .gauge
            case .histogram: .histogram
            }
        }

        var object: AnyObject {
            switch self {
            case .counter(let counter): counter
            case .gauge(let gauge): gauge
            case .histogram(let histogram): histogram
            }
        }
    }

    private struct Family {
        var kind: MetricFamily.Kind
        var series: [[MetricFamily.Label]: Instrument] = [:]
    }

    private struct State {
        var families: [String: Family] = [:]
        var help: [String: String] = [
            "vedette_metric_series_refused_total":
                "Series that were not kept because their metric has too many, or is of another kind."
        ]
        var collectors: [@Sendable () -> [MetricFamily]] = []
    }

    private let state = Mutex(State())
    private let refused: PrometheusCounter

    package init() {
        let refused = PrometheusCounter()
        self.refused = refused
        state.withLock {
            $0.families["vedette_metric_series_refused_total"] = Family(kind: .counter, series: [[]: .counter(refused)])
        }
    }

    /// What the metric means: its `HELP` line. `name` is as Prometheus sees it.
    package func describe(_ name: String, _ help: String) {
        state.withLock { $0.help[name] = help }
    }

    /// Asks `read` for further metrics at every scrape: for what is counted elsewhere already.
    package func collect(_ read: @escaping @Sendable () -> [MetricFamily]) {
        state.withLock { $0.collectors.append(read) }
    }

    /// Everything in Prometheus' text format, in a fixed order.
    package func exposition() -> String {
        let (families, help, collectors) = state.withLock { ($0.families, $0.help, $0.collectors) }
        var all = families.map { name, family in
            MetricFamily(
                name, family.kind, help: help[name] ?? "No description.",
                samples: family.series.sorted { Self.precedes($0.key, $1.key) }.flatMap { Self.samples($1, labels: $0) }
            )
        }
        for read in collectors { all += read() }
        return PrometheusText.write(all.sorted { $0.name < $1.name })
    }

    private static func precedes(_ left: [MetricFamily.Label], _ right: [MetricFamily.Label]) -> Bool {
        left.lexicographicallyPrecedes(right) { ($0.name, $0.value) < ($1.name, $1.value) }
    }

    private static func samples(_ instrument: Instrument, labels: [MetricFamily.Label]) -> [MetricFamily.Sample] {
        switch instrument {
        case .counter(let counter): return [.init(labels: labels, value: counter.value)]
        case .gauge(let gauge): return [.init(labels: labels, value: gauge.value)]
        case .histogram(let histogram):
            let reading = histogram.current
            var total: UInt64 = 0
            var samples: [MetricFamily.Sample] = []
            for (bound, count) in zip(histogram.bounds + [.infinity], reading.counts) {
                total += count
                let upTo = MetricFamily.Label(name: "le", value: PrometheusText.number(bound))
                samples.append(.init(suffix: "_bucket", labels: labels + [upTo], value: Double(total)))
            }
            samples.append(.init(suffix: "_sum", labels: labels, value: reading.sum))
            samples.append(.init(suffix: "_count", labels: labels, value: Double(total)))
            return samples
        }
    }

    // MARK: Making instruments

    /// The instrument of this name and these labels; a new one unless it exists. One that is refused records into
    /// nothing.
    private func instrument(
        _ name: String, dimensions: [(String, String)], make: () -> Instrument
    ) -> Instrument {
        let labels =
            dimensions
            .map { MetricFamily.Label(name: PrometheusText.labelName($0.0), value: $0.1) }
            .sorted { $0.name < $1.name }
        let fresh = make()
        let kept = state.withLock { state -> Instrument? in
            var family = state.families[name] ?? Family(kind: fresh.kind)
            guard family.kind == fresh.kind else { return nil }
            if let known = family.series[labels] { return known }
            guard family.series.count < Self.maximumSeries else { return nil }
            family.series[labels] = fresh
            state.families[name] = family
            return fresh
        }
        if kept == nil { refused.increment(by: Int64(1)) }
        return kept ?? fresh
    }

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> PrometheusCounter {
        let name = Self.name(label, suffix: "_total")
        if case .counter(let counter) = instrument(
            name, dimensions: dimensions, make: { .counter(PrometheusCounter()) })
        {
            return counter
        }
        return PrometheusCounter()
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> PrometheusGauge {
        let name = PrometheusText.metricName(label)
        if case .gauge(let gauge) = instrument(name, dimensions: dimensions, make: { .gauge(PrometheusGauge()) }) {
            return gauge
        }
        return PrometheusGauge()
    }

    private func histogram(_ name: String, _ dimensions: [(String, String)], _ bounds: [Double]) -> PrometheusHistogram
    {
        let make = { Instrument.histogram(PrometheusHistogram(bounds: bounds)) }
        if case .histogram(let histogram) = instrument(name, dimensions: dimensions, make: make) { return histogram }
        return PrometheusHistogram(bounds: bounds)
    }

    private static func name(_ label: String, suffix: String) -> String {
        let name = PrometheusText.metricName(label)
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    private func destroy(_ handler: AnyObject) {
        state.withLock { state in
            for name in Array(state.families.keys) {
                let labels = state.families[name]?.series.first { $0.value.object === handler }?.key
                if let labels { state.families[name]?.series[labels] = nil }
            }
        }
    }
}

// MARK: Swift Metrics

extension PrometheusRegistry {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler { counter(label, dimensions) }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    /// One that aggregates is a histogram: of seconds when its name ends so, else of numbers of things.
    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return gauge(label, dimensions) }
        let name = PrometheusText.metricName(label)
        let bounds = name.hasSuffix("_seconds") ? PrometheusHistogram.seconds : PrometheusHistogram.counts
        return histogram(name, dimensions, bounds)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(Self.name(label, suffix: "_seconds"), dimensions, PrometheusHistogram.seconds)
    }

    package func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { destroy(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }
}
