import VedetteCore

/// Finds the pairs of tracks and detections that overlap enough to be the same face, with their overlap.
///
/// Both boxes can be grown by the same number of pixels first, for tracks that are unsure of their place.
struct OverlapGate: Sendable {
    /// Left and top are negated, so that the intersection of two boxes is one minimum of four numbers.
    struct Edges: Sendable {
        var bounds: SIMD4<Float>
        var width: Float
        var height: Float

        init(_ box: Box) {
            bounds = SIMD4(-box.x, -box.y, box.maxX, box.maxY)
            width = box.width
            height = box.height
        }

        /// Overlap of the two boxes after both were grown by `growth` pixels on each side, 0...1.
        @inline(__always)
        func overlap(_ other: Edges, growth: Float) -> Float {
            let shared = pointwiseMin(bounds, other.bounds)
            let sharedWidth = shared.x + shared.z + 2 * growth
            let sharedHeight = shared.y + shared.w + 2 * growth
            guard sharedWidth > 0, sharedHeight > 0 else { return 0 }
            let area = sharedWidth * sharedHeight
            let own = (width + 2 * growth) * (height + 2 * growth)
            let others = (other.width + 2 * growth) * (other.height + 2 * growth)
            return area / (own + others - area)
        }
    }

    private struct Entry {
        var edges: Edges
        var column: Int32
    }

    private var columns: [Entry] = []
    private var widest: Float = 0

    var isEmpty: Bool { columns.isEmpty }

    mutating func reset() {
        columns.removeAll(keepingCapacity: true)
        widest = 0
    }

    mutating func add(_ box: Box, column: Int) {
        columns.append(Entry(edges: Edges(box), column: Int32(truncatingIfNeeded: column)))
        widest = max(widest, box.width)
    }

    /// To be called once after the last `add`: orders the boxes from left to right.
    mutating func prepare() {
        // A heap sort, since that of the standard library allocates.
        columns.withUnsafeMutableBufferPointer { entries in
            var start = entries.count / 2
            while start > 0 {
                start -= 1
                Self.sift(entries, from: start, below: entries.count)
            }
            var end = entries.count
            while end > 1 {
                end -= 1
                entries.swapAt(0, end)
                Self.sift(entries, from: 0, below: end)
            }
        }
    }

    /// Allows `row` every column whose box overlaps by more than `minimum`; the cost is 1 - overlap.
    func allow(row: Int, box: Box, growth: Float, minimum: Float, in assignment: inout Assignment) {
        forEach(near: box, growth: growth, minimum: minimum) { column, overlap in
            assignment.allow(row: row, column: column, cost: Double(1 - overlap))
        }
    }

    /// Adds every column whose box overlaps by more than `minimum`, as a pair with `row`.
    func collect(row: Int, box: Box, growth: Float, minimum: Float, into pairs: inout [OverlapPair]) {
        forEach(near: box, growth: growth, minimum: minimum) { column, overlap in
            pairs.append(OverlapPair(row: row, column: column, overlap: overlap))
        }
    }

    /// How many boxes overlap this one by more than `minimum`.
    func count(near box: Box, minimum: Float) -> Int {
        var count = 0
        forEach(near: box, growth: 0, minimum: minimum) { _, _ in count += 1 }
        return count
    }

    @inline(__always)
    private func forEach(near box: Box, growth: Float, minimum: Float, _ body: (Int, Float) -> Void) {
        let edges = Edges(box)
        // Boxes that begin left of this cannot reach the track, nor can those that begin right of its right edge.
        let leftmost = box.x - widest - 2 * growth
        let rightmost = box.maxX + 2 * growth
        var low = 0
        var high = columns.count
        while low < high {
            let middle = (low + high) / 2
            if -columns[middle].edges.bounds.x < leftmost { low = middle + 1 } else { high = middle }
        }
        while low < columns.count, -columns[low].edges.bounds.x <= rightmost {
            let overlap = edges.overlap(columns[low].edges, growth: growth)
            if overlap > minimum { body(Int(columns[low].column), overlap) }
            low += 1
        }
    }

    /// Moves the entry at `start` down a heap whose top is the rightmost.
    private static func sift(_ entries: UnsafeMutableBufferPointer<Entry>, from start: Int, below end: Int) {
        let entry = entries[start]
        var hole = start
        while true {
            var child = 2 * hole + 1
            if child >= end { break }
            if child + 1 < end, entries[child + 1].edges.bounds.x < entries[child].edges.bounds.x { child += 1 }
            if entries[child].edges.bounds.x >= entry.edges.bounds.x { break }
            entries[hole] = entries[child]
            hole = child
        }
        entries[hole] = entry
    }
}

/// A track and a detection that overlap.
struct OverlapPair: Sendable {
    var row: Int
    var column: Int
    /// 0...1.
    var overlap: Float
}
