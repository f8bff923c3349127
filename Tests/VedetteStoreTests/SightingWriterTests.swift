import Foundation
import Logging
import Metrics
import MetricsTestKit
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import Testing
import VedetteCore
import VedetteStore

@Suite struct SightingWriterTests {
    /// Short waits, so that a test is over soon; none of them is measured.
    private static var quick: SightingWriter.Options {
        var options = SightingWriter.Options()
        options.flushInterval = .milliseconds(5)
        options.retryDelay = .milliseconds(1) ... .milliseconds(4)
        options.shutdownPatience = .milliseconds(20)
        return options
    }

    @Test func writesTheNewestStatesOfWhatCameTogetherInOneTransaction() async throws {
        let store = RecordingStore()
        let writer = SightingWriter(store: store, options: Self.quick)
        for quality in [Float(0.25), 0.5, 0.75] { writer.submit(record("a", quality: quality)) }
        writer.submit(record("b"))
        #expect(writer.pendingCount == 2)
        try await running(writer) { await store.reached { $0.written.count == 2 } }
        #expect(store.batches.map { $0.map(\.sighting.id.rawValue) } == [["a", "b"]])
        #expect(store.batches[0][0].sighting.quality == 0.75)
    }

    @Test func writesAgainAfterEveryPause() async throws {
        let store = RecordingStore()
        let writer = SightingWriter(store: store, options: Self.quick)
        try await running(writer) {
            for round in 1...5 {
                writer.submit(record("s\(round)"))
                await store.reached { $0.written.count == round }
            }
        }
        #expect(store.batches.count == 5)
    }

    @Test func splitsWhatWaitsIntoTransactionsOfBoundedSize() async throws {
        let store = RecordingStore()
        var options = Self.quick
        options.maximumBatch = 40
        let writer = SightingWriter(store: store, options: options)
        for index in 0..<100 { writer.submit(record("s\(index)")) }
        try await running(writer) { await store.reached { $0.written.count == 100 } }
        #expect(store.batches.map(\.count) == [40, 40, 20])
    }

    @Test func keepsWhatWaitsWhileTheStoreFailsAndWritesTheNewestStateThen() async throws {
        let store = RecordingStore()
        store.fail(with: StoreError(.unavailable, "the disk is full"))
        let metrics = TestMetrics()
        let writer = SightingWriter(store: store, options: Self.quick, metrics: metrics)
        try await running(writer) {
            writer.submit(record("a", quality: 0.25, face: 3))
            await store.reached { $0.attempts >= 3 }
            writer.submit(record("a", quality: 0.75))
            writer.submit(record("b"))
            await store.reached { $0.attempts >= 6 }
            #expect(store.batches.isEmpty)
            store.fail(with: nil)
            await store.reached { $0.written.count == 2 }
        }
        let first = try #require(store.batches.first?.first)
        #expect(first.sighting.id.rawValue == "a")
        #expect(first.sighting.quality == 0.75)
        #expect(first.face?.jpeg == Sample.jpeg(3))
        #expect(metrics.counterTotal(label: "vedette_sightings_written_total") == 2)
        #expect(metrics.counterTotal(label: "vedette_store_write_failures_total") >= 6)
        #expect(metrics.counterTotal(label: "vedette_sightings_dropped_total") == 0)
        #expect(try metrics.expectGauge("vedette_sightings_pending").lastValue == 0)
    }

    @Test func givesUpTheOldestAtItsBoundsAndCountsThem() async throws {
        let store = RecordingStore()
        var options = Self.quick
        options.maximumPending = 10
        options.maximumPictureBytes = 5 * Sample.jpeg(0).count
        let metrics = TestMetrics()
        let writer = SightingWriter(store: store, options: options, metrics: metrics)
        for index in 0..<25 { writer.submit(record("s\(index)", face: index)) }
        #expect(writer.pendingCount == 10)
        try await running(writer) { await store.reached { $0.written.count == 10 } }
        #expect(store.written == Set((15..<25).compactMap { SightingID("s\($0)") }))
        let records = store.batches.flatMap(\.self)
        #expect(records.allSatisfy { $0.face != nil })
        #expect(records.filter { $0.face?.jpeg.isEmpty == false }.count == 5)
        #expect(metrics.counterTotal(label: "vedette_sightings_dropped_total") == 15)
        #expect(metrics.counterTotal(label: "vedette_sighting_pictures_dropped_total") == 20)
    }

    @Test func aRecordThatTheStoreRefusesDoesNotHoldUpTheOthers() async throws {
        let store = RecordingStore()
        store.refuse(SightingID("bad")!)
        let writer = SightingWriter(store: store, options: Self.quick)
        for id in ["a", "bad", "b"] { writer.submit(record(id)) }
        try await running(writer) { await store.reached { $0.written.count == 2 } }
        #expect(store.written == [SightingID("a")!, SightingID("b")!])
        #expect(writer.pendingCount == 0)
    }

