import VedetteCore

/// One optimal pass by overlap between the tracks and the detections that are left.
struct OverlapMatcher: Sendable {
    private var assignment = Assignment()
    private var gate = OverlapGate()
    private var rows: [Int] = []

    /// - Parameters:
    ///   - score: detections below it are left out.
    ///   - minimumOverlap: what a pair must overlap by more than, 0...1.
    ///   - box: where a track is looked for; its expected box when left out.
    ///   - isWanted: which of the tracks without a detection take part; all when left out.
    ///   - willTake: called before a track takes its detection.
    mutating func match<Memory>(
        _ roster: inout TrackRoster<Memory>, _ detections: [Detection], from score: Float, minimumOverlap: Float,
        box: (TrackRoster<Memory>, Int) -> Box = { $0.tracks[$1].box },
        isWanted: (TrackRoster<Memory>, Int) -> Bool = { _, _ in true },
        willTake: (inout TrackRoster<Memory>, Int, Detection) -> Void = { _, _, _ in }
    ) {
        rows.removeAll(keepingCapacity: true)
        for index in roster.tracks.indices where !roster.members[index].isMatched && isWanted(roster, index) {
            rows.append(index)
        }
        gate.reset()
        for (column, detection) in detections.enumerated() where !roster.taken[column] && detection.score >= score {
            if detection.box.isTrackable { gate.add(detection.box, column: column) }
        }
        guard !rows.isEmpty, !gate.isEmpty else { return }
        gate.prepare()
        assignment.reset(rows: rows.count, columns: detections.count)
        for (row, index) in rows.enumerated() {
            gate.allow(row: row, box: box(roster, index), growth: 0, minimum: minimumOverlap, in: &assignment)
        }
        assignment.solve(limit: Double(1 - minimumOverlap))
        for (row, index) in rows.enumerated() {
            guard let column = assignment.column(of: row) else { continue }
            willTake(&roster, index, detections[column])
            roster.take(detections[column], index: column, by: index)
        }
    }
}
