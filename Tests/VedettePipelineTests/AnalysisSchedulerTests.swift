import Foundation
import Synchronization
import Testing
import VedetteCore

@testable import VedettePipeline

@Suite struct AnalysisSchedulerTests {
    private let pool = FramePool(width: 2, height: 2)

    private func frame(_ sequence: UInt64) -> Frame {
        pool.frame(colorimetry: .limited601, captureTime: .now(), sequence: sequence) { _ in }
    }

    private func eventually(_ condition: () -> Bool) async -> Bool {
        for _ in 0..<1_000 {
            if condition() { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    @Test func analysesTheNewestFrameAndCountsTheReplaced() async throws {
        let scheduler = AnalysisScheduler(workers: 1)
        let camera = try #require(CameraID("a"))
        let seen = Mutex<[UInt64]>([])
        let gate = DispatchSemaphore(value: 0)
        let place = scheduler.add(camera, targetRate: nil) { frame in
            seen.withLock { $0.append(frame.sequence) }
            gate.wait()
        } finish: {
        }
        scheduler.start()
        #expect(scheduler.offer(frame(0), at: place) == false)
        #expect(await eventually { seen.withLock { $0 } == [0] })
        #expect(scheduler.offer(frame(1), at: place) == false)
        #expect(scheduler.offer(frame(2), at: place) == true)
        #expect(scheduler.offer(frame(3), at: place) == true)
        gate.signal()
        #expect(await eventually { seen.withLock { $0 } == [0, 3] })
        gate.signal()
        await scheduler.stop()
    }

    @Test func aCamerasFramesAreNeverAnalysedAtTheSameTime() async throws {
        let scheduler = AnalysisScheduler(workers: 4)
        let camera = try #require(CameraID("a"))
        let inside = Atomic<Int>(0)
        let worst = Atomic<Int>(0)
        let done = Atomic<Int>(0)
        let place = scheduler.add(camera, targetRate: nil) { _ in
            let now = inside.add(1, ordering: .relaxed).newValue
            worst.max(now, ordering: .relaxed)
            Thread.sleep(forTimeInterval: 0.001)
            inside.subtract(1, ordering: .relaxed)
            done.add(1, ordering: .relaxed)
        } finish: {
        }
        scheduler.start()
        for sequence in 0..<100 {
            scheduler.offer(frame(UInt64(sequence)), at: place)
            try await Task.sleep(for: .microseconds(500))
        }
        #expect(await eventually { done.load(ordering: .relaxed) > 10 })
        #expect(worst.load(ordering: .relaxed) == 1)
        await scheduler.stop()
    }

    @Test func overloadSlowsEveryCameraByTheSameShare() async throws {
        let scheduler = AnalysisScheduler(workers: 1)
        let cameras = ["a", "b", "c", "d"].compactMap { CameraID($0) }
        let counts = Mutex<[CameraID: Int]>([:])
        var places: [CameraID: AnalysisScheduler.Place] = [:]
        for camera in cameras {
            places[camera] = scheduler.add(camera, targetRate: nil) { _ in
                Thread.sleep(forTimeInterval: 0.002)
                counts.withLock { $0[camera, default: 0] += 1 }
            } finish: {
            }
        }
        scheduler.start()
        for sequence in 0..<300 {
            for place in places.values { scheduler.offer(frame(UInt64(sequence)), at: place) }
            try await Task.sleep(for: .milliseconds(1))
        }
        await scheduler.stop()
        let values = cameras.map { camera in counts.withLock { $0[camera] ?? 0 } }
        let least = values.min() ?? 0
        let most = values.max() ?? 0
        #expect(least > 5 && most - least <= 2, "\(values)")
    }

    @Test func finishesEachChainOnce() async throws {
        let scheduler = AnalysisScheduler(workers: 2)
        let finished = Atomic<Int>(0)
        let cameras = ["a", "b"].compactMap { CameraID($0) }
        let places = cameras.map { camera in
            scheduler.add(camera, targetRate: nil) { _ in
            } finish: {
                finished.add(1, ordering: .relaxed)
            }
        }
        scheduler.start()
        await scheduler.remove(places[0])
        #expect(finished.load(ordering: .relaxed) == 1)
        await scheduler.stop()
        #expect(finished.load(ordering: .relaxed) == 2)
    }

    @Test func aNewConnectionOfACameraIsNotTakenForTheOldOne() async throws {
        let scheduler = AnalysisScheduler(workers: 2)
        let camera = try #require(CameraID("a"))
        let log = Mutex<[String]>([])
        let gate = DispatchSemaphore(value: 0)
        let old = scheduler.add(camera, targetRate: nil) { _ in
            log.withLock { $0.append("old frame") }
            gate.wait()
        } finish: {
            log.withLock { $0.append("old finish") }
        }
        scheduler.start()
        scheduler.offer(frame(0), at: old)
        #expect(await eventually { log.withLock { $0 } == ["old frame"] })
        let new = scheduler.add(camera, targetRate: nil) { _ in
            log.withLock { $0.append("new frame") }
        } finish: {
            log.withLock { $0.append("new finish") }
        }
        async let removed: Void = scheduler.remove(old)
        scheduler.offer(frame(1), at: new)
        #expect(await eventually { log.withLock { $0 } == ["old frame", "new frame"] })
        gate.signal()
        await removed
        #expect(log.withLock { $0.last } == "old finish", "removal returns when the chain is finished")
        #expect(scheduler.offer(frame(2), at: old) == false)
        await scheduler.stop()
        #expect(log.withLock { $0 } == ["old frame", "new frame", "old finish", "new finish"])
    }
}
