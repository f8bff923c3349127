/// Whether overlap alone tells which track a detection belongs to: the best and the second best of every track and of
/// every detection.
struct OverlapDoubt: Sendable {
    private struct Best {
        var first: Float = 0
        var second: Float = 0

        mutating func add(_ overlap: Float) {
            if overlap > first {
                second = first
                first = overlap
            } else {
                second = max(second, overlap)
            }
        }

        /// Whether somebody else overlaps about as much.
        func hasRival(_ overlap: Float, margin: Float) -> Bool {
            let rival = overlap == first ? second : first
            return rival > 0 && abs(rival - overlap) < margin
        }
    }

    private var ofRow: [Best] = []
    private var ofColumn: [Best] = []

    mutating func weigh(_ pairs: [OverlapPair], rows: Int, columns: Int) {
        ofRow.refill(count: rows, with: Best())
        ofColumn.refill(count: columns, with: Best())
        for pair in pairs {
            ofRow[pair.row].add(pair.overlap)
            ofColumn[pair.column].add(pair.overlap)
        }
    }

    /// Whether the track or the detection of a pair has another choice within `margin` of overlap.
    func isClose(_ pair: OverlapPair, margin: Float) -> Bool {
        ofRow[pair.row].hasRival(pair.overlap, margin: margin)
            || ofColumn[pair.column].hasRival(pair.overlap, margin: margin)
    }
}
