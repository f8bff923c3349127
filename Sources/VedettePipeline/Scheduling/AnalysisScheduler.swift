import Foundation
import Synchronization
package import VedetteCore

/// Decides which camera is analysed next: the one most behind its own target rate, always with its newest frame.
///
/// There is no queue. Each camera has room for one waiting frame; a newer one replaces it. As many worker threads as given take
/// the most overdue camera that is not being analysed already, so a camera's chain runs serially and cameras run in
/// parallel. Under overload every camera slows by the same share, latency does not grow, and nothing piles up.
///
/// `@unchecked Sendable`: all mutable state is guarded by `condition`; a camera's chain is run by one worker at a time.
package final class AnalysisScheduler: @unchecked Sendable {
    /// A camera's turn in the schedule, for one connection: a later connection of the same camera has another, so that the one
    /// that is ending and the one that begins cannot be mixed up.
    package struct Place: Sendable, Hashable {
        package let camera: CameraID
        fileprivate let serial: Int
    }

    private struct Slot {
        /// What to do with a frame: the camera's chain of handlers.
        let analyse: (Frame) -> Void
        /// Called once, after the last frame.
        let finish: () -> Void
        /// Least nanoseconds between two analysed frames; 0 for every frame that can be had.
        let period: Int64
        var waiting: Frame?
        var isBusy = false
        /// Resumed when the slot is gone; not nil while it is to go as soon as its frame is done.
        var onLeft: CheckedContinuation<Void, Never>?
        var startedAt: Int64
    }

    private let condition = NSCondition()
    private var slots: [Place: Slot] = [:]
    private var nextSerial = 0
    private var isStopping = false
    private var running = 0
    private let workers: Int

    /// - Parameter workers: threads that analyse; as many as cores is best, since inference is single-threaded.
    package init(workers: Int) {
        precondition(workers > 0, "at least one worker")
        self.workers = workers
    }

    /// Starts the worker threads. They run until ``stop()``.
    package func start() {
        condition.withLock { running = workers }
        for index in 0..<workers {
            let thread = Thread { [self] in work() }
            thread.name = "analyse-\(index)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    /// Lets every worker finish the frame it is at, finishes every chain, and returns when that is done.
    package func stop() async {
        condition.withLock {
            isStopping = true
            condition.broadcast()
        }
        while condition.withLock({ running > 0 }) {
            // Not cancellable: a stop that is cut short would lose what the chains still have to report.
            await withCheckedContinuation { done in
                DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(5)) { done.resume() }
            }
        }
        let left = condition.withLock {
            defer { slots = [:] }
            return Array(slots.values)
        }
        for slot in left { slot.finish() }
    }

    /// - Parameter targetRate: most analysed frames a second, above 0; nil for all that can be had.
    package func add(
        _ camera: CameraID, targetRate: Double?, analyse: @escaping (Frame) -> Void, finish: @escaping () -> Void
    ) -> Place {
        condition.withLock {
            nextSerial += 1
            let place = Place(camera: camera, serial: nextSerial)
            slots[place] = Slot(
                analyse: analyse, finish: finish, period: targetRate.map { Int64(min(1e9 / $0, 1e15)) } ?? 0,
                startedAt: Clock.monotonic())
            return place
        }
    }

    /// Gives the place up: returns when the frame that is being analysed, if any, is done and the chain is finished.
    package func remove(_ place: Place) async {
        await withCheckedContinuation { left in
            let idle: Slot? = condition.withLock {
                guard let slot = slots[place] else { return nil }
                guard slot.isBusy else { return slots.removeValue(forKey: place) }
                slots[place]!.waiting = nil
                slots[place]!.onLeft = left
                return slot
            }
            guard let idle else { return left.resume() }
            if !idle.isBusy {
                idle.finish()
                left.resume()
            }
        }
    }

    /// Offers the newest frame. Never blocks for longer than a look at the slots.
    ///
    /// - Returns: whether it replaced a frame that nobody had looked at.
    @discardableResult
    package func offer(_ frame: Frame, at place: Place) -> Bool {
        condition.withLock {
            guard let slot = slots[place], slot.onLeft == nil, !isStopping else { return false }
            slots[place]!.waiting = frame
            condition.signal()
            return slot.waiting != nil
        }
    }

    /// Cameras with a frame that waits for a worker now: the depth of the queue that is none.
    package var waiting: Int {
        condition.withLock { slots.values.count { $0.waiting != nil } }
    }

    private func work() {
        while let (place, frame, analyse) = next() {
            analyse(frame)
            let leaving: Slot? = condition.withLock {
                guard let slot = slots[place] else { return nil }
                if slot.onLeft != nil { return slots.removeValue(forKey: place) }
                slots[place]!.isBusy = false
                if slot.waiting != nil { condition.signal() }
                return nil
            }
            leaving?.finish()
            leaving?.onLeft?.resume()
        }
        condition.withLock { running -= 1 }
    }

    private func next() -> (Place, Frame, (Frame) -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        while !isStopping {
            let now = Clock.monotonic()
            var best: Place?
            var mostOverdue = -Double.infinity
            var soonest = Int64.max
            for (place, slot) in slots where slot.waiting != nil && !slot.isBusy {
                let elapsed = now - slot.startedAt
                guard elapsed >= slot.period else {
                    soonest = min(soonest, slot.period - elapsed)
                    continue
                }
                let overdue = Double(elapsed) / Double(max(slot.period, 1_000_000))
                if overdue > mostOverdue {
                    mostOverdue = overdue
                    best = place
                }
            }
            if let best, let frame = slots[best]?.waiting {
                // The start is moved on by whole periods, so that waiting for a frame does not lower the rate.
                let slot = slots[best]!
                slots[best]!.startedAt = max(slot.startedAt + slot.period, now - slot.period)
                slots[best]!.waiting = nil
                slots[best]!.isBusy = true
                return (best, frame, slot.analyse)
            }
            if soonest < .max {
                _ = condition.wait(until: Date(timeIntervalSinceNow: Double(soonest) / 1e9))
            } else {
                condition.wait()
            }
        }
        return nil
    }
}
