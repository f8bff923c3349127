/// Compares tracks with ground truth.
///
///     let score = TrackingEvaluation().score(groundTruth: truth, results: tracks)
///     print(score.hota, score.idf1, score.mota)
package struct TrackingEvaluation: Sendable {
    /// Whether ground truth rows of confidence 0 are regions to ignore: a track box that overlaps one by at least 0.5,
    /// and no row that counts, is then left out. On for faces, where such a row is a face too small or too covered to
    /// be judged; off to agree with the evaluation of MOT15, where such rows are as good as absent.
    package var ignoresRegions: Bool

    package init(ignoresRegions: Bool = true) {
        self.ignoresRegions = ignoresRegions
    }

    /// Whether rows of confidence 0 are regions to ignore in a ground truth, by its number of columns: MOT15 has 10, and
    /// such rows do not exist for its evaluation; the 9 of MOT16 and later have a class and a visibility.
    package static func ignoresRegions(of groundTruth: MOTText) -> Bool { groundTruth.columns < 10 }

    /// The score of one sequence. Rows may be in any order; an id stands at most once in a frame.
    package func score(groundTruth: [MOTRecord], results: [MOTRecord]) -> TrackingScore {
        let sequence = EvaluatedSequence(groundTruth: groundTruth, results: results, ignoresRegions: ignoresRegions)
        var score = TrackingScore()
        score.objects = sequence.objectCounts.reduce(0, +)
        addCLEAR(sequence, to: &score)
        addIdentity(sequence, to: &score)
        addHOTA(sequence, to: &score)
        return score
    }

    /// Frame by frame: pairs of the frame before are kept while they overlap by 0.5, the rest is paired by overlap.
    private func addCLEAR(_ sequence: EvaluatedSequence, to score: inout TrackingScore) {
        var assignment = Assignment()
        // The track each object was last paired with, ever and in the frame before.
        var lastPartner = [Int?](repeating: nil, count: sequence.objectCounts.count)
        var partnerBefore = lastPartner
        for frame in sequence.frames {
            guard !frame.objects.isEmpty, !frame.tracks.isEmpty else {
                score.falseNegatives += frame.objects.count
                score.falsePositives += frame.tracks.count
                continue
            }
            assignment.reset(rows: frame.objects.count, columns: frame.tracks.count)
            for (row, object) in frame.objects.enumerated() {
                for (column, track) in frame.tracks.enumerated() {
                    let overlap = frame.overlap(row, column)
                    guard overlap >= EvaluatedSequence.minimumOverlap else { continue }
                    let bonus = partnerBefore[object] == track ? 1000.0 : 0
                    assignment.allow(row: row, column: column, cost: -bonus - overlap)
                }
            }
            assignment.solve(limit: 0)
            for index in partnerBefore.indices { partnerBefore[index] = nil }
            var pairs = 0
            for (row, object) in frame.objects.enumerated() {
                guard let column = assignment.column(of: row) else { continue }
                let track = frame.tracks[column]
                if let last = lastPartner[object], last != track { score.identitySwitches += 1 }
                lastPartner[object] = track
                partnerBefore[object] = track
                pairs += 1
            }
            score.falseNegatives += frame.objects.count - pairs
            score.falsePositives += frame.tracks.count - pairs
        }
    }

    /// One pairing of whole objects with whole tracks: the one with the most frames in which they overlap by 0.5.
    private func addIdentity(_ sequence: EvaluatedSequence, to score: inout TrackingScore) {
        let trackCount = sequence.trackCounts.count
        var together = [Int](repeating: 0, count: sequence.objectCounts.count * trackCount)
        for frame in sequence.frames {
            for (row, object) in frame.objects.enumerated() {
                for (column, track) in frame.tracks.enumerated()
                where frame.overlap(row, column) >= EvaluatedSequence.minimumOverlap {
                    together[object * trackCount + track] += 1
                }
            }
        }
        var assignment = Assignment()
        assignment.reset(rows: sequence.objectCounts.count, columns: trackCount)
        for index in together.indices where together[index] > 0 {
            assignment.allow(row: index / trackCount, column: index % trackCount, cost: -Double(together[index]))
        }
        assignment.solve(limit: 0)
        var shared = 0
        for object in sequence.objectCounts.indices {
            if let track = assignment.column(of: object) { shared += together[object * trackCount + track] }
        }
        score.identityTruePositives = shared
        score.identityFalseNegatives = sequence.objectCounts.reduce(0, +) - shared
        score.identityFalsePositives = sequence.trackCounts.reduce(0, +) - shared
    }

    /// Luiten et al. 2021, section 5: pairs are made once per frame so that the association over the whole sequence is
    /// best, then judged at every overlap.
    private func addHOTA(_ sequence: EvaluatedSequence, to score: inout TrackingScore) {
        let trackCount = sequence.trackCounts.count
        let alignment = sequence.alignment()
        let thresholds = TrackingScore.alphas.map { $0 - Double.ulpOfOne }
        var matches = thresholds.map { _ in [Int](repeating: 0, count: alignment.count) }
        var assignment = Assignment()
        for frame in sequence.frames {
            assignment.reset(rows: frame.objects.count, columns: frame.tracks.count)
            for (row, object) in frame.objects.enumerated() {
                for (column, track) in frame.tracks.enumerated() {
                    let overlap = frame.overlap(row, column)
                    guard overlap > 0 else { continue }
                    assignment.allow(row: row, column: column, cost: -alignment[object * trackCount + track] * overlap)
                }
            }
            assignment.solve(limit: 0)
            for index in thresholds.indices {
                var pairs = 0
                for (row, object) in frame.objects.enumerated() {
                    guard let column = assignment.column(of: row) else { continue }
                    let overlap = frame.overlap(row, column)
                    guard overlap >= thresholds[index] else { continue }
                    score.localized[index].overlap += overlap
                    matches[index][object * trackCount + frame.tracks[column]] += 1
                    pairs += 1
                }
                score.localized[index].truePositives += pairs
                score.localized[index].falseNegatives += frame.objects.count - pairs
                score.localized[index].falsePositives += frame.tracks.count - pairs
            }
        }
        for index in thresholds.indices {
            for pair in alignment.indices where matches[index][pair] > 0 {
                let shared = Double(matches[index][pair])
                let total = sequence.objectCounts[pair / trackCount] + sequence.trackCounts[pair % trackCount]
                score.localized[index].association += shared * shared / max(1, Double(total) - shared)
            }
        }
    }
}
