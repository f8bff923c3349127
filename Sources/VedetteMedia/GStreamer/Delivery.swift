import Synchronization
import VedetteCore

/// The way of one pipeline's frames to their reader, which can be shut.
final class Delivery: Sendable {
    private let deliver: @Sendable (Frame) -> Void
    private let isOpen = Atomic<Bool>(true)
    private let firstSequence: UInt64
    private let next: Atomic<UInt64>
    private let started = Atomic<Int>(0)
    private let finished = Atomic<Int>(0)
    private let latest = Atomic<Int64>(Clock.monotonic())

    /// - Parameter firstSequence: the number that the first frame gets.
    init(firstSequence: UInt64, _ deliver: @escaping @Sendable (Frame) -> Void) {
        self.firstSequence = firstSequence
        self.deliver = deliver
        next = Atomic(firstSequence)
    }

    /// Frames handed over so far.
    var count: Int { finished.load(ordering: .acquiring) }
    /// Whether the reader is at work on a frame.
    var isBusy: Bool { started.load(ordering: .acquiring) != finished.load(ordering: .acquiring) }
    /// Seconds since the newest frame came or, before the first, since this was made.
    var quiet: Double { Clock.seconds(since: latest.load(ordering: .relaxed)) }
    /// The number after the newest frame's.
    var nextSequence: UInt64 { next.load(ordering: .acquiring) }

    /// No frame is handed over from now on; one may still be in the reader's hands.
    func close() { isOpen.store(false, ordering: .releasing) }

    /// On the sink's thread, one call at a time.
    func accept(_ handle: OpaquePointer) {
        // Made in any case: the frame owns the handle.
        let frame = GStreamerFrame(handle, firstSequence: firstSequence)
        guard isOpen.load(ordering: .acquiring) else { return }
        started.add(1, ordering: .acquiringAndReleasing)
        latest.store(Clock.monotonic(), ordering: .relaxed)
        next.store(frame.sequence + 1, ordering: .releasing)
        deliver(frame)
        finished.add(1, ordering: .acquiringAndReleasing)
    }
}
