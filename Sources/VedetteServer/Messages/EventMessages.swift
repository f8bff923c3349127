import Foundation
import VedetteCore
import VedettePipeline

/// The data of an event `sighting`: an appearance at a camera began, got its person, was corrected, or ended.
struct SightingEventMessage: Encodable, Sendable {
    /// When it happened.
    var at: Date
    /// `opened`, `identified`, `corrected` or `closed`.
    var phase: LiveEvent.Phase
    var sighting: SightingID
    var camera: CameraID
    /// Null when the camera was removed.
    @OrNull var cameraName: String?
    var track: Int
    @OrNull var person: PersonID?
    @OrNull var personName: String?
    var anonymous: Bool
    var firstSeen: Date
    var lastSeen: Date
    @OrNull var similarity: Float?
    var quality: Float
    @OrNull var revision: RevisionMessage?
}

/// The data of an event `handover`: a person who was last seen by one camera is seen by another.
struct HandOverEventMessage: Encodable, Sendable {
    var at: Date
    var person: PersonID
    var personName: String
    var anonymous: Bool
    var from: CameraID
    @OrNull var fromName: String?
    var to: CameraID
    @OrNull var toName: String?
    /// The appearance at the new camera.
    var sighting: SightingID
    var leftAt: Date
    var arrivedAt: Date
    /// Seconds; 0 or below when both see the person at once.
    var gap: Double
}

/// An event as `text/event-stream` has it (HTML Standard, section 9.2).
enum ServerSentEvent {
    /// A comment, which no client shows, and by which it sees that the server is there.
    static let heartbeat = ":\n\n"

    /// - Parameter cameraName: nil for a camera that was removed.
    static func text(_ event: LiveEvent, cameraName: (CameraID) -> String?) throws -> String {
        switch event.kind {
        case .sighting(let phase, let sighting, let name, let isAnonymous):
            let message = SightingEventMessage(
                at: event.at, phase: phase, sighting: sighting.id, camera: sighting.camera,
                cameraName: cameraName(sighting.camera), track: sighting.track, person: sighting.person,
                personName: name, anonymous: isAnonymous, firstSeen: sighting.firstSeen, lastSeen: sighting.lastSeen,
                similarity: sighting.similarity, quality: sighting.quality,
                revision: sighting.revision.map(RevisionMessage.init))
            return try text(event.id, "sighting", message)
        case .handOver(let handOver):
            let message = HandOverEventMessage(
                at: event.at, person: handOver.person, personName: handOver.name, anonymous: handOver.isAnonymous,
                from: handOver.from, fromName: cameraName(handOver.from), to: handOver.to,
                toName: cameraName(handOver.to), sighting: handOver.sighting, leftAt: handOver.leftAt,
                arrivedAt: handOver.arrivedAt, gap: handOver.gap.rounded(toPlaces: 3))
            return try text(event.id, "handover", message)
        }
    }

    /// The encoder writes no line breaks.
    private static func text(_ id: UInt64, _ name: String, _ message: some Encodable) throws -> String {
        let data = String(decoding: try JSONCoding.encoder.encode(message), as: UTF8.self)
        return "id: \(id)\nevent: \(name)\ndata: \(data)\n\n"
    }
}
