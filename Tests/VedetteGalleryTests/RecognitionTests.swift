import Foundation
import Testing
import VedetteCore

@testable import VedetteGallery

/// The points of SFace, measured on photos of strangers.
private let sface = ImpostorDistribution(points: [
    .init(similarity: 0.40, rate: 0.000175), .init(similarity: 0.363, rate: 0.001),
    .init(similarity: 0.447, rate: 0.000025),
])

@Suite struct ImpostorDistributionTests {
    @Test(arguments: [
        (0.001, Float(0.363)), (0.000175, 0.40), (0.000025, 0.447),
        // Half-way between two points in the logarithm.
        (0.000066144, 0.4235),
        // Beyond the last point at the slope before it, 0.0556 a decade; likewise before the first, 0.0489.
        (0.0000025, 0.5026), (0.01, 0.3141), (0.1, 0.2652),
    ])
    func isLinearInTheLogarithmOfTheRate(rate: Double, similarity: Float) throws {
        let distribution = try #require(sface)
        #expect(abs(distribution.similarity(atRate: rate) - similarity) < 2e-4)
        #expect(abs(distribution.rate(atSimilarity: similarity) / rate - 1) < 0.01)
    }

    @Test func staysInRangeFarOutside() throws {
        let distribution = try #require(sface)
        #expect(distribution.similarity(atRate: 0) == 1)
        #expect(distribution.similarity(atRate: 1e-300) == 1)
        #expect(distribution.similarity(atRate: 1) >= -1)
        #expect(distribution.rate(atSimilarity: -1) == 1)
        #expect(distribution.rate(atSimilarity: 1) > 0)
    }

    @Test(
        arguments: [
            [], [(0.4, 0.001)], [(0.4, 0.001), (0.4, 0.0001)], [(0.4, 0.001), (0.5, 0.001)],
            [(0.4, 0.001), (0.5, 0.01)],
            [(0.4, 0.001), (0.5, 0)], [(0.4, 2), (0.5, 0.1)], [(0.4, 0.1), (1.5, 0.01)],
            [(Float.nan, 0.1), (0.5, 0.01)],
        ] as [[(Float, Double)]])
    func refusesPointsThatAreNoDistribution(points: [(Float, Double)]) {
        #expect(ImpostorDistribution(points: points.map { .init(similarity: $0.0, rate: $0.1) }) == nil)
    }
}

@Suite struct RecognitionThresholdTests {
    @Test(arguments: [(1, Float(0.363)), (8, 0.363), (400, 0.447), (4000, 0.5026)])
    func risesWithTheGallery(galleryCount: Int, similarity: Float) {
        let threshold = RecognitionThreshold(floor: 0.363, impostors: sface)
        #expect(abs(threshold.similarity(galleryCount: galleryCount) - similarity) < 5e-4)
    }

    @Test func isMonotonicAndBounded() {
        let threshold = RecognitionThreshold(floor: 0.363, impostors: sface)
        var last: Float = 0
        for power in 0..<40 {
            let similarity = threshold.similarity(galleryCount: 1 << power)
            #expect(similarity >= last && similarity >= 0.363 && similarity <= RecognitionThreshold.ceiling)
            last = similarity
        }
        #expect(threshold.similarity(galleryCount: 0) == 0.363)
        #expect(threshold.similarity(galleryCount: .max) == RecognitionThreshold.ceiling)
    }

    @Test func asksForMoreWhenFewerStrangersMayPass() {
        let strict = RecognitionThreshold(floor: 0.363, impostors: sface, falsePositiveRate: 0.001)
        let usual = RecognitionThreshold(floor: 0.363, impostors: sface)
        // A tenth of the rate is as much as ten times the gallery.
        #expect(abs(strict.similarity(galleryCount: 400) - usual.similarity(galleryCount: 4000)) < 1e-3)
    }

    @Test func holdsTheFloorWithoutADistribution() {
        let threshold = RecognitionThreshold(floor: 0.42, impostors: nil)
        #expect(threshold.similarity(galleryCount: 1_000_000) == 0.42)
    }

    /// Strangers drawn from the distribution itself are named about as often as was asked for.
    @Test(arguments: [20, 400, 5000])
    func letsAboutOneStrangerInAHundredPass(galleryCount: Int) throws {
        let distribution = try #require(sface)
        let needed = RecognitionThreshold(floor: -1, impostors: sface).similarity(galleryCount: galleryCount)
        var random = SeededGenerator(seed: UInt64(galleryCount))
        let named = (0..<20_000).count { _ in
            // The nearest of N: its rate is the least of N uniform numbers, which is distributed like 1 - u^(1/N).
            let uniform = Double.random(in: 1e-12..<1, using: &random)
            return distribution.similarity(atRate: -expm1(log(uniform) / Double(galleryCount))) >= needed
        }
        #expect((160...240).contains(named))
    }
}

@Suite struct RecognitionPolicyTests {
    private let policy = RecognitionPolicy(
        threshold: RecognitionThreshold(floor: 0.363, impostors: sface), margin: 0.04)

    private func match(_ similarity: Float, runnerUp: Float?) throws -> GalleryMatch {
        let other = try Faces.person("other")
        return GalleryMatch(
            person: try Faces.person("ann"), name: "Ann", similarity: similarity,
            runnerUp: runnerUp.map { .init(person: other, similarity: $0) })
    }

    @Test func namesAClearMatch() throws {
        let clear = try match(0.6, runnerUp: 0.3)
        #expect(policy.decide(clear, galleryCount: 400) == .person(clear))
        #expect(policy.decide(clear, galleryCount: 400).match == clear)
        let only = try match(0.6, runnerUp: nil)
        #expect(policy.decide(only, galleryCount: 1).match == only)
    }

    @Test func saysWhyItNamesNobody() throws {
        #expect(policy.decide(nil, galleryCount: 0) == .nobody(.emptyGallery))
        let unlike = try match(0.44, runnerUp: 0.1)
        guard case .nobody(.tooUnlike(unlike, let needed)) = policy.decide(unlike, galleryCount: 400) else {
            Issue.record("0.44 is not enough among 400")
            return
        }
        #expect(abs(needed - 0.447) < 1e-3)
        #expect(policy.decide(unlike, galleryCount: 10).match == unlike)
        let ambiguous = try match(0.6, runnerUp: 0.57)
        #expect(policy.decide(ambiguous, galleryCount: 400) == .nobody(.ambiguous(ambiguous, needed: 0.04)))
        #expect(policy.decide(ambiguous, galleryCount: 400).match == nil)
    }

    @Test func asksForMoreOfWeakEvidence() throws {
        let fair = try match(0.5, runnerUp: 0.1)
        #expect(policy.decide(fair, galleryCount: 400).match == fair)
        #expect(policy.decide(fair, galleryCount: 400, extraSimilarity: 0.1).match == nil)
    }

    @Test func aSimilarityThatIsNotANumberNamesNobody() throws {
        #expect(policy.decide(try match(.nan, runnerUp: 0.1), galleryCount: 4).match == nil)
        #expect(policy.decide(try match(0.9, runnerUp: .nan), galleryCount: 4).match == nil)
    }
}
