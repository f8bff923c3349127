import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import VedetteCore
import VedetteGallery
import VedetteMedia
import VedettePipeline
import VedetteStore

/// Runs cameras as `serve` does, with one viewer each, and measures what the viewers get.
struct PipelineBenchmark {
    let engine: Engine
    let configuration: Configuration
    let gallery: Gallery
    let source: SourceURI
    let cameras: Int
    let seconds: Double
    let warmup: Double

    /// Takes the log's records and drops them: the benchmark writes nothing.
    private struct NoLog: SightingSink {
        func submit(_ record: SightingRecord) {}
    }

    /// What the viewers saw while measuring.
    private final class Latencies: Sendable {
        private let state = Mutex<(isMeasuring: Bool, milliseconds: [Double])>((false, []))

        func begin() { state.withLock { $0.isMeasuring = true } }

        func add(_ picture: EncodedFrame) {
            let latency = Clock.seconds(since: picture.captureTime.monotonic) * 1000
            state.withLock { if $0.isMeasuring { $0.milliseconds.append(latency) } }
        }

        func end() -> [Double] {
            state.withLock { state in
                state.isMeasuring = false
                return state.milliseconds
            }
        }
    }

    func run() async throws -> Bench.Pipeline.Report {
        let logger = LogSetup.quiet(configuration)
        let hub = LiveHub(
            codec: engine.codec,
            options: .init(maximumWidth: configuration.live.width, quality: configuration.live.quality))
        let chains = ChainFactory(
            engine: engine, gallery: gallery, directory: IdentityDirectory(threshold: engine.policy.threshold),
            configuration: configuration, logger: logger)
        let declared = (1...cameras).compactMap { number in
            CameraID("bench-\(number)").map { Camera(id: $0, name: "Camera \(number)", uri: source) }
        }
        let supervisor = CameraSupervisor(
            declared: declared, store: try SQLiteStore.inMemory(), hub: hub,
            scheduler: AnalysisScheduler(workers: engine.workers),
            opener: SourceFactory(codec: engine.codec, demo: DemoPhotograph.scene()), options: .init(configuration),
            logger: logger,
            makeChain: { chains.live($0, hub: hub, sink: NoLog()) })
        let group = ServiceGroup(services: [supervisor], logger: logger)
        let latencies = Latencies()
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for camera in declared {
                while hub.status(of: camera.id) == nil { try await Task.sleep(for: .milliseconds(5)) }
                guard let pictures = hub.pictures(of: camera.id) else { continue }
                tasks.addTask {
                    for await picture in pictures { latencies.add(picture) }
                }
            }
            try await Task.sleep(for: .seconds(warmup))
            let before = hub.statuses()
            let cpuBefore = ProcessUsage.cpuSeconds()
            let startedAt = Clock.monotonic()
            latencies.begin()
            try await Task.sleep(for: .seconds(seconds))
            let milliseconds = latencies.end()
            let elapsed = Clock.seconds(since: startedAt)
            let cpu = ProcessUsage.cpuSeconds() - cpuBefore
            let after = hub.statuses()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            guard let quantiles = Bench.Quantiles(milliseconds) else {
                let reason = after.first?.reason.map { ": \($0)" } ?? ""
                throw Files.Failure(message: "no picture came from \(source)\(reason)")
            }
            func total(_ path: KeyPath<CameraStatus, Int>) -> Int {
                after.reduce(0) { $0 + $1[keyPath: path] } - before.reduce(0) { $0 + $1[keyPath: path] }
            }
            return Bench.Pipeline.Report(
                cameras: cameras, seconds: elapsed, received: total(\.received), replaced: total(\.replaced),
                analysedPerSecond: Double(total(\.analysed)) / elapsed, latency: quantiles, cpuCores: cpu / elapsed,
                residentMegabytes: ProcessUsage.residentMegabytes())
        }
    }
}

/// What this process uses, from the kernel.
enum ProcessUsage {
    static func cpuSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    static func residentMegabytes() -> Double {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1e6
    }
}
