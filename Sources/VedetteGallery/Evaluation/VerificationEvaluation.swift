/// How well similarities tell same from different people (1:1 verification).
package struct VerificationEvaluation: Sendable {
    package struct Trial: Sendable, Hashable {
        package var similarity: Float
        package var isSame: Bool

        package init(similarity: Float, isSame: Bool) {
            self.similarity = similarity
            self.isSame = isSame
        }
    }

    /// Share of the trials that ``threshold`` judges right, at best.
    package let accuracy: Double
    /// The similarity from which on a pair is judged the same, in the middle of the best interval.
    package let threshold: Float
    /// Area under the receiver operating characteristic, 0...1.
    package let areaUnderCurve: Double
    /// Similarities, falling.
    private let same: [Float]
    private let different: [Float]

    /// Nil without both kinds of trials.
    package init?(_ trials: [Trial]) {
        same = trials.filter(\.isSame).map(\.similarity).sorted(by: >)
        different = trials.filter { !$0.isSame }.map(\.similarity).sorted(by: >)
        guard !same.isEmpty, !different.isEmpty else { return nil }
        let sorted = trials.sorted { $0.similarity > $1.similarity }
        var right = different.count
        var best = right
        var bestThreshold = (sorted.first?.similarity ?? 0) + 0.001
        var area = 0.0
        var truePositives = 0
        var index = 0
        while index < sorted.count {
            // Trials of equal similarity are judged together: no threshold can part them.
            var end = index
            var sames = 0
            while end < sorted.count, sorted[end].similarity == sorted[index].similarity {
                if sorted[end].isSame { sames += 1 }
                end += 1
            }
            let others = end - index - sames
            area += Double(others) * (Double(truePositives) + Double(sames) / 2)
            truePositives += sames
            right += sames - others
            if right > best {
                best = right
                let next = end < sorted.count ? sorted[end].similarity : sorted[index].similarity
                bestThreshold = (sorted[index].similarity + next) / 2
            }
            index = end
        }
        accuracy = Double(best) / Double(trials.count)
        threshold = bestThreshold
        areaUnderCurve = area / (Double(same.count) * Double(different.count))
    }

    /// Share of the same-person trials above the lowest threshold that at most `rate` of the others pass.
    package func truePositiveRate(atFalsePositiveRate rate: Double) -> Double {
        let allowed = Int(rate * Double(different.count))
        let limit = allowed < different.count ? different[allowed] : -.infinity
        return Double(same.prefix { $0 > limit }.count) / Double(same.count)
    }
}
