import Foundation
package import VedetteCore
import VedetteTracking

/// Writes each appearance of a face to the log: opened when the face has been seen well enough, brought up to date while it stays,
/// closed when it leaves.
///
/// Ids are made here and records are upserts, so a record may be written twice or be replaced by a later one on its way.
package final class RecordHandler: FrameHandler {
    package struct Options: Sendable {
        /// Seconds between two updates of the time a face was last seen. Raising it writes less; a crash loses as much.
        package var updateInterval: Double = 0.5
        /// Seconds a track without any usable face must last to be logged. Raising it drops more short glimpses and false alarms.
        package var minimumDuration: Double = 1.0

        package init() {}
    }

    private struct Appearance {
        var sighting: Sighting
        var submittedAt: Double
        var faceQuality: Float
        var faceGeneration: Int
    }

    package let name = "record"
    private let sink: any SightingSink
    private let codec: any PictureCodec
    private let model: String
    private let options: Options
    private var open: [Int: Appearance] = [:]

    /// - Parameter model: name of the embedding model, stored with the face.
    package init(sink: any SightingSink, codec: any PictureCodec, model: String, options: Options = Options()) {
        self.sink = sink
        self.codec = codec
        self.model = model
        self.options = options
    }

    package func handle(_ context: inout FrameContext) throws {
        let captured = context.frame.captureTime.date
        for track in context.tracks where track.isConfirmed && track.detectionIndex != nil {
            guard let identity = context.identities[track.id] else { continue }
            let lasted = track.lastSeen - track.firstSeen
            guard open[track.id] != nil || identity.best != nil || lasted >= options.minimumDuration else { continue }
            update(track, identity, captured, context)
        }
        for id in Array(open.keys) where !context.tracks.contains(where: { $0.id == id }) {
            end(id, context.identities[id])
        }
    }

    package func finish() {
        for track in Array(open.keys) { end(track, nil) }
    }

    private func update(_ track: Track, _ identity: TrackIdentity, _ captured: Date, _ context: FrameContext) {
        var appearance =
            open[track.id]
            ?? Appearance(
                sighting: Sighting(
                    id: identity.sighting, camera: context.camera, track: track.id, person: nil,
                    firstSeen: captured.addingTimeInterval(track.firstSeen - context.time), lastSeen: captured,
                    similarity: nil, quality: 0, ended: false),
                submittedAt: -.infinity, faceQuality: -1, faceGeneration: 0)
        let before = appearance.sighting
        appearance.sighting.lastSeen = max(captured, before.firstSeen)
        appearance.sighting.take(identity)
        var face: SightingRecord.Face?
        // The crop is cut from this frame, so only a best face of this very frame can be kept.
        if let best = identity.best,
            best.quality > appearance.faceQuality || best.generation != appearance.faceGeneration,
            let index = track.detectionIndex, context.detections[index].box == best.box
        {
            // Without its picture the row is still worth having.
            if let jpeg = try? FaceCrop.jpeg(of: best.box, in: context.frame, codec) {
                face = SightingRecord.Face(jpeg: jpeg, embedding: best.embedding, model: model)
                appearance.faceQuality = best.quality
                appearance.faceGeneration = best.generation
            }
        }
        let isDue =
            context.time - appearance.submittedAt >= options.updateInterval || context.time < appearance.submittedAt
        if isDue || face != nil || before.person != appearance.sighting.person {
            appearance.submittedAt = context.time
            sink.submit(SightingRecord(sighting: appearance.sighting, face: face))
        }
        open[track.id] = appearance
    }

    private func end(_ track: Int, _ identity: TrackIdentity?) {
        guard var appearance = open.removeValue(forKey: track) else { return }
        if let identity { appearance.sighting.take(identity) }
        appearance.sighting.ended = true
        sink.submit(SightingRecord(sighting: appearance.sighting, face: nil))
    }
}

extension Sighting {
    /// Takes over what the track's identity says now. A person who was seen stays the best similarity they had.
    fileprivate mutating func take(_ identity: TrackIdentity) {
        if identity.person == person, let old = similarity, let new = identity.similarity {
            similarity = max(old, new)
        } else {
            similarity = identity.similarity
        }
        person = identity.person
        quality = max(quality, identity.best?.quality ?? 0)
    }
}
