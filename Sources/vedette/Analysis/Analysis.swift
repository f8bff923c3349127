import Foundation
import VedetteCore
import VedetteMedia
import VedettePipeline
import VedetteTracking

/// One recording on its way through the handlers: takes frames in order and keeps what is to be written.
///
/// `@unchecked Sendable`: ``AnalysisRun`` calls ``take(_:)`` one frame at a time over all recordings, and everything else is read
/// after they ended.
final class Analysis: @unchecked Sendable {
    struct Event: Encodable {
        var event: String
        /// Only where there are several.
        var camera: CameraID?
        var track: Int
        var person: String?
        var anonymous: String?
        var similarity: Float?
        var firstFrame: Int
        var lastFrame: Int
        var correctedFrom: String?

        enum CodingKeys: String, CodingKey {
            case event, camera, track, person, anonymous, similarity
            case firstFrame = "first_frame"
            case lastFrame = "last_frame"
            case correctedFrom = "corrected_from"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(event, forKey: .event)
            try container.encodeIfPresent(camera, forKey: .camera)
            try container.encode(track, forKey: .track)
            try container.encode(person, forKey: .person)
            try container.encodeIfPresent(anonymous, forKey: .anonymous)
            try container.encode(similarity, forKey: .similarity)
            try container.encode(firstFrame, forKey: .firstFrame)
            try container.encode(lastFrame, forKey: .lastFrame)
            try container.encodeIfPresent(correctedFrom, forKey: .correctedFrom)
        }
    }

    /// An event before the number of its track is known.
    struct Note {
        var track: Int
        var time: Double
        var event: Event
    }

    let camera: CameraID
    private let handlers: [any FrameHandler]
    private var filter: FrameFilter
    private let sizes: ClosedRange<Float>
    private let writer: VideoWriter?
    private let codec: any PictureCodec
    private let startedAt = Clock.monotonic()
    private var isOccupied = false
    /// Living tracks by the tracker's number: their place in `tracks`.
    private var living: [Int: Int] = [:]
    private(set) var tracks: [AnalysedTrack] = []
    private(set) var notes: [Note] = []
    private(set) var handOvers: [(time: Double, handOver: HandOver)] = []
    private(set) var frames = 0
    private(set) var analysed = 0

    init(
        camera: CameraID, handlers: [any FrameHandler], filter: FrameFilter, sizes: ClosedRange<Float>,
        writer: VideoWriter?, codec: any PictureCodec
    ) {
        self.camera = camera
        self.handlers = handlers
        self.filter = filter
        self.sizes = sizes
        self.writer = writer
        self.codec = codec
    }

    /// Embeddings computed, by the recogniser and for the tracker.
    var embeddings: Int {
        handlers.reduce(0) { sum, handler in
            sum + ((handler as? RecogniseHandler)?.embeddings ?? (handler as? TrackHandler)?.embeddings ?? 0)
        }
    }

    func take(_ picture: Frame) throws {
        frames += 1
        guard filter.takes(time: picture.seconds) else { return }
        analysed += 1
        var context = FrameContext(camera: camera, frame: picture, isOccupied: isOccupied, isRecording: true)
        for handler in handlers {
            try handler.handle(&context)
            if handler is DetectHandler { context.detections.removeAll { !sizes.contains($0.box.height) } }
        }
        isOccupied = !context.tracks.isEmpty
        note(context)
        handOvers += context.handOvers.map { (context.time, $0) }
        try draw(context)
    }

    /// - Throws: when the drawn video cannot be completed.
    func finish() throws {
        for index in living.values.sorted() { end(index, at: .infinity) }
        living = [:]
        try writer?.finish()
    }

    /// For each of ``tracks`` its number in ``rows()``.
    func numbers() -> [Int] { AnalysedTrack.numbers(tracks) }

    /// The MOTChallenge rows of confirmed tracks in order of frames, from their first sight on.
    func rows() -> [MOTRecord] {
        var rows: [MOTRecord] = []
        for (track, number) in zip(tracks, numbers()) where track.face != nil {
            rows += track.rows.map { MOTRecord(frame: $0.frame, id: number, box: $0.box, confidence: $0.score) }
        }
        return rows.sorted { ($0.frame, $0.id) < ($1.frame, $1.id) }
    }

    private func note(_ context: FrameContext) {
        for identity in context.parted {
            guard let index = living[identity.track] else { continue }
            // From here on the track shows another face.
            let since = context.identities[identity.track]?.since ?? context.time
            var other = AnalysedTrack()
            other.rows = tracks[index].cut(from: since)
            _ = tracks[index].take(identity)
            end(index, at: context.time)
            living[identity.track] = tracks.count
            tracks.append(other)
        }
        for track in context.tracks {
            let index = living[track.id] ?? tracks.count
            if index == tracks.count {
                living[track.id] = index
                tracks.append(AnalysedTrack())
            }
            take(context.identities[track.id], index, at: context.time)
            if let detection = track.detectionIndex {
                let seen = context.detections[detection]
                tracks[index].rows.append(
                    .init(
                        frame: frames, time: context.time, box: seen.box, score: seen.score,
                        person: tracks[index].person))
            }
        }
        for track in context.ended {
            guard let index = living.removeValue(forKey: track.id) else { continue }
            take(context.identities[track.id], index, at: context.time)
            end(index, at: context.time)
        }
    }

    private func take(_ identity: TrackIdentity?, _ index: Int, at time: Double) {
        guard let identity else { return }
        let (changed, before) = tracks[index].take(identity)
        guard changed, !tracks[index].rows.isEmpty || identity.person != nil else { return }
        var event = event("identity", index)
        event.correctedFrom = before
        notes.append(Note(track: index, time: time, event: event))
    }

    private func end(_ index: Int, at time: Double) {
        guard tracks[index].face != nil, !tracks[index].rows.isEmpty else { return }
        notes.append(Note(track: index, time: time, event: event("end", index)))
    }

    private func event(_ kind: String, _ index: Int) -> Event {
        let track = tracks[index]
        return Event(
            event: kind, track: 0, person: track.isAnonymous ? nil : track.name,
            anonymous: track.isAnonymous ? track.name : nil, similarity: track.similarity,
            firstFrame: track.firstFrame, lastFrame: track.lastFrame)
    }

    private func draw(_ context: FrameContext) throws {
        guard let writer else { return }
        let faces = context.tracks.filter { $0.isConfirmed && $0.detectionIndex != nil }.map { track in
            let identity = context.identities[track.id]
            var label = identity?.name ?? "#\(identity?.face ?? track.id)"
            if let identity, identity.isNamed { label += " \(Int((identity.similarity ?? 0) * 100)) %" }
            return OverlayFace(
                box: track.box, label: label,
                style: .init(similarity: identity?.isNamed == true ? identity?.similarity : nil))
        }
        let jpeg = try codec.jpeg(of: context.frame, faces: faces, maximumWidth: nil, quality: 90)
        try writer.write(
            jpeg: jpeg, width: context.frame.width, height: context.frame.height,
            time: context.frame.mediaTime ?? Clock.seconds(since: startedAt))
    }
}
