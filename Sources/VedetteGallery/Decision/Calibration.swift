import Foundation
import VedetteCore

/// What a threshold means for one gallery: how often a stranger would be taken for somebody, and who is easily mixed up.
package struct Calibration: Sendable {
    package struct AlikePair: Sendable, Hashable {
        package var first: GallerySnapshot.Member
        package var second: GallerySnapshot.Member
        /// Of the two nearest of their samples, -1...1.
        package var similarity: Float
    }

    /// The similarity that a name takes in this gallery.
    package let threshold: Float
    /// Share of strangers who are taken for somebody in one decision from a single clear picture, 0...1; nil when the model pack
    /// does not know how alike strangers are. A track takes several pictures and more similarity, and errs less.
    package let falseMatchRate: Double?
    /// Share of the pairs of enrolled people of whom two samples reach the threshold: they would be each other's names but for the
    /// lead that the better one must have.
    package let alikeRate: Double
    /// The people who are most alike, most alike first: perhaps one person enrolled twice, or a sample under the wrong name.
    package let alike: [AlikePair]

    /// - Parameter limit: pairs that are listed.
    package init(_ gallery: GallerySnapshot, policy: RecognitionThreshold, limit: Int) {
        let threshold = policy.similarity(galleryCount: gallery.count)
        self.threshold = threshold
        falseMatchRate = policy.falseMatchRate(atSimilarity: threshold, galleryCount: gallery.count)
        let members = Dictionary(uniqueKeysWithValues: gallery.members.map { ($0.id, $0) })
        let pairs = gallery.alikePairs(limit: max(limit, 1000))
        let count = Double(gallery.personCount * max(0, gallery.personCount - 1) / 2)
        alikeRate = count == 0 ? 0 : Double(pairs.count { $0.similarity >= threshold }) / count
        alike = pairs.prefix(limit).compactMap { pair in
            guard let first = members[pair.first], let second = members[pair.second] else { return nil }
            return AlikePair(first: first, second: second, similarity: pair.similarity)
        }
    }
}

extension RecognitionThreshold {
    /// Share of strangers who reach a similarity to somebody of a gallery, 0...1: 1-(1-p)^N for the share p of pairs of strangers
    /// that reach it. Nil without a distribution.
    package func falseMatchRate(atSimilarity similarity: Float, galleryCount: Int) -> Double? {
        guard let impostors else { return nil }
        guard galleryCount > 0 else { return 0 }
        // (1-p)^N - 1 in a form that keeps its digits for small p.
        return -expm1(Double(galleryCount) * log1p(-min(impostors.rate(atSimilarity: similarity), 1 - 1e-15)))
    }
}