    @Test func writesEverythingOnGracefulShutdownWithoutWaitingForTheInterval() async throws {
        let store = RecordingStore()
        var options = Self.quick
        options.flushInterval = .seconds(3600)
        let writer = SightingWriter(store: store, options: options)
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await writer.run() }
                for index in 0..<2500 { writer.submit(record("s\(index)")) }
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
        #expect(store.written.count == 2500)
        #expect(writer.pendingCount == 0)
        writer.submit(record("late"))
        #expect(writer.pendingCount == 0)
    }

    @Test func endsAlthoughTheStoreFailsToTheLast() async throws {
        let store = RecordingStore()
        store.fail(with: StoreError(.unavailable, "the disk is full"))
        var options = Self.quick
        options.retryDelay = .seconds(3600) ... .seconds(3600)
        let metrics = TestMetrics()
        let writer = SightingWriter(store: store, options: options, metrics: metrics)
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await writer.run() }
                for id in ["a", "b"] { writer.submit(record(id)) }
                await store.reached { $0.attempts >= 1 }
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
        #expect(metrics.counterTotal(label: "vedette_sightings_dropped_total") == 2)
        #expect(store.written.isEmpty)
    }

    @Test func losesNothingThatManyThreadsSubmitToARealStore() async throws {
        try await withTemporaryFolder { path in
            let store = try SQLiteStore.open(in: DataFolder.open(at: path))
            let writer = SightingWriter(store: store, options: Self.quick)
            try await running(writer) {
                await withTaskGroup(of: Void.self) { group in
                    for worker in 0..<8 {
                        group.addTask {
                            for index in 0..<200 {
                                let id = SightingID("w\(worker)-\(index / 4)")!
                                let sighting = Sample.sighting(id: id, from: Double(index / 4), ended: index % 4 == 3)
                                writer.submit(Sample.record(sighting, face: index % 4 == 0 ? index : nil))
                                if index % 50 == 0 { await Task.yield() }
                            }
                        }
                    }
                }
            }
            let entries = try await store.sightings(SightingFilter(), page: PageRequest(limit: 1000)).items
            #expect(entries.count == 400)
            #expect(entries.allSatisfy { $0.hasImage && $0.sighting.ended })
            try await store.close()
        }
    }

    /// Runs the writer during `body`, and shuts it down gracefully.
    private func running(_ writer: SightingWriter, _ body: @Sendable () async throws -> Void) async throws {
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await writer.run() }
                try await body()
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
    }

    private func record(_ id: String, quality: Float = 0.5, face: Int? = nil) -> SightingRecord {
        Sample.record(Sample.sighting(id: SightingID(id)!, quality: quality), face: face)
    }
}

/// Keeps what is written in memory, and fails when told to.
private final class RecordingStore: SightingStore {
    struct State {
        var batches: [[SightingRecord]] = []
        var attempts = 0
        var written = Set<SightingID>()
        var failure: StoreError?
        var refused: SightingID?
    }

    private let state = Mutex(State())
    private let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation

    init() { (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    var batches: [[SightingRecord]] { state.withLock { $0.batches } }
    var written: Set<SightingID> { state.withLock { $0.written } }

    func fail(with error: StoreError?) { state.withLock { $0.failure = error } }
    func refuse(_ id: SightingID) { state.withLock { $0.refused = id } }

    /// Waits until the condition holds; it is looked at after every attempt to write. For one caller at a time.
    func reached(_ condition: (borrowing State) -> Bool) async {
        if state.withLock({ condition($0) }) { return }
        for await _ in changes where state.withLock({ condition($0) }) { return }
    }

    func write(_ records: [SightingRecord]) async throws {
        defer { changed.yield() }
        try state.withLock { state in
            state.attempts += 1
            if let failure = state.failure { throw failure }
            if records.contains(where: { $0.sighting.id == state.refused }) { throw StoreError(.invalid, "refused") }
            state.batches.append(records)
            state.written.formUnion(records.map(\.sighting.id))
        }
    }

    func sightings(_ filter: SightingFilter, page: PageRequest) async throws -> Page<SightingEntry> {
        Page(items: [], next: nil)
    }
    func sighting(_ id: SightingID) async throws -> SightingEntry? { nil }
    func sightingImage(_ id: SightingID) async throws -> [UInt8]? { nil }
    func lastSighting(of person: PersonID) async throws -> SightingEntry? { nil }
    func endOpenSightings() async throws -> Int { 0 }
}
