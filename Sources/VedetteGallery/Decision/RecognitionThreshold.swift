import Foundation

/// The similarity at which a face counts as somebody's, depending on how many faces it is compared with.
///
/// A fixed threshold does not hold: with p the share of impostor pairs above a similarity, a stranger is taken for
/// somebody in a gallery of N samples with about 1-(1-p)^N. For a wanted share of such errors, p must be
/// 1-(1-share)^(1/N); the distribution of impostor pairs says which similarity that is.
package struct RecognitionThreshold: Sendable, Hashable {
    /// Nothing more is ever asked: beyond it photographs of one person fail too.
    package static let ceiling: Float = 0.9

    /// The threshold for one pair: nothing below it is ever the same person.
    package let floor: Float
    /// Nil when the pack does not know it: then ``floor`` holds for every gallery.
    package let impostors: ImpostorDistribution?
    /// Share of strangers who may be taken for somebody in one decision (above 0, below 1). Lowering it raises the
    /// similarity.
    package let falsePositiveRate: Double

    package init(floor: Float, impostors: ImpostorDistribution?, falsePositiveRate: Double = 0.01) {
        self.floor = floor
        self.impostors = impostors
        self.falsePositiveRate = falsePositiveRate
    }

    /// - Parameter galleryCount: number of samples that a face is compared with.
    package func similarity(galleryCount: Int) -> Float {
        guard let impostors, galleryCount > 0 else { return floor }
        // 1 - (1 - share)^(1/N) in a form that keeps its digits for large N.
        let rate = -expm1(log1p(-falsePositiveRate) / Double(galleryCount))
        return min(Self.ceiling, max(floor, impostors.similarity(atRate: rate)))
    }
}
