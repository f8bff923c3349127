/// How well similarities tell same from different people (1:1 verification).
package struct VerificationEvaluation: Sendable, Hashable {
    package struct Trial: Sendable, Hashable {
        package var similarity: Float
        package var isSame: Bool
        /// Trials of one fold are judged by the threshold of the others; nil where there are no folds.
        package var fold: Int?

        package init(similarity: Float, isSame: Bool, fold: Int? = nil) {
            self.similarity = similarity
            self.isSame = isSame
            self.fold = fold
        }
    }

    /// One point of the receiver operating characteristic.
    package struct Point: Sendable, Hashable, Codable {
        /// Trials from here on are judged the same.
        package var threshold: Float
        /// Shares of the trials of different people and of one person that are judged the same, 0...1.
        package var falsePositiveRate: Double
        package var truePositiveRate: Double
    }

    /// Share of the trials that are judged right, 0...1: when all have a fold and there are two or more, the mean over
    /// the folds, each judged by the threshold that is best for the others; otherwise by ``threshold``.
    package let accuracy: Double
    /// The similarity from which on a pair is judged the same, in the middle of the interval that is best for all.
    package let threshold: Float
    /// Area under the receiver operating characteristic, 0...1: the chance that a pair of one person is more alike than
    /// a pair of two.
    package let areaUnderCurve: Double
    /// From nothing judged the same, (0, 0), to everything, (1, 1); a point for each similarity that occurs.
    package let curve: [Point]

    /// Trials whose similarity is not a number do not count. Nil without both kinds of trials.
    package init?(_ trials: [Trial]) {
        let sorted = trials.filter { !$0.similarity.isNaN }.sorted { $0.similarity > $1.similarity }
        let same = sorted.count { $0.isSame }
        let different = sorted.count - same
        guard same > 0, different > 0 else { return nil }

        var curve = [Point(threshold: .infinity, falsePositiveRate: 0, truePositiveRate: 0)]
        var area = 0.0
        var hits = 0
        var alarms = 0
        for (index, trial) in sorted.enumerated() {
            if trial.isSame { hits += 1 } else { alarms += 1 }
            // Trials of equal similarity are judged together: no threshold can part them.
            if index + 1 < sorted.count, sorted[index + 1].similarity == trial.similarity { continue }
            let last = curve[curve.count - 1]
            let point = Point(
                threshold: trial.similarity, falsePositiveRate: Double(alarms) / Double(different),
                truePositiveRate: Double(hits) / Double(same))
            let width = point.falsePositiveRate - last.falsePositiveRate
            area += width * (point.truePositiveRate + last.truePositiveRate) / 2
            curve.append(point)
        }
        self.curve = curve
        areaUnderCurve = area
        threshold = Self.bestThreshold(sorted)
        accuracy = Self.accuracyOverFolds(sorted) ?? Self.accuracy(sorted, threshold: threshold)
    }

    /// Share of the same-person trials above the lowest threshold that at most `rate` of the others pass.
    package func truePositiveRate(atFalsePositiveRate rate: Double) -> Double {
        curve.last { $0.falsePositiveRate <= rate }?.truePositiveRate ?? 0
    }

    private static func accuracyOverFolds(_ sorted: [Trial]) -> Double? {
        let folds = Set(sorted.map(\.fold))
        guard folds.count > 1, !folds.contains(nil) else { return nil }
        let accuracies = folds.map { fold in
            let threshold = bestThreshold(sorted.filter { $0.fold != fold })
            return accuracy(sorted.filter { $0.fold == fold }, threshold: threshold)
        }
        // In order, so that the sum does not depend on that of a set.
        return accuracies.sorted().reduce(0, +) / Double(accuracies.count)
    }

    private static func accuracy(_ trials: [Trial], threshold: Float) -> Double {
        Double(trials.count { ($0.similarity >= threshold) == $0.isSame }) / Double(trials.count)
    }

    /// - Parameter sorted: by falling similarity; one or more.
    private static func bestThreshold(_ sorted: [Trial]) -> Float {
        // Above everything first: all pairs of two people are right.
        var right = sorted.count { !$0.isSame }
        var most = right
        var best = sorted.first?.similarity.nextUp ?? 0
        for (index, trial) in sorted.enumerated() {
            right += trial.isSame ? 1 : -1
            let next = index + 1 < sorted.count ? sorted[index + 1].similarity : trial.similarity.nextDown
            guard next != trial.similarity, right > most else { continue }
            most = right
            // In the middle, but never so close to the next one that it would pass as well.
            best = max((trial.similarity + next) / 2, next.nextUp)
        }
        return best
    }
}
