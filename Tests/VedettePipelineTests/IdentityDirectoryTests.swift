import Foundation
import Testing
import VedetteCore
import VedetteGallery

@testable import VedettePipeline

@Suite struct IdentityDirectoryTests {
    private let directory = IdentityDirectory(threshold: People.threshold)
    private let door = CameraID("door")!
    private let hall = CameraID("hall")!

    private func moment(_ seconds: Double) -> Date { Date(timeIntervalSince1970: 1_000_000 + seconds) }

    private func decide(_ axis: Int, at seconds: Double = 0, taken: Set<PersonID> = []) throws -> AnonymousPerson? {
        let decision = directory.decide(
            try People.axis(axis), quality: 0.8, sighting: .make(), at: moment(seconds), taken: taken, insists: false)
        switch decision {
        case .join(let person, _), .create(let person): return person
        case .wait: return nil
        }
    }

    @Test func numbersGoOnAfterARestart() throws {
        let known = PersonID.make()
        directory.reload(
            GalleryContents(
                version: 5,
                entries: [.init(person: known, name: "Unknown 16", embedding: try People.axis(3), isAnonymous: true)],
                lastAnonymousNumber: 16))
        #expect(try decide(3)?.id == known, "who was there before the restart is known")
        #expect(try decide(3)?.name == "Unknown 16")
        #expect(try decide(4)?.name == "Unknown 17")
    }

    @Test func aReloadKeepsWhoIsNotWrittenYetAndDropsWhoIsGone() throws {
        let fresh = try #require(try decide(1))
        let stored = PersonID.make()
        func contents(_ version: Int64, _ entries: [GalleryContents.Entry]) -> GalleryContents {
            GalleryContents(version: version, entries: entries)
        }
        let entry = GalleryContents.Entry(
            person: stored, name: "Unknown 9", embedding: try People.axis(2), isAnonymous: true)
        directory.reload(contents(2, [entry]))
        #expect(directory.person(fresh.id) != nil && directory.person(stored) != nil)
        let version = directory.version
        directory.reload(contents(3, []))
        #expect(directory.person(fresh.id) != nil && directory.person(stored) == nil)
        #expect(directory.version > version, "tracks that carried the person are judged anew")
        directory.reload(contents(2, [entry]))
        #expect(directory.person(stored) == nil, "an older state of the store does not bring anybody back")
        // Named: no longer anonymous.
        directory.reload(contents(4, [.init(person: fresh.id, name: "Ada", embedding: try People.axis(1))]))
        #expect(directory.person(fresh.id) == nil)
    }

    @Test func forgettingLeavesNothing() throws {
        let person = try #require(try decide(1))
        _ = directory.see(
            person.id, name: person.name, isAnonymous: true, camera: door, sighting: .make(), since: moment(0),
            at: moment(0))
        directory.forget(person.id)
        #expect(directory.anonymousCount == 0)
        #expect(directory.similarity(of: try People.axis(1), to: person.id) == nil)
        #expect(try decide(1)?.id != person.id)
    }

    @Test func whoIsInViewElsewhereInThePictureIsNobodyElse() throws {
        let person = try #require(try decide(1))
        #expect(try decide(1, taken: [person.id])?.id != person.id)
    }

    @Test func aFaceBetweenIsWaitedFor() throws {
        _ = try decide(1)
        // Similarity 0.37: below the threshold of 0.4, and not clearly another.
        let face = try People.axis(1, mixed: 2, 0.715)
        let decision = directory.decide(
            face, quality: 0.8, sighting: .make(), at: moment(0), taken: [], insists: false)
        guard case .wait = decision else {
            Issue.record("\(decision)")
            return
        }
        let forced = directory.decide(face, quality: 0.8, sighting: .make(), at: moment(0), taken: [], insists: true)
        guard case .create = forced else {
            Issue.record("\(forced)")
            return
        }
    }

    @Test func aWithdrawnAppearanceLeavesNoTrace() throws {
        let sighting = SightingID.make()
        let decision = directory.decide(
            try People.axis(1), quality: 0.8, sighting: sighting, at: moment(0), taken: [], insists: false)
        guard case .create(let person) = decision else { return }
        directory.withdraw(sighting, from: person.id)
        #expect(directory.anonymousCount == 0)
    }

    @Test func aHandOverIsToldOnceWithItsGap() throws {
        let ada = PersonID.make()
        let (first, second, third) = (SightingID.make(), SightingID.make(), SightingID.make())
        func see(_ camera: CameraID, _ sighting: SightingID, since: Double, at seconds: Double) -> HandOver? {
            directory.see(
                ada, name: "Ada", isAnonymous: false, camera: camera, sighting: sighting, since: moment(since),
                at: moment(seconds))
        }
        #expect(see(door, first, since: 0, at: 0) == nil)
        #expect(see(door, first, since: 0, at: 5) == nil)
        let handOver = try #require(see(hall, second, since: 8, at: 9))
        #expect(handOver.from == door && handOver.to == hall && handOver.gap == 3)
        #expect(see(hall, second, since: 8, at: 10) == nil)
        #expect(see(hall, third, since: 60, at: 61) == nil, "back at the same camera")
        // Seen by both at once: told once for each appearance, not at every frame.
        let fourth = SightingID.make()
        #expect(see(door, fourth, since: 61, at: 61)?.gap == 0)
        #expect(see(hall, third, since: 60, at: 62) == nil && see(door, fourth, since: 61, at: 62) == nil)
        // After hours it is no hand-over.
        #expect(see(hall, .make(), since: 90_000, at: 90_000) == nil)
    }

    @Test func howAPersonLookedLatelyCountsForAWhile() throws {
        let ada = PersonID.make()
        let sighting = SightingID.make()
        directory.remember(try People.axis(5), quality: 0.9, of: ada, sighting: sighting, at: moment(0))
        func recent(_ besides: SightingID, at seconds: Double) throws -> Float? {
            directory.recentSimilarity(of: try People.axis(5), to: ada, besides: besides, at: moment(seconds))
        }
        #expect(try recent(.make(), at: 60) == 1)
        #expect(try recent(sighting, at: 60) == nil, "an appearance is no evidence for itself")
        #expect(try recent(.make(), at: 10_000) == nil)
    }
}
