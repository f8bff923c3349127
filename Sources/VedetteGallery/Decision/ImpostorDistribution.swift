import Foundation

/// How often two different people look at least so much alike to an embedding model: measured once per model on many
/// pairs of strangers, and part of its model pack.
package struct ImpostorDistribution: Sendable, Hashable {
    package struct Point: Sendable, Hashable, Codable {
        /// Cosine, -1...1.
        package var similarity: Float
        /// Share of the pairs of strangers that reach it, above 0 and up to 1.
        package var rate: Double

        package init(similarity: Float, rate: Double) {
            self.similarity = similarity
            self.rate = rate
        }
    }

    /// Strictly rising in similarity and falling in rate; two or more.
    package let points: [Point]

    /// In any order. Nil when there are fewer than two, one is out of range, or a higher similarity is not rarer.
    package init?(points: [Point]) {
        let sorted = points.sorted { $0.similarity < $1.similarity }
        guard sorted.count >= 2 else { return nil }
        for point in sorted {
            guard (-1...1).contains(point.similarity), point.rate > 0, point.rate <= 1 else { return nil }
        }
        for (low, high) in zip(sorted, sorted.dropFirst()) {
            guard low.similarity < high.similarity, low.rate > high.rate else { return nil }
        }
        self.points = sorted
    }

    /// The similarity that a share `rate` of the pairs of strangers reach: linear between the points in the logarithm
    /// of the rate, continued beyond the first and last as between the two next to them; at most 1, at least -1.
    package func similarity(atRate rate: Double) -> Float {
        guard rate > 0 else { return 1 }
        let next = points.firstIndex { $0.rate < rate } ?? points.count
        let low = points[min(max(next - 1, 0), points.count - 2)]
        let high = points[min(max(next, 1), points.count - 1)]
        let part = (log10(rate) - log10(low.rate)) / (log10(high.rate) - log10(low.rate))
        let similarity = Double(low.similarity) + part * Double(high.similarity - low.similarity)
        return Float(min(1, max(-1, similarity)))
    }

    /// The share of the pairs of strangers that reach `similarity`, 0...1; the inverse of ``similarity(atRate:)``.
    package func rate(atSimilarity similarity: Float) -> Double {
        let next = points.firstIndex { $0.similarity > similarity } ?? points.count
        let low = points[min(max(next - 1, 0), points.count - 2)]
        let high = points[min(max(next, 1), points.count - 1)]
        let part = Double(similarity - low.similarity) / Double(high.similarity - low.similarity)
        return min(1, pow(10, log10(low.rate) + part * (log10(high.rate) - log10(low.rate))))
    }
}
