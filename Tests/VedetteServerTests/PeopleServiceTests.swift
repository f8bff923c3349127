import Foundation
import ServiceLifecycle
import Testing
import VedetteCore
import VedetteGallery
import VedetteServer

@testable import VedettePipeline

@Suite struct PeopleServiceTests {
    private let seen = Date(timeIntervalSince1970: 1_700_000_000)

    @Test func everyCorrectionIsInForceWhenItReturns() async throws {
        let harness = Harness()
        let people = harness.dependencies.people
        let ada = try await people.create(name: "Ada")
        let (stranger, sighting) = try await harness.addStranger(1)
        func version() -> Int64 { people.gallery.snapshot.version }
        var before = version()
        func expectNewGallery(_ what: String) {
            #expect(version() > before, "\(what)")
            before = version()
        }
        let rejection = try await people.reject(sighting, as: ada.id)
        expectNewGallery("reject")
        try await people.deleteRejection(rejection.id, of: ada.id)
        expectNewGallery("take a rejection back")
        _ = try await people.assign(sighting, to: stranger)
        expectNewGallery("assign")
        _ = try await people.merge(stranger, into: ada.id)
        expectNewGallery("merge")
        let merge = try #require(try await harness.store.merges(into: ada.id).first)
        #expect(try await people.split(merge.id, of: ada.id).id == stranger)
        expectNewGallery("split")
        #expect(harness.forgotten.people == [stranger])
        _ = try await people.delete(ada.id)
        expectNewGallery("erase")
        #expect(harness.forgotten.people == [stranger, ada.id, ada.id])
    }

    @Test func thoseWhoWereNotSeenForDaysAreErasedAndForgotten() async throws {
        let harness = Harness()
        let (old, _) = try await harness.addStranger(1)
        let (recent, _) = try await harness.addStranger(2, at: 10 * 24 * 3600)
        let expiry = AnonymousExpiry(people: harness.dependencies.people, days: 7, logger: Harness.quiet)
        await expiry.expire(at: seen.addingTimeInterval(6 * 24 * 3600))
        #expect(harness.forgotten.people.isEmpty)
        await expiry.expire(at: seen.addingTimeInterval(12 * 24 * 3600))
        #expect(harness.forgotten.people == [old])
        #expect(try await harness.store.person(old) == nil)
        #expect(try await harness.store.person(recent) != nil)
    }

    @Test(arguments: [(0, false), (1, true)])
    func expiryRunsAtStartAndEndsAtShutdown(days: Int, erases: Bool) async throws {
        let harness = Harness()
        let (stranger, _) = try await harness.addStranger(1)
        let expiry = AnonymousExpiry(people: harness.dependencies.people, days: days, logger: Harness.quiet)
        let group = ServiceGroup(services: [expiry], logger: Harness.quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            if erases {
                try await eventually { harness.forgotten.people == [stranger] }
            } else {
                try await Task.sleep(for: .milliseconds(50))
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(harness.forgotten.people.isEmpty == !erases)
    }
}
