/// Decides whether the best match of a search is the person: open-set, so that the answer may be nobody.
package struct RecognitionPolicy: Sendable, Hashable {
    package var threshold: RecognitionThreshold
    /// By how much the best person must lead the next. Raise it when people who look alike (or one person enrolled
    /// twice) get each other's names; lower it when such people remain without a name.
    package var margin: Float

    package static let defaultMargin: Float = 0.04

    package init(threshold: RecognitionThreshold, margin: Float = defaultMargin) {
        self.threshold = threshold
        self.margin = margin
    }

    package enum Decision: Sendable, Hashable {
        case person(GalleryMatch)
        case nobody(Reason)

        package var match: GalleryMatch? {
            if case .person(let match) = self { match } else { nil }
        }
    }

    /// Why a face gets no name.
    package enum Reason: Sendable, Hashable {
        /// Nobody is enrolled, for this model.
        case emptyGallery
        /// The best match, and what it would have needed.
        case tooUnlike(GalleryMatch, needed: Float)
        /// Two people fit about as well; the margin that was needed.
        case ambiguous(GalleryMatch, needed: Float)
    }

    /// - Parameters:
    ///   - match: what ``GallerySnapshot/search(_:)-(Embedding)`` found.
    ///   - galleryCount: number of embeddings that were searched.
    ///   - extraSimilarity: what is asked on top of the threshold, for evidence that is weaker than one good photo.
    package func decide(_ match: GalleryMatch?, galleryCount: Int, extraSimilarity: Float = 0) -> Decision {
        guard let match else { return .nobody(.emptyGallery) }
        let needed = threshold.similarity(galleryCount: galleryCount) + extraSimilarity
        // Written so that a similarity that is not a number is refused.
        guard match.similarity >= needed else { return .nobody(.tooUnlike(match, needed: needed)) }
        guard match.margin >= margin else { return .nobody(.ambiguous(match, needed: margin)) }
        return .person(match)
    }
}
