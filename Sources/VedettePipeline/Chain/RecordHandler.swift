import Foundation
package import VedetteCore
import VedetteTracking

/// Writes each appearance of a face to the log: opened when the face has been seen well enough, brought up to date while it stays,
/// closed when it leaves or another face takes its track. Tells the event stream of it, too.
///
/// Ids are made by the resolver and records are upserts, so a record may be written twice or be replaced by a later one on its way,
/// and an appearance that goes on after a short absence is opened again.
package final class RecordHandler: FrameHandler {
    package struct Options: Sendable {
        /// Seconds between two updates of the time a face was last seen. Raising it writes less; a crash loses as much.
        package var updateInterval: Double = 0.5
        /// Seconds a track without any usable face must last to be logged. Raising it drops more short glimpses and false alarms.
        package var minimumDuration: Double = 1.0
        /// Seconds for which an appearance that was closed may go on: at least ``IdentityOptions/sameSightingSeconds``.
        package var reopenSeconds: Double = 15

        package init() {}
    }

    private struct Appearance {
        var sighting: Sighting
        /// The track it goes on under, while it does.
        var track: Int
        var anonymous: AnonymousPerson?
        var name: String?
        var submittedAt: Double
        var lastSeen: Double
        var faceQuality: Float
        var faceGeneration: Int
    }

    package let name = "record"
    private let sink: any SightingSink
    private let codec: any PictureCodec
    private let model: String
    private let options: Options
    private let events: EventHub?
    private var open: [SightingID: Appearance] = [:]
    private var closed: [SightingID: Appearance] = [:]

    /// - Parameter model: name of the embedding model, stored with the face.
    package init(
        sink: any SightingSink, codec: any PictureCodec, model: String, events: EventHub? = nil,
        options: Options = Options()
    ) {
        self.sink = sink
        self.codec = codec
        self.model = model
        self.events = events
        self.options = options
    }

    package func handle(_ context: inout FrameContext) throws {
        for identity in context.parted { end(identity.sighting, identity, context.moment) }
        for track in context.tracks where track.isConfirmed && track.detectionIndex != nil {
            guard let identity = context.identities[track.id] else { continue }
            let lasted = context.time - identity.since
            let isKnown = open[identity.sighting] != nil || closed[identity.sighting] != nil
            guard isKnown || identity.best != nil || lasted >= options.minimumDuration else { continue }
            update(track, identity, context)
        }
        var alive: Set<SightingID> = []
        for track in context.tracks {
            if let identity = context.identities[track.id] { alive.insert(identity.sighting) }
        }
        for (id, appearance) in open where !alive.contains(id) {
            // The track's last words, unless it speaks for another appearance by now.
            let identity = context.identities[appearance.track]
            end(id, identity?.sighting == id ? identity : nil, context.moment)
        }
        if !closed.isEmpty {
            let (now, limit) = (context.time, options.reopenSeconds)
            closed = closed.filter { abs(now - $0.value.lastSeen) <= limit }
        }
    }

    package func finish() {
        for id in Array(open.keys) { end(id, nil, nil) }
    }

    private func update(_ track: Track, _ identity: TrackIdentity, _ context: FrameContext) {
        let moment = context.moment
        let isNew = open[identity.sighting] == nil
        let isReopened = isNew && closed[identity.sighting] != nil
        var appearance =
            open[identity.sighting] ?? closed.removeValue(forKey: identity.sighting)
            ?? Appearance(
                sighting: Sighting(
                    id: identity.sighting, camera: context.camera, track: identity.face, person: nil,
                    firstSeen: moment.addingTimeInterval(identity.since - context.time), lastSeen: moment,
                    similarity: nil, quality: 0, ended: false),
                track: track.id, submittedAt: -.infinity, lastSeen: context.time, faceQuality: -1, faceGeneration: 0)
        let before = appearance.sighting
        appearance.track = track.id
        appearance.lastSeen = context.time
        appearance.sighting.ended = false
        appearance.sighting.lastSeen = max(moment, before.firstSeen)
        take(identity, &appearance, at: moment)
        var face: SightingRecord.Face?
        // The crop is cut from this frame, so only a best face of this very frame can be kept.
        if let best = identity.best,
            best.quality.overall > appearance.faceQuality || best.generation != appearance.faceGeneration,
            let index = track.detectionIndex, context.detections[index].box == best.box
        {
            // Without its picture the row is still worth having.
            if let jpeg = try? FaceCrop.jpeg(of: best.box, in: context.frame, codec) {
                face = SightingRecord.Face(jpeg: jpeg, embedding: best.embedding, model: model)
                appearance.faceQuality = best.quality.overall
                appearance.faceGeneration = best.generation
            }
        }
        let isDue =
            context.time - appearance.submittedAt >= options.updateInterval || context.time < appearance.submittedAt
        let isOther = before.person != appearance.sighting.person
        if isDue || face != nil || isOther {
            appearance.submittedAt = context.time
            sink.submit(SightingRecord(sighting: appearance.sighting, face: face, anonymous: appearance.anonymous))
        }
        open[identity.sighting] = appearance
        // One that goes on after a short absence was opened before.
        if isNew, !isReopened { tell(.opened, appearance, at: moment) }
        if isOther { tell(before.person == nil ? .identified : .corrected, appearance, at: moment) }
    }

    private func end(_ id: SightingID, _ identity: TrackIdentity?, _ moment: Date?) {
        guard var appearance = open.removeValue(forKey: id) else { return }
        let before = appearance.sighting.person
        if let identity { take(identity, &appearance, at: moment ?? appearance.sighting.lastSeen) }
        if appearance.sighting.person != before {
            tell(before == nil ? .identified : .corrected, appearance, at: moment ?? appearance.sighting.lastSeen)
        }
        appearance.sighting.ended = true
        sink.submit(SightingRecord(sighting: appearance.sighting, face: nil, anonymous: appearance.anonymous))
        closed[id] = appearance
        tell(.closed, appearance, at: moment ?? appearance.sighting.lastSeen)
    }

    /// Takes over what the track's identity says now. A person who was seen stays the best similarity they had.
    private func take(_ identity: TrackIdentity, _ appearance: inout Appearance, at moment: Date) {
        let before = appearance.sighting.person
        if identity.person == before, let old = appearance.sighting.similarity, let new = identity.similarity {
            appearance.sighting.similarity = max(old, new)
        } else {
            appearance.sighting.similarity = identity.similarity
        }
        appearance.sighting.person = identity.person
        appearance.sighting.quality = max(appearance.sighting.quality, identity.best?.quality.overall ?? 0)
        appearance.anonymous = identity.anonymous
        appearance.name = identity.name
        if let before, identity.person != before {
            appearance.sighting.revision = Sighting.Revision(previous: before, at: moment)
        }
    }

    private func tell(_ phase: LiveEvent.Phase, _ appearance: Appearance, at moment: Date) {
        events?.publish(
            .sighting(
                phase, appearance.sighting, name: appearance.name, isAnonymous: appearance.anonymous != nil),
            at: moment)
    }
}
