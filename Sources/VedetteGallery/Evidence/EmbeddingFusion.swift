package import VedetteCore

/// The evidence of many pictures of one face, as one embedding: a mean weighted by quality.
///
/// A picture that does not look like the mean (another face under the same track, a hand before the face) does not
/// enter it, but begins or joins a rival mean; when the rival is supported better, the two change places. So one bad
/// picture never poisons the evidence, not even the first.
package struct EmbeddingFusion: Sendable, Hashable {
    package struct Options: Sendable, Hashable {
        /// Similarity to the mean below which a picture is an outlier, -1...1. Raise it to keep other faces out more
        /// surely; lower it to take in more turned and blurred pictures.
        package var minimumSimilarity: Float = 0.2
        /// Total quality that the mean carries at most; beyond it older pictures fade. Raise it for steadier names;
        /// lower it to follow a changing face sooner.
        package var maximumWeight: Float = 30

        package init() {}
    }

    /// What became of a picture.
    package enum Outcome: Sendable, Hashable {
        case added
        /// Unlike the mean: kept as a rival.
        case outlier
        /// The rival, this picture included, is now the mean: what was decided from the old one is void.
        case replaced
        /// Without weight, or of another length than the first.
        case ignored
    }

    package let options: Options
    private var main: Side?
    private var rival: Side?

    package init(options: Options = Options()) {
        self.options = options
    }

    /// The fused embedding; nil before the first picture.
    package var embedding: Embedding? { main?.mean }
    /// Number of pictures in it.
    package var count: Int { main?.count ?? 0 }
    /// Sum of their qualities, without fading.
    package var totalQuality: Float { main?.totalQuality ?? 0 }
    /// The best of their qualities, 0...1.
    package var bestQuality: Float { main?.bestQuality ?? 0 }

    /// - Parameters:
    ///   - quality: the picture's weight, 0...1, see ``FaceQuality/overall``.
    ///   - minimumSimilarity: in place of that of the options; 1 makes an outlier of every picture that does not repeat the mean.
    @discardableResult
    package mutating func add(
        _ embedding: Embedding, quality: Float, minimumSimilarity: Float? = nil
    ) -> Outcome {
        guard quality > 0, quality.isFinite else { return .ignored }
        guard let known = main else {
            main = Side(embedding, quality: quality)
            return .added
        }
        guard known.mean.values.count == embedding.values.count else { return .ignored }
        let similarity = known.mean.similarity(to: embedding)
        if similarity >= minimumSimilarity ?? options.minimumSimilarity {
            if let other = rival, other.mean.similarity(to: embedding) > similarity {
                return support(rival: embedding, quality: quality)
            }
            main?.add(embedding, quality: quality, maximumWeight: options.maximumWeight)
            return .added
        }
        return support(rival: embedding, quality: quality)
    }

    /// Lets new pictures outweigh the old ones soon: for when it is in doubt that the face is still the same.
    ///
    /// - Parameter weight: total quality that the mean keeps at most; two clear pictures weigh about 1.5.
    package mutating func weaken(to weight: Float) {
        guard let known = main, known.weight > weight else { return }
        main?.weight = weight
    }

    /// Takes the rival out, as the evidence of a face of its own: after ``Outcome/replaced``, that of the face that was there
    /// before. Nil without one.
    package mutating func separate() -> EmbeddingFusion? {
        guard let other = rival else { return nil }
        rival = nil
        var fusion = EmbeddingFusion(options: options)
        fusion.main = other
        return fusion
    }

    /// Adds the evidence of another fusion of the same face, as when a face that was lost is found again.
    package mutating func merge(_ other: EmbeddingFusion) {
        guard let theirs = other.main else { return }
        guard let own = main else {
            self = other
            return
        }
        guard own.mean.values.count == theirs.mean.values.count else { return }
        main?.add(theirs.mean, quality: min(theirs.weight, options.maximumWeight), maximumWeight: options.maximumWeight)
        main?.count = own.count + theirs.count
        main?.totalQuality = own.totalQuality + theirs.totalQuality
        main?.bestQuality = max(own.bestQuality, theirs.bestQuality)
    }

    private mutating func support(rival embedding: Embedding, quality: Float) -> Outcome {
        if let other = rival, other.mean.similarity(to: embedding) >= options.minimumSimilarity {
            rival?.add(embedding, quality: quality, maximumWeight: options.maximumWeight)
        } else if (rival?.weight ?? 0) <= quality {
            rival = Side(embedding, quality: quality)
        } else {
            // A third kind of picture wears the rival down, so that a chance rival does not stay for ever.
            rival?.weight -= quality
        }
        guard let other = rival, let known = main, other.weight > known.weight else { return .outlier }
        main = other
        rival = known
        return .replaced
    }

    private struct Side: Sendable, Hashable {
        var mean: Embedding
        var weight: Float
        var count = 1
        var totalQuality: Float
        var bestQuality: Float

        init(_ embedding: Embedding, quality: Float) {
            mean = embedding
            weight = quality
            totalQuality = quality
            bestQuality = quality
        }

        mutating func add(_ embedding: Embedding, quality: Float, maximumWeight: Float) {
            let share = quality / (weight + quality)
            var values = mean.values
            for index in values.indices { values[index] += (embedding.values[index] - values[index]) * share }
            // Opposite embeddings would cancel; they cannot get here unless the options allow it.
            guard let sum = Embedding(normalizing: values) else { return }
            mean = sum
            weight = min(weight + quality, maximumWeight)
            count += 1
            totalQuality += quality
            bestQuality = max(bestQuality, quality)
        }
    }
}
