package import VedetteCore

extension [Detection] {
    /// Non-maximum suppression: keeps the best of every group of detections that overlap, best first.
    ///
    /// - Parameter overlap: a detection goes when its intersection over union with a better one is larger. Raising it
    ///   keeps more duplicates; lowering it loses faces that stand close together.
    package func suppressingOverlaps(above overlap: Float) -> [Detection] {
        var kept: [Detection] = []
        // Ties are broken by place, so that the result does not depend on the order of the list.
        let ranked = sorted { ($0.score, $1.box.x, $1.box.y) > ($1.score, $0.box.x, $0.box.y) }
        for candidate in ranked
        where kept.allSatisfy({ $0.box.intersectionOverUnion(candidate.box) <= overlap }) {
            kept.append(candidate)
        }
        return kept
    }
}
