import VedetteCore

/// Runs a tracker over the detections of a recorded sequence.
///
///     var tracking = SequenceTracking(rate: 30)
///     let rows = tracking.run(.bytetrack, on: try MOTChallenge.read(text, as: .detections, name: "det.txt"))
package struct SequenceTracking: Sendable {
    /// Frames a second; greater than 0.
    package var rate: Double
    /// Whether the detections of a track before it was believed are written too, once it is. A live view cannot know
    /// them, a recording can: on for the best record of where everybody was, off for what a live view would have shown.
    package var isRetrospective = true
    /// Frames looked at.
    package private(set) var frames = 0
    /// Tracks that were believed.
    package private(set) var tracks = 0
    package private(set) var appearanceRequests = 0

    /// A gap is gone through frame by frame until no track is alive, but no further than this.
    private static let maximumGap = 10_000

    package init(rate: Double) {
        precondition(rate > 0)
        self.rate = rate
    }

    /// Whether a text can be tracked in reasonable time.
    ///
    /// - Throws: at a frame of more than 10,000 detections, or of so many that lie on each other that no tracker could
    ///   tell them apart: nobody took out the duplicates of a detector.
    package func check(_ text: MOTText, name: String) throws(CrowdedFrame) {
        var gate = OverlapGate()
        var start = 0
        while start < text.records.count {
            let frame = text.records[start].frame
            let records = text.records[start...].prefix { $0.frame == frame }
            start = records.endIndex
            guard records.count <= CrowdedFrame.limit else {
                throw CrowdedFrame(name: name, frame: frame, count: records.count, pairs: nil)
            }
            // Fewer cannot have as many pairs.
            guard records.count * records.count > CrowdedFrame.pairLimit else { continue }
            gate.reset()
            for (column, record) in records.enumerated() where record.box.isTrackable {
                gate.add(record.box, column: column)
            }
            gate.prepare()
            var pairs = 0
            for record in records where pairs <= CrowdedFrame.pairLimit {
                pairs += gate.count(near: record.box, minimum: 0.2)
            }
            guard pairs <= CrowdedFrame.pairLimit else {
                throw CrowdedFrame(name: name, frame: frame, count: records.count, pairs: pairs)
            }
        }
    }

    /// - Parameter onFrame: called after each frame that has detections, with their number.
    /// - Returns: a row for each detection that a believed track took, with the box of the track, by frame and id.
    package mutating func run(
        _ tracker: any Tracker, on text: MOTText, onFrame: (Int) -> Void = { _ in }
    ) -> [MOTRecord] {
        var tracker = tracker
        var rows: [MOTRecord] = []
        var waiting: [Int: [MOTRecord]] = [:]
        var believed: Set<Int> = []
        var previous: Int?
        var start = 0
        frames = 0
        while start < text.records.count {
            let frame = text.records[start].frame
            var end = start
            while end < text.records.count, text.records[end].frame == frame { end += 1 }
            skip(from: previous, to: frame, &tracker)
            let detections = text.records[start..<end].map {
                Detection(box: $0.box, score: Float($0.confidence))
            }
            let first = start
            let query: AppearanceQuery? = text.faces.isEmpty ? nil : { text.faces[first + $0] }
            tracker.update(detections: detections, at: Double(frame) / rate, appearance: query)
            frames += 1
            for track in tracker.removed { waiting[track.id] = nil }
            for track in tracker.tracks where track.detectionIndex != nil {
                let row = MOTRecord(frame: frame, id: track.id, box: track.box, confidence: track.score)
                if track.state == .confirmed {
                    if believed.insert(track.id).inserted { rows += waiting.removeValue(forKey: track.id) ?? [] }
                    rows.append(row)
                } else if isRetrospective {
                    waiting[track.id, default: []].append(row)
                }
            }
            onFrame(end - start)
            previous = frame
            start = end
        }
        tracks = believed.count
        appearanceRequests = tracker.appearanceRequests
        rows.sort { ($0.frame, $0.id) < ($1.frame, $1.id) }
        return rows
    }

    /// Frames without detections were looked at, too.
    private mutating func skip(from previous: Int?, to frame: Int, _ tracker: inout any Tracker) {
        guard let previous, frame - previous > 1 else { return }
        for number in (previous + 1)..<frame {
            if tracker.tracks.isEmpty || number - previous > Self.maximumGap { return }
            tracker.update(detections: [], at: Double(number) / rate, appearance: nil)
            frames += 1
        }
    }
}

/// A frame with more detections than a picture can hold.
package struct CrowdedFrame: DescribedError {
    package static let limit = 10_000
    /// Pairs of detections that overlap by more than 0.2, each counted from both sides.
    package static let pairLimit = 1_000_000

    package let name: String
    package let frame: Int
    package let count: Int
    /// Set when it is the overlaps that are too many.
    package let pairs: Int?

    package var message: String {
        pairs == nil
            ? "\(name): frame \(frame) has \(count) detections, more than \(Self.limit)"
            : "\(name): the \(count) detections of frame \(frame) lie on each other"
    }
    package var remedy: String? {
        pairs == nil ? "leave out those of low score" : "suppress those that overlap a better one"
    }
    package var isRetriable: Bool { false }
}
