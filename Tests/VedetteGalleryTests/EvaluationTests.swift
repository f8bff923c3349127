import Testing
import VedetteCore

@testable import VedetteGallery

@Suite struct VerificationEvaluationTests {
    private func trials(same: [Float], different: [Float]) -> [VerificationEvaluation.Trial] {
        same.map { .init(similarity: $0, isSame: true) } + different.map { .init(similarity: $0, isSame: false) }
    }

    @Test func tellsWhatCanBeTold() throws {
        let result = try #require(VerificationEvaluation(trials(same: [0.9, 0.6, 0.7], different: [0.1, 0.2, 0.4])))
        #expect(result.accuracy == 1 && result.areaUnderCurve == 1)
        #expect(result.threshold == 0.5)
        #expect(result.truePositiveRate(atFalsePositiveRate: 0) == 1)
    }

    @Test func countsWhatIsMixedUp() throws {
        // In falling order: same, different, same, same, different, different.
        let result = try #require(VerificationEvaluation(trials(same: [0.9, 0.7, 0.6], different: [0.8, 0.3, 0.2])))
        #expect(abs(result.accuracy - 5.0 / 6) < 1e-12)
        #expect(abs(result.threshold - 0.45) < 1e-6)
        // Of the nine pairs of trials, two are the wrong way round.
        #expect(abs(result.areaUnderCurve - 7.0 / 9) < 1e-12)
        #expect(abs(result.truePositiveRate(atFalsePositiveRate: 0.1) - 1.0 / 3) < 1e-12)
        #expect(result.truePositiveRate(atFalsePositiveRate: 0.34) == 1)
        let hits: [Double] = [0, 1, 1, 2, 3, 3, 3]
        let alarms: [Double] = [0, 0, 1, 1, 1, 2, 3]
        #expect(result.curve.map(\.truePositiveRate) == hits.map { $0 / 3 })
        #expect(result.curve.map(\.falsePositiveRate) == alarms.map { $0 / 3 })
    }

    @Test func equalSimilaritiesCannotBeParted() throws {
        let result = try #require(VerificationEvaluation(trials(same: [0.5, 0.5], different: [0.5, 0.5])))
        #expect(result.accuracy == 0.5 && result.areaUnderCurve == 0.5)
        #expect(result.curve.count == 2)
        #expect(result.truePositiveRate(atFalsePositiveRate: 0.5) == 0)
    }

    @Test func judgesEachFoldByTheOthers() throws {
        var all: [VerificationEvaluation.Trial] = []
        for fold in 0..<2 {
            // All of the second fold lies higher: the threshold of either is wrong for one trial of the other.
            let shift: Float = fold == 0 ? 0 : 0.2
            all += [0.5, 0.6].map { .init(similarity: $0 + shift, isSame: true, fold: fold) }
            all += [0.2, 0.1].map { .init(similarity: $0 + shift, isSame: false, fold: fold) }
        }
        let result = try #require(VerificationEvaluation(all))
        // By the second fold's 0.55 a pair of the first is missed; by the first fold's 0.35 one of the second passes.
        #expect(abs(result.accuracy - 0.75) < 1e-12)
        let together = try #require(
            VerificationEvaluation(all.map { .init(similarity: $0.similarity, isSame: $0.isSame) }))
        #expect(together.accuracy == 1)
        #expect(together.threshold == result.threshold)
    }

    @Test func theThresholdIsAsGoodAsItSays() throws {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<200 {
            let trials = (0..<40).map { _ in
                let isSame = Bool.random(using: &random)
                // Coarse, so that many are equal.
                let similarity = Float(Int.random(in: 0...10, using: &random) + (isSame ? 4 : 0)) / 16
                return VerificationEvaluation.Trial(similarity: similarity, isSame: isSame)
            }
            guard let result = VerificationEvaluation(trials) else { continue }
            func accuracy(_ threshold: Float) -> Double {
                Double(trials.count { ($0.similarity >= threshold) == $0.isSame }) / Double(trials.count)
            }
            #expect(abs(accuracy(result.threshold) - result.accuracy) < 1e-12)
            for step in 0...34 { #expect(accuracy(Float(step) / 32) <= result.accuracy + 1e-12) }
            // The area is the share of pairs of trials in the right order, ties half.
            var right = 0.0
            let same = trials.filter(\.isSame)
            let different = trials.filter { !$0.isSame }
            for one in same {
                for other in different {
                    if one.similarity > other.similarity { right += 1 }
                    if one.similarity == other.similarity { right += 0.5 }
                }
            }
            #expect(abs(result.areaUnderCurve - right / Double(same.count * different.count)) < 1e-9)
        }
    }

    @Test func needsBothKindsOfTrials() {
        #expect(VerificationEvaluation([]) == nil)
        #expect(VerificationEvaluation(trials(same: [0.5], different: [])) == nil)
        #expect(VerificationEvaluation(trials(same: [], different: [0.5])) == nil)
        #expect(VerificationEvaluation(trials(same: [0.5], different: [.nan])) == nil)
    }
}

@Suite struct IdentificationEvaluationTests {
    @Test func countsWhoWasFoundMistakenAndInvented() throws {
        let ann = try Faces.person("ann")
        let bob = try Faces.person("bob")
        let result = IdentificationEvaluation([
            .init(truth: ann, named: ann), .init(truth: bob, named: bob), .init(truth: bob, named: ann),
            .init(truth: ann, named: nil), .init(truth: nil, named: nil), .init(truth: nil, named: bob),
        ])
        #expect(result.known == 4 && result.found == 2 && result.confused == 1)
        #expect(result.strangers == 2 && result.strangersNamed == 1)
        #expect(result.foundRate == 0.5 && result.confusedRate == 0.25 && result.strangersNamedRate == 0.5)
    }

    @Test func hasNoRateWithoutFaces() {
        let result = IdentificationEvaluation()
        #expect(result.foundRate == nil && result.confusedRate == nil && result.strangersNamedRate == nil)
    }
}
