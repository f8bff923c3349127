import CoreMetrics
import Testing

@testable import VedetteServer

@Suite struct PrometheusTests {
    private let registry = PrometheusRegistry()

    private var lines: [String] { registry.exposition().split(separator: "\n").map(String.init) }

    @Test func writesACounterWithTotal() {
        registry.describe("vedette_frames_total", "Frames that came in.")
        let counter = registry.makeCounter(label: "vedette.frames", dimensions: [("kind", "a")])
        counter.increment(by: 2)
        counter.increment(by: 3)
        registry.makeCounter(label: "vedette_frames_total", dimensions: [("kind", "b")]).increment(by: 1)
        #expect(
            lines.filter { $0.contains("vedette_frames") } == [
                "# HELP vedette_frames_total Frames that came in.", "# TYPE vedette_frames_total counter",
                "vedette_frames_total{kind=\"a\"} 5", "vedette_frames_total{kind=\"b\"} 1",
            ])
    }

    @Test func keepsCountersExactBeyondDoublePrecision() {
        let counter = PrometheusCounter()
        counter.increment(by: Int64(1) << 54)
        counter.increment(by: Int64(1))
        counter.increment(by: Int64(-5))
        counter.increment(by: 0.5)
        counter.increment(by: -1.0)
        counter.increment(by: Double.nan)
        #expect(counter.value == Double(Int64(1) << 54) + 1.5)
    }

    @Test func writesAHistogramInSeconds() {
        let timer = registry.makeTimer(label: "vedette_stage", dimensions: [("stage", "detect")])
        timer.recordNanoseconds(500_000)
        timer.recordNanoseconds(1_000_000)
        timer.recordNanoseconds(30_000_000)
        timer.recordNanoseconds(60_000_000_000)
        let found = lines.filter { $0.hasPrefix("vedette_stage") }
        #expect(found.count == PrometheusHistogram.seconds.count + 3)
        #expect(found[0] == "vedette_stage_seconds_bucket{stage=\"detect\",le=\"0.001\"} 2")
        #expect(found.contains("vedette_stage_seconds_bucket{stage=\"detect\",le=\"0.02\"} 2"))
        #expect(found.contains("vedette_stage_seconds_bucket{stage=\"detect\",le=\"0.035\"} 3"))
        #expect(found.contains("vedette_stage_seconds_bucket{stage=\"detect\",le=\"10\"} 3"))
        #expect(found.contains("vedette_stage_seconds_bucket{stage=\"detect\",le=\"+Inf\"} 4"))
        #expect(found.contains("vedette_stage_seconds_sum{stage=\"detect\"} 60.0315"))
        #expect(found.last == "vedette_stage_seconds_count{stage=\"detect\"} 4")
        #expect(lines.contains("# TYPE vedette_stage_seconds histogram"))
    }

    @Test func countsAValueOnABoundBelowIt() {
        let histogram = PrometheusHistogram(bounds: [1, 2])
        for value in [1.0, 1.5, 2, 2.5, .nan] { histogram.record(value) }
        #expect(histogram.current.counts == [1, 2, 1])
    }

    @Test func escapesAndOrdersLabels() {
        let dimensions = [("z", "a\"b\\c\nd"), ("a.b", "ünï"), ("le", "1"), ("__x", "2"), ("9", "3")]
        registry.makeMeter(label: "queue.depth-now", dimensions: dimensions).set(1.5)
        #expect(
            lines.contains(
                #"queue_depth_now{_9="3",a_b="ünï",label___x="2",label_le="1",z="a\"b\\c\nd"} 1.5"#))
    }

    @Test func givesTheSameInstrumentForTheSameLabelsInAnyOrder() {
        let first = registry.makeCounter(label: "x", dimensions: [("a", "1"), ("b", "2")])
        let second = registry.makeCounter(label: "x", dimensions: [("b", "2"), ("a", "1")])
        #expect(first === second)
    }

    @Test func keepsSeriesWithinBounds() {
        for index in 0..<(PrometheusRegistry.maximumSeries + 25) {
            registry.makeCounter(label: "wild", dimensions: [("id", "\(index)")]).increment(by: 1)
        }
        #expect(lines.filter { $0.hasPrefix("wild_total{") }.count == PrometheusRegistry.maximumSeries)
        #expect(lines.contains("vedette_metric_series_refused_total 25"))
    }

    @Test func refusesAnotherKindUnderAKnownName() {
        registry.makeMeter(label: "thing", dimensions: []).set(Int64(7))
        registry.makeRecorder(label: "thing", dimensions: [], aggregate: true).record(Int64(9))
        #expect(lines.filter { $0.hasPrefix("thing") } == ["thing 7"])
        #expect(lines.contains("vedette_metric_series_refused_total 1"))
    }

    @Test func forgetsWhatIsDestroyed() {
        let counter = registry.makeCounter(label: "gone", dimensions: [])
        counter.increment(by: 1)
        registry.destroyCounter(counter)
        #expect(!lines.contains { $0.hasPrefix("gone_total") })
    }

    @Test func choosesBucketsByTheNameOfARecorder() {
        registry.makeRecorder(label: "wait_seconds", dimensions: [], aggregate: true).record(0.002)
        registry.makeRecorder(label: "batch", dimensions: [], aggregate: true).record(Int64(20))
        registry.makeRecorder(label: "level", dimensions: [], aggregate: false).record(Int64(3))
        #expect(lines.contains("wait_seconds_bucket{le=\"0.0025\"} 1"))
        #expect(lines.contains("batch_bucket{le=\"20\"} 1"))
        #expect(lines.contains("batch_bucket{le=\"10\"} 0"))
        #expect(lines.contains("level 3"))
        #expect(lines.contains("# TYPE level gauge"))
    }

    @Test func asksCollectorsAtEveryScrape() {
        registry.collect {
            [MetricFamily("up", .gauge, help: "line\nbreak \\", samples: [.init(1, labels: ["a": "b"])])]
        }
        #expect(lines.contains("# HELP up line\\nbreak \\\\"))
        #expect(lines.contains("up{a=\"b\"} 1"))
    }

    @Test(arguments: [
        (1.0, "1"), (-0.5, "-0.5"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
        (1e15, "1000000000000000"),
        (0.0025, "0.0025"),
    ])
    func writesNumbers(value: Double, text: String) {
        #expect(PrometheusText.number(value) == text)
    }

    @Test func countsFromManyThreads() async {
        let counter = registry.makeCounter(label: "busy", dimensions: [])
        let gauge = PrometheusGauge()
        let histogram = PrometheusHistogram(bounds: [1])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        counter.increment(by: 1)
                        gauge.increment(by: 0.5)
                        histogram.record(0.5)
                    }
                }
            }
        }
        #expect(lines.contains("busy_total 8000"))
        #expect(gauge.value == 4000)
        #expect(histogram.current.counts == [8000, 0])
    }

    @Test func tellsOfTheProcess() throws {
        let families = Dictionary(uniqueKeysWithValues: ProcessMetrics.read().map { ($0.name, $0) })
        for name in [
            "process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds",
            "process_start_time_seconds",
        ] {
            let value = try #require(families[name]?.samples.first?.value)
            #expect(value > 0 || name == "process_cpu_seconds_total")
        }
        #expect(families["process_cpu_seconds_total"]?.kind == .counter)
    }
}
