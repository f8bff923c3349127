import Foundation
import Testing
import VedetteCore
import VedetteStore

@Suite struct JourneyStopsTests {
    /// Against the rule as it is written, which looks at every stop.
    @Test(arguments: 0..<200)
    func joinsTheSightingsThatTheRuleJoins(seed: Int) {
        let sightings = randomSightings(seed)
        for gap in [0.0, 3, 20] {
            var stops = JourneyStops(gap: gap, limit: 1000)
            for sighting in sightings {
                let isTaken = stops.add(sighting)
                #expect(isTaken)
            }
            #expect(Set(stops.inOrder.map(\.sightings)) == Set(byTheRule(sightings, gap: gap)), "gap \(gap)")
            #expect(stops.inOrder.allSatisfy { $0.count == $0.sightings.count })
        }
    }

    @Test func countsTheSightingsThatItDoesNotList() {
        let sightings = (0..<250).map { Sample.sighting(from: Double($0), to: Double($0) + 0.5) }
        var stops = JourneyStops(gap: 60, limit: 1)
        for sighting in sightings.reversed() {
            let isTaken = stops.add(sighting)
            #expect(isTaken)
        }
        let stop = stops.inOrder.first
        #expect(stops.inOrder.count == 1)
        #expect(stop?.count == 250)
        #expect(stop?.sightings == sightings.suffix(JourneyStop.maximumSightings).map(\.id), "the latest, in order")
        #expect(stop?.firstSeen == Sample.moment(0) && stop?.lastSeen == Sample.moment(249.5))
    }

    @Test func aStoreReadsABoundedNumberOfSightings() async throws {
        try await withTemporaryFolder { path in
            var options = SQLiteStore.Options()
            #expect(options.journeyRows == 100_000)
            options.journeyRows = 3
            let store = try SQLiteStore.open(in: DataFolder.open(at: path), options: options)
            let anna = try await store.createPerson(name: "Anna")
            let sightings = (0..<5).map { Sample.sighting(person: anna.id, from: Double($0)) }
            try await store.write(sightings.map { Sample.record($0) })
            let stops = try await store.journey(of: anna.id, from: nil, to: nil, gap: 60, limit: 1000)
            #expect(stops.map(\.sightings) == [sightings.suffix(3).map(\.id)])
            #expect(stops.map(\.count) == [3])
            try await store.close()
        }
    }

    /// Of three cameras that see somebody in turn and at once, latest first. Whole seconds, so that some begin at the
    /// same instant.
    private func randomSightings(_ seed: Int) -> [Sighting] {
        let numbers = Sample.jpeg(seed, bytes: 180)
        return stride(from: 0, to: 180, by: 3).map { at in
            let begin = Double(numbers[at])
            return Sample.sighting(
                camera: "camera-\(numbers[at + 1] % 3)", from: begin, to: begin + Double(numbers[at + 2] % 8))
        }.sorted { $0.firstSeen > $1.firstSeen }
    }

    private func byTheRule(_ sightings: [Sighting], gap: TimeInterval) -> [[SightingID]] {
        var stops: [(camera: CameraID, firstSeen: Date, sightings: [SightingID])] = []
        for sighting in sightings {
            let own = stops.lastIndex { $0.camera == sighting.camera }
            let isCut = stops.contains { stop in
                guard let own, stop.camera != sighting.camera else { return false }
                return stop.firstSeen > sighting.lastSeen && stop.firstSeen < stops[own].firstSeen
            }
            if let own, !isCut, stops[own].firstSeen.timeIntervalSince(sighting.lastSeen) < gap {
                stops[own].firstSeen = sighting.firstSeen
                stops[own].sightings.insert(sighting.id, at: 0)
            } else {
                stops.append((sighting.camera, sighting.firstSeen, [sighting.id]))
            }
        }
        return stops.map(\.sightings)
    }
}
