/// How well tracks agree with ground truth, as counts that add up over sequences.
///
/// HOTA as in Luiten et al. 2021, CLEAR as in Bernardin and Stiefelhagen 2008, identity as in Ristani et al. 2016, with
/// the details (ties, thresholds, combination of sequences) of the TrackEval reference implementation. All rates are
/// 0...1 but ``mota``, which falls below 0 when there are more errors than objects.
package struct TrackingScore: Sendable, Hashable {
    /// The overlaps at which HOTA is taken: 0.05, 0.10 ... 0.95.
    package static let alphas: [Double] = (1...19).map { Double($0) * 0.05 }

    /// Counts of HOTA at one of ``alphas``.
    struct Localized: Sendable, Hashable {
        var truePositives = 0
        var falseNegatives = 0
        var falsePositives = 0
        /// Sum over the true positives of the agreement of the two identities they belong to.
        var association = 0.0
        /// Sum over the true positives of the overlap of their boxes.
        var overlap = 0.0
    }

    var localized = [Localized](repeating: Localized(), count: alphas.count)

    /// Ground truth boxes that count.
    package internal(set) var objects = 0
    /// At an overlap of 0.5, by the CLEAR rules.
    package internal(set) var falseNegatives = 0
    package internal(set) var falsePositives = 0
    package internal(set) var identitySwitches = 0

    package internal(set) var identityTruePositives = 0
    package internal(set) var identityFalseNegatives = 0
    package internal(set) var identityFalsePositives = 0

    package init() {}

    package var mota: Double {
        (Double(objects) - Double(falseNegatives + falsePositives + identitySwitches)) / Double(max(1, objects))
    }

    package var idf1: Double {
        rate(
            Double(identityTruePositives),
            Double(identityTruePositives) + 0.5 * Double(identityFalsePositives + identityFalseNegatives))
    }
    package var identityPrecision: Double {
        rate(Double(identityTruePositives), Double(identityTruePositives + identityFalsePositives))
    }
    package var identityRecall: Double {
        rate(Double(identityTruePositives), Double(identityTruePositives + identityFalseNegatives))
    }

    /// Means over ``alphas``.
    package var hota: Double { mean(hotaByAlpha) }
    package var detectionAccuracy: Double { mean(detectionAccuracyByAlpha) }
    package var associationAccuracy: Double { mean(associationAccuracyByAlpha) }
    /// How well the boxes of pairs overlap.
    package var localizationAccuracy: Double { mean(localizationAccuracyByAlpha) }

    /// At each of ``alphas``.
    package var hotaByAlpha: [Double] { localized.map { (detection($0) * association($0)).squareRoot() } }
    package var detectionAccuracyByAlpha: [Double] { localized.map(detection) }
    package var associationAccuracyByAlpha: [Double] { localized.map(association) }
    /// 1 where there is no pair, as in TrackEval.
    package var localizationAccuracyByAlpha: [Double] {
        localized.map { $0.truePositives > 0 ? $0.overlap / Double($0.truePositives) : 1 }
    }

    /// The score of both together, as if they were parts of one test.
    package static func + (left: TrackingScore, right: TrackingScore) -> TrackingScore {
        var sum = left
        for index in sum.localized.indices {
            sum.localized[index].truePositives += right.localized[index].truePositives
            sum.localized[index].falseNegatives += right.localized[index].falseNegatives
            sum.localized[index].falsePositives += right.localized[index].falsePositives
            sum.localized[index].association += right.localized[index].association
            sum.localized[index].overlap += right.localized[index].overlap
        }
        sum.objects += right.objects
        sum.falseNegatives += right.falseNegatives
        sum.falsePositives += right.falsePositives
        sum.identitySwitches += right.identitySwitches
        sum.identityTruePositives += right.identityTruePositives
        sum.identityFalseNegatives += right.identityFalseNegatives
        sum.identityFalsePositives += right.identityFalsePositives
        return sum
    }

    private func detection(_ counts: Localized) -> Double {
        rate(Double(counts.truePositives), Double(counts.truePositives + counts.falseNegatives + counts.falsePositives))
    }

    private func association(_ counts: Localized) -> Double {
        rate(counts.association, Double(counts.truePositives))
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private func rate(_ part: Double, _ whole: Double) -> Double { part / max(1, whole) }
}
