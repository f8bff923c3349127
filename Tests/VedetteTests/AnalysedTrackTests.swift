import Foundation
import Testing
import VedetteCore

@testable import VedettePipeline
@testable import vedette

/// The numbers under which the tracks of a recording are written.
@Suite struct AnalysedTrackTests {
    private let ada = PersonID.make()
    private let bob = PersonID.make()

    private func track(_ frames: some Sequence<Int>, face: Int?, _ person: PersonID? = nil) -> AnalysedTrack {
        var track = AnalysedTrack()
        track.face = face
        track.person = person
        track.rows = frames.map { frame in
            AnalysedTrack.Row(
                frame: frame, time: Double(frame) / 10, box: Box(x: 0, y: 0, width: 10, height: 10), score: 0.9)
        }
        return track
    }

    // MARK: Numbers

    @Test func tracksOfOnePersonHaveOneNumberHoweverOftenTheyLeave() {
        let numbers = AnalysedTrack.numbers([
            track(1...10, face: 1, ada), track(1...30, face: 2, bob), track(40...60, face: 3, ada),
            track(50...55, face: 4, bob),
        ])
        #expect(numbers[0] == numbers[2] && numbers[1] == numbers[3] && numbers[0] != numbers[1])
        #expect(Set(numbers).isSubset(of: [1, 2, 3, 4]), "the numbers are those of their faces")
    }

    @Test func aFaceThatComesBackKeepsItsNumberWithoutAName() {
        #expect(AnalysedTrack.numbers([track(1...10, face: 7), track(20...30, face: 7)]) == [7, 7])
    }

    /// Frames in which both are, of tracks over frames 1 to 20.
    @Test(arguments: [20...30, 1...20, 5...6, 1...1])
    func whoIsTwiceInOneFrameHasTwoNumbers(other: ClosedRange<Int>) {
        for person in [ada, nil] {
            let numbers = AnalysedTrack.numbers([track(1...20, face: 1, person), track(other, face: 1, person)])
            #expect(numbers[0] == 1 && numbers[1] != 1, "the longer one keeps it")
        }
    }

    @Test func aGapInATrackIsRoomForAnother() {
        let gappy = track(Array(1...10) + Array(20...30), face: 1, ada)
        #expect(AnalysedTrack.numbers([gappy, track(12...18, face: 2, ada)]) == [1, 1])
    }

    @Test func aNumberThatIsMadeUpIsNobodyElses() {
        // Two that were never confirmed, and one that cannot have what it wants.
        let numbers = AnalysedTrack.numbers([
            track(1...3, face: nil), track(2...4, face: nil), track(1...9, face: 1, ada), track(5...8, face: 2, ada),
            track(1...9, face: 3),
        ])
        #expect(Set(numbers).count == 5 && numbers[2] == 1 && numbers[4] == 3)
        #expect(Set([numbers[0], numbers[1], numbers[3]]).isDisjoint(with: [1, 3]))
        #expect(AnalysedTrack.numbers([]).isEmpty)
    }

    /// Tracks at random, as no camera would give them: faces and people in several places at once, and unconfirmed ones.
    @Test(arguments: UInt64(1)...40)
    func noNumberIsTwiceInAFrame(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let people = (0..<4).map { _ in PersonID.make() }
        let tracks = (0..<40).map { _ in
            let start = Int.random(in: 1...150, using: &random)
            let frames = (start...start + Int.random(in: 0...60, using: &random))
                .filter { _ in Int.random(in: 0..<10, using: &random) > 0 }
            let face = Int.random(in: 0..<12, using: &random)
            return track(
                frames, face: face == 0 ? nil : face,
                Bool.random(using: &random) ? people.randomElement(using: &random) : nil)
        }
        let numbers = AnalysedTrack.numbers(tracks)
        #expect(numbers.count == tracks.count && numbers.allSatisfy { $0 >= 1 })
        var taken: [Int: Set<Int>] = [:]
        for (track, number) in zip(tracks, numbers) {
            for row in track.rows {
                #expect(taken[row.frame, default: []].insert(number).inserted, "\(number) in frame \(row.frame)")
            }
        }
    }

    /// Tracks at random as a camera gives them: nobody is twice in a frame, and every track has a face of its own.
    @Test(arguments: UInt64(1)...40)
    func onePersonIsOneNumberAndTwoAreTwo(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var tracks: [AnalysedTrack] = []
        for person in [ada, bob, .make(), .make(), nil, nil] {
            var frame = Int.random(in: 1...40, using: &random)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let last = frame + Int.random(in: 0...30, using: &random)
                tracks.append(track(frame...last, face: 0, person))
                frame = last + Int.random(in: 1...20, using: &random)
            }
        }
        tracks.shuffle(using: &random)
        for (index, face) in tracks.indices.shuffled(using: &random).enumerated() { tracks[index].face = face + 1 }
        let numbers = AnalysedTrack.numbers(tracks)
        for (one, first) in zip(tracks, numbers) {
            for (other, second) in zip(tracks, numbers) where one.face != other.face {
                let isOnePerson = one.person != nil && one.person == other.person
                #expect((first == second) == isOnePerson)
            }
        }
    }

    // MARK: Rows

    /// From where on another face has the track, and what stays of frames 1 to 10 at 0.1 to 1.0 seconds.
    @Test(arguments: [(0.0, 0), (0.1, 0), (0.35, 3), (0.4, 3), (1.0, 9), (1.01, 10)])
    func cuttingGivesAwayTheRowsFromATimeOn(time: Double, kept: Int) {
        var track = track(1...10, face: 1, ada)
        let gone = track.cut(from: time)
        #expect(track.rows.map(\.frame) == Array(1..<kept + 1))
        #expect(gone.map(\.frame) == Array(kept + 1..<11))
        #expect(track.lastFrame == kept && track.firstFrame == min(kept, 1))
    }

    @Test func aChangeOfPersonTellsWhoItWasBefore() {
        var identity = TrackIdentity(track: 5, face: 2, sighting: .make(), since: 0)
        var track = AnalysedTrack()
        func take() -> [String] {
            let (changed, before) = track.take(identity)
            return [changed ? "changed" : "same"] + (before.map { [$0] } ?? [])
        }
        #expect(take() == ["same"] && track.face == 2)
        identity.become(ada, name: "Ada", similarity: 0.6)
        #expect(take() == ["changed"], "a first name corrects nothing")
        identity.become(ada, name: "Ada", similarity: 0.7)
        #expect(take() == ["same"] && track.similarity == 0.7)
        identity.become(bob, name: "Bob", similarity: 0.7)
        #expect(take() == ["changed", "Ada"] && track.person == bob)
        identity.clear()
        #expect(take() == ["changed", "Bob"] && track.person == nil && track.name == nil)
    }
}
