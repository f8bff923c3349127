import VedetteCore

/// Compares detections with annotated faces, by the protocol of WIDER FACE (Yang et al. 2016): a detection is right when it
/// overlaps a face by an intersection over union of at least 0.5, each face counts once, and a detection that fits only
/// a face that is marked "ignore" counts as nothing.
struct DetectionEvaluation {
    struct Truth {
        var box: Box
        /// False for a face that may be found or not.
        var counts: Bool
    }

    struct Report: Encodable {
        var images: Int
        var faces: Int
        var detections: Int
        /// Share of the faces that were found at ``minimumScore`` or above.
        var recall: Double
        /// Share of the detections at ``minimumScore`` or above that were right.
        var precision: Double
        /// Area under precision over recall, all scores.
        var averagePrecision: Double
        var minimumScore: Float

        enum CodingKeys: String, CodingKey {
            case images, faces, detections, recall, precision
            case averagePrecision = "ap"
            case minimumScore = "min_score"
        }
    }

    private var outcomes: [(score: Float, isRight: Bool)] = []
    private var images = 0
    private var faces = 0

    /// Adds one picture.
    mutating func add(_ detections: [Detection], truth: [Truth]) {
        images += 1
        faces += truth.count { $0.counts }
        var taken = [Bool](repeating: false, count: truth.count)
        for detection in detections.sorted(by: { $0.score > $1.score }) {
            var best = -1
            var bestOverlap: Float = 0.5
            var fitsIgnored = false
            for (index, face) in truth.enumerated() {
                let overlap = face.box.intersectionOverUnion(detection.box)
                guard overlap >= 0.5 else { continue }
                if !face.counts {
                    fitsIgnored = true
                } else if !taken[index], overlap >= bestOverlap {
                    best = index
                    bestOverlap = overlap
                }
            }
            if best >= 0 {
                taken[best] = true
                outcomes.append((detection.score, true))
            } else if !fitsIgnored {
                outcomes.append((detection.score, false))
            }
        }
    }

    func report(minimumScore: Float) -> Report {
        let shown = outcomes.filter { $0.score >= minimumScore }
        let right = shown.count { $0.isRight }
        return Report(
            images: images, faces: faces, detections: shown.count,
            recall: faces == 0 ? 0 : Double(right) / Double(faces),
            precision: shown.isEmpty ? 0 : Double(right) / Double(shown.count),
            averagePrecision: averagePrecision(), minimumScore: minimumScore)
    }

    private func averagePrecision() -> Double {
        guard faces > 0 else { return 0 }
        var right = 0
        var points: [(recall: Double, precision: Double)] = []
        for (index, outcome) in outcomes.sorted(by: { $0.score > $1.score }).enumerated() {
            if outcome.isRight { right += 1 }
            points.append((Double(right) / Double(faces), Double(right) / Double(index + 1)))
        }
        // The envelope: precision at a recall is the best at that recall or beyond.
        var best = 0.0
        for index in points.indices.reversed() {
            best = max(best, points[index].precision)
            points[index].precision = best
        }
        var area = 0.0
        var reached = 0.0
        for point in points {
            area += (point.recall - reached) * point.precision
            reached = point.recall
        }
        return area
    }
}
