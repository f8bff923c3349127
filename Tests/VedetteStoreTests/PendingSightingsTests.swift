import Foundation
import Testing
import VedetteCore

@testable import VedetteStore

@Suite struct PendingSightingsTests {
    private static let roomy = PendingSightings.Limits(sightings: 1000, pictureBytes: 1_000_000)

    @Test func theNewestStateOfASightingWaitsInThePlaceOfItsFirst() {
        var pending = PendingSightings(limits: Self.roomy)
        _ = pending.submit(record("a", quality: 0.25))
        _ = pending.submit(record("b"))
        _ = pending.submit(record("a", quality: 0.75))
        #expect(pending.count == 2)
        let taken = pending.take(upTo: 10)
        #expect(ids(taken) == "ab")
        #expect(taken[0].sighting.quality == 0.75)
        #expect(pending.isEmpty)
        #expect(pending.take(upTo: 10).isEmpty)
    }

    @Test func aFaceStaysUntilANewerOneComes() {
        var pending = PendingSightings(limits: Self.roomy)
        _ = pending.submit(record("a", picture: 10))
        _ = pending.submit(record("a"))
        #expect(pending.pictureBytes == 10)
        _ = pending.submit(record("a", picture: 20))
        _ = pending.submit(record("a"))
        #expect(pending.pictureBytes == 20)
        #expect(pending.take(upTo: 1).first?.face?.jpeg.count == 20)
        #expect(pending.pictureBytes == 0)
    }

    @Test func anAnonymousPersonIsThatOfTheNewestState() {
        var pending = PendingSightings(limits: Self.roomy)
        let people = [Sample.anonymous(1), Sample.anonymous(2)]
        let records = people.map { person in
            var seen = record("a")
            seen.anonymous = person
            return seen
        }
        for seen in records { _ = pending.submit(seen) }
        let taken = pending.take(upTo: 1)
        #expect(taken.map(\.anonymous) == [people[1]])
        _ = pending.submit(record("a"))
        _ = pending.putBack(taken)
        #expect(pending.take(upTo: 1).map(\.anonymous) == [nil])
    }

    @Test func isTakenInOrderAndInParts() {
        var pending = PendingSightings(limits: Self.roomy)
        for id in ["a", "b", "c", "d", "e"] { _ = pending.submit(record(id)) }
        #expect(ids(pending.take(upTo: 2)) == "ab")
        #expect(ids(pending.take(upTo: 2)) == "cd")
        #expect(ids(pending.take(upTo: 2)) == "e")
    }

    @Test func whatIsPutBackKeepsItsPlaceAndYieldsToNewerStates() {
        var pending = PendingSightings(limits: Self.roomy)
        for id in ["a", "b"] { _ = pending.submit(record(id, quality: 0.25, picture: 10)) }
        let taken = pending.take(upTo: 10)
        _ = pending.submit(record("c"))
        _ = pending.submit(record("b", quality: 0.75))
        #expect(pending.putBack(taken) == .init())
        let again = pending.take(upTo: 10)
        #expect(ids(again) == "acb")
        #expect(again.map(\.sighting.quality) == [0.25, 0.5, 0.75])
        #expect(again.map { $0.face?.jpeg.count } == [10, nil, 10])
    }

    @Test func theOldestPicturesGoFirstAndTheirEmbeddingsStay() {
        var pending = PendingSightings(limits: .init(sightings: 1000, pictureBytes: 100))
        for id in ["a", "b", "c"] { #expect(pending.submit(record(id, picture: 30)) == .init()) }
        _ = pending.submit(record("a", picture: 35))
        #expect(pending.submit(record("d", picture: 30)).pictures == 1)
        #expect(pending.pictureBytes == 95)
        let taken = pending.take(upTo: 10)
        #expect(
            taken.map { $0.face?.jpeg.count } == [35, 0, 30, 30], "the picture of a was renewed, that of b is oldest")
        #expect(taken.allSatisfy { $0.face != nil })
    }

    @Test func aPictureTooLargeForTheBoundIsDroppedItself() {
        var pending = PendingSightings(limits: .init(sightings: 10, pictureBytes: 5))
        #expect(pending.submit(record("a", picture: 6)).pictures == 1)
        #expect(pending.pictureBytes == 0)
        #expect(pending.count == 1)
    }

    @Test func theOldestEndedSightingGoesBeforeAnOpenOne() {
        var pending = PendingSightings(limits: .init(sightings: 3, pictureBytes: 1000))
        _ = pending.submit(record("a", ended: false))
        _ = pending.submit(record("b"))
        _ = pending.submit(record("c"))
        #expect(pending.submit(record("d")).sightings == 1)
        #expect(ids(pending.take(upTo: 10)) == "acd")
    }

    @Test func theOldestOpenSightingGoesWhenNoneHasEnded() {
        var pending = PendingSightings(limits: .init(sightings: 2, pictureBytes: 1000))
        for id in ["a", "b", "c"] { _ = pending.submit(record(id, ended: false)) }
        #expect(ids(pending.take(upTo: 10)) == "bc")
    }

    @Test func whatIsPutBackBeyondTheBoundIsTheOldest() {
        var pending = PendingSightings(limits: .init(sightings: 3, pictureBytes: 1000))
        for id in ["a", "b", "c"] { _ = pending.submit(record(id)) }
        let taken = pending.take(upTo: 10)
        for id in ["d", "e"] { _ = pending.submit(record(id)) }
        #expect(pending.putBack(taken).sightings == 2)
        #expect(ids(pending.take(upTo: 10)) == "cde")
    }

    @Test(arguments: 0..<20)
    func keepsBoundsAndBooksUnderAnySequence(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let limits = PendingSightings.Limits(sightings: 12, pictureBytes: 120)
        var pending = PendingSightings(limits: limits)
        var counted = PendingSightings.Losses()
        var submitted = Set<String>()
        var taken = Set<String>()
        for _ in 0..<3000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                let batch = pending.take(upTo: Int.random(in: 0..<6, using: &random))
                if Bool.random(using: &random) {
                    counted += pending.putBack(batch)
                } else {
                    taken.formUnion(batch.map(\.sighting.id.rawValue))
                }
            default:
                let id = "s\(Int.random(in: 0..<40, using: &random))"
                submitted.insert(id)
                counted += pending.submit(
                    record(id, picture: Int.random(in: 0..<30, using: &random), ended: Bool.random(using: &random)))
            }
            #expect(pending.count <= limits.sightings)
            #expect(pending.pictureBytes <= limits.pictureBytes)
        }
        let rest = pending.take(upTo: .max)
        #expect(Set(rest.map(\.sighting.id)).count == rest.count)
        #expect(pending.pictureBytes == 0)
        #expect(pending.isEmpty)
        #expect(counted.sightings > 0)
        #expect(counted.pictures > 0)
        #expect(taken.union(rest.map(\.sighting.id.rawValue)).isSubset(of: submitted))
    }

    private func record(_ id: String, quality: Float = 0.5, picture: Int = 0, ended: Bool = true) -> SightingRecord {
        let face =
            picture == 0
            ? nil
            : SightingRecord.Face(
                jpeg: [UInt8](repeating: 1, count: picture), embedding: Sample.embedding(1), model: Sample.model)
        return SightingRecord(
            sighting: Sample.sighting(id: SightingID(id)!, quality: quality, ended: ended), face: face)
    }

    private func ids(_ records: [SightingRecord]) -> String { records.map(\.sighting.id.rawValue).joined() }
}
