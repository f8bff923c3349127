/// Ground truth and tracks side by side, frame by frame, with ids numbered from 0 and the overlap of every pair.
struct EvaluatedSequence {
    /// From here on two boxes are the same object, for all but HOTA.
    static let minimumOverlap = 0.5 - Double.ulpOfOne

    struct Frame {
        var objects: [Int] = []
        var tracks: [Int] = []
        /// Row by row: an object's overlap with each track.
        var overlaps: [Double] = []

        func overlap(_ object: Int, _ track: Int) -> Double { overlaps[object * tracks.count + track] }
    }

    private(set) var frames: [Frame] = []
    /// Number of boxes of each object and of each track.
    private(set) var objectCounts: [Int] = []
    private(set) var trackCounts: [Int] = []

    init(groundTruth: [MOTRecord], results: [MOTRecord], ignoresRegions: Bool) {
        let truthByFrame = Dictionary(grouping: groundTruth, by: \.frame)
        let resultsByFrame = Dictionary(grouping: results, by: \.frame)
        var objectNumbers: [Int: Int] = [:]
        var trackNumbers: [Int: Int] = [:]
        for number in Set(truthByFrame.keys).union(resultsByFrame.keys).sorted() {
            let truth = truthByFrame[number] ?? []
            let counted = truth.filter { $0.confidence != 0 }
            var tracks = resultsByFrame[number] ?? []
            if ignoresRegions {
                tracks = Self.outside(truth.filter { $0.confidence == 0 }, tracks, counted: counted)
            }
            var frame = Frame()
            frame.objects = counted.map { Self.count($0.id, in: &objectNumbers, &objectCounts) }
            frame.tracks = tracks.map { Self.count($0.id, in: &trackNumbers, &trackCounts) }
            frame.overlaps.reserveCapacity(counted.count * tracks.count)
            for object in counted {
                for track in tracks { frame.overlaps.append(object.overlap(track)) }
            }
            frames.append(frame)
        }
    }

    /// How well each object and each track agree over the whole sequence, before any pair is made: Jaccard index of
    /// their frames, where a frame counts by overlap shared out among the rivals. Row by row, an object's with each
    /// track.
    func alignment() -> [Double] {
        let trackCount = trackCounts.count
        var shared = [Double](repeating: 0, count: objectCounts.count * trackCount)
        for frame in frames {
            var ofObject = [Double](repeating: 0, count: frame.objects.count)
            var ofTrack = [Double](repeating: 0, count: frame.tracks.count)
            for row in ofObject.indices {
                for column in ofTrack.indices {
                    ofObject[row] += frame.overlap(row, column)
                    ofTrack[column] += frame.overlap(row, column)
                }
            }
            for (row, object) in frame.objects.enumerated() {
                for (column, track) in frame.tracks.enumerated() {
                    let overlap = frame.overlap(row, column)
                    let rivals = ofObject[row] + ofTrack[column] - overlap
                    if rivals > Double.ulpOfOne { shared[object * trackCount + track] += overlap / rivals }
                }
            }
        }
        for index in shared.indices {
            let total = objectCounts[index / trackCount] + trackCounts[index % trackCount]
            shared[index] /= Double(total) - shared[index]
        }
        return shared
    }

    /// The tracks without those that lie on an ignored region and on nothing that counts.
    private static func outside(_ ignored: [MOTRecord], _ tracks: [MOTRecord], counted: [MOTRecord]) -> [MOTRecord] {
        guard !ignored.isEmpty else { return tracks }
        var assignment = Assignment()
        assignment.reset(rows: counted.count, columns: tracks.count)
        for (row, object) in counted.enumerated() {
            for (column, track) in tracks.enumerated() {
                let overlap = object.overlap(track)
                if overlap >= minimumOverlap { assignment.allow(row: row, column: column, cost: -overlap) }
            }
        }
        assignment.solve(limit: 0)
        return tracks.enumerated().filter { column, track in
            assignment.row(of: column) != nil || !ignored.contains { $0.overlap(track) >= minimumOverlap }
        }.map(\.element)
    }

    private static func count(_ id: Int, in numbers: inout [Int: Int], _ counts: inout [Int]) -> Int {
        let number = numbers[id] ?? counts.count
        if number == counts.count {
            numbers[id] = number
            counts.append(0)
        }
        counts[number] += 1
        return number
    }
}
