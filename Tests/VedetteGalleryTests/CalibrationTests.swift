import Testing
import VedetteCore

@testable import VedetteGallery

@Suite struct CalibrationTests {
    private func face(_ values: [Float]) throws -> Embedding { try #require(Embedding(normalizing: values)) }

    private func threshold(_ rate: Double = 0.01) throws -> RecognitionThreshold {
        let impostors = try #require(
            ImpostorDistribution(points: [.init(similarity: 0.3, rate: 0.01), .init(similarity: 0.5, rate: 0.0001)]))
        return RecognitionThreshold(floor: 0.3, impostors: impostors, falsePositiveRate: rate)
    }

    @Test(arguments: [1, 10, 100, 1000])
    func theRateOfTheThresholdIsTheRateThatWasAskedFor(count: Int) throws {
        let policy = try threshold(0.004)
        let similarity = policy.similarity(galleryCount: count)
        let rate = try #require(policy.falseMatchRate(atSimilarity: similarity, galleryCount: count))
        // For one sample more is known than asked: the floor.
        #expect(abs(rate - 0.004) < 1e-5)
    }

    @Test func anEmptyGalleryMatchesNobodyAndAnUnknownDistributionSaysNothing() throws {
        #expect(try threshold().falseMatchRate(atSimilarity: 0.4, galleryCount: 0) == 0)
        let blind = RecognitionThreshold(floor: 0.4, impostors: nil)
        #expect(blind.falseMatchRate(atSimilarity: 0.4, galleryCount: 10) == nil)
    }

    @Test func namesThePeopleWhoAreMostAlike() throws {
        let people = [("Ada", [1, 0, 0, 0]), ("Ada's twin", [0.95, 0.3, 0, 0]), ("Bob", [0, 0, 1, 0.2])]
        let entries = try people.map { name, values in
            GalleryContents.Entry(person: .make(), name: name, embedding: try face(values.map(Float.init)))
        }
        let gallery = GallerySnapshot(contents: GalleryContents(version: 1, entries: entries))
        let calibration = Calibration(gallery, policy: try threshold(), limit: 2)
        #expect(calibration.alike.count == 2)
        #expect(Set([calibration.alike[0].first.name, calibration.alike[0].second.name]) == ["Ada", "Ada's twin"])
        #expect(calibration.alike[0].similarity > 0.9)
        #expect(abs(calibration.alikeRate - 1.0 / 3) < 1e-9, "one of three pairs reaches the threshold")
    }

    @Test func oneAndTheSameSeedGivesTheSameDrawings() throws {
        let people = try (0..<12).map { index in
            var values = [Float](repeating: 0, count: 16)
            values[index] = 1
            return OpenSetTrial.Person(samples: [try face(values)], probes: [try face(values)])
        }
        let trial = OpenSetTrial(
            people: people, strangers: [try face((0..<16).map { $0 == 15 ? 1 : 0 })],
            policy: RecognitionPolicy(threshold: try threshold()))
        let result = trial.run(size: 5, core: 12, drawings: 3, seed: 7)
        #expect(result == trial.run(size: 5, core: 12, drawings: 3, seed: 7))
        #expect(result.outcome.known == 15 && result.outcome.found == 15 && result.outcome.confused == 0)
        // The stranger, and one photo of each who was not drawn, in each drawing.
        #expect(result.outcome.strangers == 3 * (1 + 7) && result.outcome.strangersNamed == 0)
        #expect(result.people == 5 && result.samples == 5)
    }
}
