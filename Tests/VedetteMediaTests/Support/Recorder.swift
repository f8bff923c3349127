import Synchronization
import VedetteCore

/// What one frame said about itself.
struct Seen: Sendable {
    var sequence: UInt64
    var width: Int
    var height: Int
    var capture: Int64
    var arrival: Int64
    var mediaTime: Double?
    var colorimetry: Colorimetry
}

/// Notes every frame it is given, and can be waited for.
final class Recorder: Sendable {
    private let seen = Mutex<[Seen]>([])
    private let newest = Mutex<Frame?>(nil)

    func note(_ frame: Frame) {
        let entry = Seen(
            sequence: frame.sequence, width: frame.width, height: frame.height, capture: frame.captureTime.monotonic,
            arrival: Clock.monotonic(), mediaTime: frame.mediaTime, colorimetry: frame.colorimetry)
        newest.withLock { $0 = frame }
        seen.withLock { $0.append(entry) }
    }

    var frames: [Seen] { seen.withLock { $0 } }
    var last: Frame? { newest.withLock { $0 } }
}

/// How a run of a source went.
struct Run: Sendable {
    var frames: [Seen]
    var last: Frame?
    /// Nil when the source returned.
    var failure: SourceFailure?
    /// Whether it was stopped because time was up.
    var ranOut = false
    /// How long it took to return after it was cancelled, in seconds.
    var stopping: Double
}

/// How a source's run ended.
private final class Ending: Sendable {
    private let ended = Mutex(false)
    private let thrown = Mutex<SourceFailure?>(nil)

    func note(_ failure: SourceFailure?) {
        thrown.withLock { $0 = failure }
        ended.withLock { $0 = true }
    }

    var isOver: Bool { ended.withLock { $0 } }
    var failure: SourceFailure? { thrown.withLock { $0 } }
}

/// Runs a source until it ends, delivered `count` frames, or `seconds` are over.
func run(
    _ source: any FrameSource, frames count: Int = .max, within seconds: Double = 15,
    each: @escaping @Sendable (Frame) -> Void = { _ in }
) async -> Run {
    let recorder = Recorder()
    let ending = Ending()
    let task = Task {
        do throws(SourceFailure) {
            try await source.run { frame in
                recorder.note(frame)
                each(frame)
            }
            ending.note(nil)
        } catch {
            ending.note(error)
        }
    }
    let start = Clock.monotonic()
    while !ending.isOver, recorder.frames.count < count, Clock.seconds(since: start) < seconds {
        try? await Task.sleep(for: .milliseconds(5))
    }
    let ranOut = !ending.isOver && recorder.frames.count < count
    let stop = Clock.monotonic()
    task.cancel()
    await task.value
    return Run(
        frames: recorder.frames, last: recorder.last, failure: ending.failure, ranOut: ranOut,
        stopping: Clock.seconds(since: stop))
}
