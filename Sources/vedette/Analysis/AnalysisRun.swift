import Foundation
import Synchronization
import UnixSignals
import VedetteCore
import VedettePipeline
import VedetteTracking

/// Recordings that are analysed together, as the cameras of one site: in order of their own times, one frame after the other, so
/// that the result does not depend on how fast each is decoded.
final class AnalysisRun: Sendable {
    struct Summary: Encodable {
        var frames = 0
        var analysed = 0
        var tracks = 0
        var embeddings = 0
        var seconds = 0.0
        var people: [String] = []
        /// People nobody has named, and changes of anybody from one recording to another.
        var anonymous = 0
        var handovers = 0
    }

    private struct HandOverEvent: Encodable {
        var event = "handover"
        var person: String?
        var anonymous: String?
        var from: CameraID
        var to: CameraID
        var gap: Double
    }

    let parts: [(source: any FrameSource, analysis: Analysis)]
    private let startedAt = Clock.monotonic()
    private let gate: TimeGate
    private let progress = Mutex(Progress("frames", total: nil))

    init(_ parts: [(source: any FrameSource, analysis: Analysis)]) {
        self.parts = parts
        gate = TimeGate(count: parts.count)
    }

    /// Runs to the end of all sources, or until Ctrl-C or SIGTERM.
    ///
    /// - Returns: what stopped it early, if anything did; what was found until then is kept.
    func run() async -> (any Error)? {
        let failures = Failures()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.runSources(failures) }
            group.addTask { for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { break } }
            await group.next()
            gate.open()
            group.cancelAll()
            await group.waitForAll()
        }
        for part in parts {
            do { try part.analysis.finish() } catch { failures.add(error) }
        }
        progress.withLock { $0.finish() }
        return failures.first
    }

    private func runSources(_ failures: Failures) async {
        await withTaskGroup(of: Void.self) { group in
            for index in parts.indices {
                group.addTask {
                    do throws(SourceFailure) {
                        try await self.parts[index].source.run { self.take($0, index, failures) }
                    } catch {
                        failures.add(error)
                    }
                    self.gate.leave(index)
                }
            }
            // A frame that could not be handled ends all.
            group.addTask {
                for await _ in failures.stopping {}
            }
            for _ in parts.indices {
                await group.next()
                if failures.isStopped { break }
            }
            failures.stop()
            gate.open()
            group.cancelAll()
            await group.waitForAll()
        }
    }

    private func take(_ frame: Frame, _ index: Int, _ failures: Failures) {
        gate.pass(index, at: frame.mediaTime ?? -.infinity) {
            guard !failures.isStopped else { return }
            progress.withLock { $0.advance() }
            do {
                try parts[index].analysis.take(frame)
            } catch {
                failures.add(error)
                failures.stop()
            }
        }
    }

    // MARK: Results

    var summary: Summary {
        var summary = Summary()
        summary.seconds = Clock.seconds(since: startedAt)
        var anonymous: Set<PersonID> = []
        for analysis in parts.map(\.analysis) {
            let confirmed = analysis.tracks.filter { $0.face != nil && !$0.rows.isEmpty }
            summary.frames += analysis.frames
            summary.analysed += analysis.analysed
            summary.tracks += confirmed.count
            summary.embeddings += analysis.embeddings
            summary.handovers += analysis.handOvers.count
            summary.people += confirmed.filter { !$0.isAnonymous }.compactMap(\.name)
            anonymous.formUnion(confirmed.filter(\.isAnonymous).compactMap(\.person))
        }
        summary.people = Set(summary.people).sorted()
        summary.anonymous = anonymous.count
        return summary
    }

    /// Identity and end of tracks, and hand-overs, in order of time.
    func eventsText() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var lines: [(time: Double, text: String)] = []
        for analysis in parts.map(\.analysis) {
            let numbers = analysis.numbers()
            for note in analysis.notes {
                var event = note.event
                event.track = numbers[note.track]
                event.camera = parts.count > 1 ? analysis.camera : nil
                lines.append((note.time, String(decoding: try encoder.encode(event), as: UTF8.self)))
            }
            for (time, handOver) in analysis.handOvers {
                let event = HandOverEvent(
                    person: handOver.isAnonymous ? nil : handOver.name,
                    anonymous: handOver.isAnonymous ? handOver.name : nil, from: handOver.from, to: handOver.to,
                    gap: handOver.gap)
                lines.append((time, String(decoding: try encoder.encode(event), as: UTF8.self)))
            }
        }
        let order = lines.indices.sorted { (lines[$0].time, $0) < (lines[$1].time, $1) }
        return order.map { lines[$0].text + "\n" }.joined()
    }
}

/// Lets the threads of several recordings through one at a time, the one with the earliest frame first.
private final class TimeGate: @unchecked Sendable {
    // Guarded by `condition`. Nil: the recording's next frame is not known yet.
    private var next: [Double?]
    private var isOpen = false
    private let condition = NSCondition()

    init(count: Int) { next = Array(repeating: nil, count: count) }

    /// Waits until no other recording can have an earlier frame, and does the work while the others wait.
    ///
    /// - Parameter time: seconds of the recording; minus infinity for a live camera, which waits for nobody.
    func pass(_ index: Int, at time: Double, _ work: () -> Void) {
        condition.lock()
        defer { condition.unlock() }
        next[index] = time
        condition.broadcast()
        while !isOpen, !isFirst(index, time) { condition.wait() }
        if !isOpen { work() }
        next[index] = time == -.infinity ? .infinity : nil
    }

    private func isFirst(_ index: Int, _ time: Double) -> Bool {
        if time == -.infinity { return true }
        for (other, at) in next.enumerated() where other != index {
            guard let at else { return false }
            if (at, other) < (time, index) { return false }
        }
        return true
    }

    /// The recording is over.
    func leave(_ index: Int) {
        condition.withLock {
            next[index] = .infinity
            condition.broadcast()
        }
    }

    /// Nobody waits any more, and no more work is done.
    func open() {
        condition.withLock {
            isOpen = true
            condition.broadcast()
        }
    }
}

/// What went wrong first, and whether that ends the run.
private final class Failures: Sendable {
    private let state = Mutex<(first: (any Error)?, isStopped: Bool)>((nil, false))
    private let signal = AsyncStream.makeStream(of: Never.self)

    var first: (any Error)? { state.withLock { $0.first } }
    var isStopped: Bool { state.withLock { $0.isStopped } }
    var stopping: AsyncStream<Never> { signal.stream }

    func add(_ error: any Error) { state.withLock { $0.first = $0.first ?? error } }

    func stop() {
        state.withLock { $0.isStopped = true }
        signal.continuation.finish()
    }
}
