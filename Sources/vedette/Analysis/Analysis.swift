import Foundation
import UnixSignals
import VedetteCore
import VedetteMedia
import VedettePipeline
import VedetteTracking

/// One run over a recording: takes frames in order through the handlers and keeps what is to be written.
///
/// `@unchecked Sendable`: the source calls ``take(_:)`` one frame at a time, and everything else is read after it ended.
final class Analysis: @unchecked Sendable {
    struct Summary: Encodable {
        var frames = 0
        var analysed = 0
        var tracks = 0
        var embeddings = 0
        var seconds = 0.0
        var people: [String] = []
    }

    struct Event: Encodable {
        var event: String
        var track: Int
        var person: String?
        var similarity: Float?
        var firstFrame: Int
        var lastFrame: Int

        enum CodingKeys: String, CodingKey {
            case event, track, person, similarity
            case firstFrame = "first_frame"
            case lastFrame = "last_frame"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(event, forKey: .event)
            try container.encode(track, forKey: .track)
            try container.encode(person, forKey: .person)
            try container.encode(similarity, forKey: .similarity)
            try container.encode(firstFrame, forKey: .firstFrame)
            try container.encode(lastFrame, forKey: .lastFrame)
        }
    }

    private struct Life {
        var firstFrame: Int
        var lastFrame: Int
        var isConfirmed = false
        var id: PersonID?
        var person: String?
        var similarity: Float?
        var rows: [(frame: Int, box: Box, score: Float)] = []
    }

    private let handlers: [any FrameHandler]
    private let recogniser: RecogniseHandler?
    private var filter: FrameFilter
    private let sizes: ClosedRange<Float>
    private let writer: VideoWriter?
    private let codec: any PictureCodec
    private let camera = CameraID("recording")!
    private var lives: [Int: Life] = [:]
    private var finished: [(track: Int, life: Life)] = []
    private var events: [Event] = []
    private var frame = 0
    private var analysed = 0
    private var startedAt = Clock.monotonic()
    private var progress = Progress("frames", total: nil)
    private var failure: (any Error)?
    private let failing = AsyncStream.makeStream(of: Never.self)

    init(
        factory: ChainFactory, filter: FrameFilter, sizes: ClosedRange<Float>, writer: VideoWriter?,
        codec: any PictureCodec
    ) throws {
        handlers = factory.offline()
        recogniser = handlers.lazy.compactMap { $0 as? RecogniseHandler }.first
        self.filter = filter
        self.sizes = sizes
        self.writer = writer
        self.codec = codec
    }

    /// Runs to the end of the source.
    ///
    /// - Returns: what stopped it early, if anything did; what was found until then is kept.
    func run(_ source: any FrameSource) async -> (any Error)? {
        startedAt = Clock.monotonic()
        let ended = await untilInterrupted { () -> (any Error)? in
            do throws(SourceFailure) {
                try await source.run { self.take($0) }
                return nil
            } catch {
                return error
            }
        }
        failure = failure ?? ended
        for (track, life) in lives.sorted(by: { $0.key < $1.key }) { end(track, life) }
        lives = [:]
        do {
            try writer?.finish()
        } catch {
            failure = failure ?? error
        }
        progress.finish()
        return failure
    }

    /// Runs `work` until it ends, a frame could not be handled, or Ctrl-C or SIGTERM: what was found until then is kept.
    private func untilInterrupted(_ work: @escaping @Sendable () async -> (any Error)?) async -> (any Error)? {
        await withTaskGroup(of: (any Error)?.self) { group in
            group.addTask { await work() }
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { break }
                return nil
            }
            group.addTask {
                for await _ in self.failing.stream {}
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            await group.waitForAll()
            return first
        }
    }

    private func take(_ picture: Frame) {
        frame += 1
        progress.advance()
        guard failure == nil, filter.takes(time: picture.mediaTime ?? Double(picture.captureTime.monotonic) / 1e9)
        else {
            return
        }
        analysed += 1
        var context = FrameContext(camera: camera, frame: picture)
        do {
            for handler in handlers {
                try handler.handle(&context)
                if handler is DetectHandler {
                    context.detections.removeAll { !sizes.contains($0.box.height) }
                }
            }
            note(context)
            try draw(context)
        } catch {
            failure = error
            failing.continuation.finish()
        }
    }

    private func note(_ context: FrameContext) {
        for track in context.tracks {
            var life = lives[track.id] ?? Life(firstFrame: frame, lastFrame: frame)
            lives[track.id] = nil
            if let index = track.detectionIndex {
                let seen = context.detections[index]
                life.rows.append((frame, seen.box, seen.score))
                life.lastFrame = frame
            }
            if track.isConfirmed { life.isConfirmed = true }
            take(context.identities[track.id], track.id, &life)
            lives[track.id] = life
        }
        for track in context.ended {
            guard var life = lives.removeValue(forKey: track.id) else { continue }
            take(context.identities[track.id], track.id, &life)
            end(track.id, life)
        }
    }

    private func take(_ identity: TrackIdentity?, _ track: Int, _ life: inout Life) {
        guard let identity else { return }
        let changed = identity.person != life.id
        life.id = identity.person
        life.person = identity.name
        life.similarity = identity.similarity
        if changed { events.append(event("identity", track, life)) }
    }

    private func end(_ track: Int, _ life: Life) {
        guard life.isConfirmed else { return }
        finished.append((track, life))
        events.append(event("end", track, life))
    }

    private func event(_ kind: String, _ track: Int, _ life: Life) -> Event {
        Event(
            event: kind, track: track, person: life.person, similarity: life.similarity, firstFrame: life.firstFrame,
            lastFrame: life.lastFrame)
    }

    private func draw(_ context: FrameContext) throws {
        guard let writer else { return }
        let faces = context.tracks.filter { $0.isConfirmed && $0.detectionIndex != nil }.map { track in
            let identity = context.identities[track.id]
            let label = identity?.name.map { "\($0) \(Int((identity?.similarity ?? 0) * 100)) %" } ?? "#\(track.id)"
            return OverlayFace(box: track.box, label: label, style: .init(similarity: identity?.similarity))
        }
        let jpeg = try codec.jpeg(of: context.frame, faces: faces, maximumWidth: nil, quality: 90)
        try writer.write(
            jpeg: jpeg, width: context.frame.width, height: context.frame.height,
            time: context.frame.mediaTime ?? Clock.seconds(since: startedAt))
    }

    // MARK: Results

    /// MOTChallenge rows of the tracks that were confirmed, from their first sight on, in order of frames.
    func tracksText() -> String {
        let rows = finished.flatMap { track, life in
            life.rows.map { MOTRecord(frame: $0.frame, id: track, box: $0.box, confidence: $0.score) }
        }
        return MOTChallenge.format(rows.sorted { ($0.frame, $0.id) < ($1.frame, $1.id) })
    }

    func eventsText() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try events.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }.joined()
    }

    var summary: Summary {
        Summary(
            frames: frame, analysed: analysed, tracks: finished.count, embeddings: recogniser?.embeddings ?? 0,
            seconds: Clock.seconds(since: startedAt), people: Set(finished.compactMap(\.life.person)).sorted())
    }
}
