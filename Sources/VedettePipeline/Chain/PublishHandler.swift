import Foundation
import VedetteCore
import VedetteTracking

/// Shows the frame, with what was found in it, to whoever watches.
package final class PublishHandler: FrameHandler {
    package let name = "publish"
    private let hub: LiveHub
    private var since: [Int: Date] = [:]

    package init(hub: LiveHub) { self.hub = hub }

    package func handle(_ context: inout FrameContext) throws {
        var faces: [LiveFace] = []
        let captured = context.frame.captureTime.date
        for track in context.tracks where track.isConfirmed {
            let identity = context.identities[track.id]
            let start = since[track.id] ?? captured.addingTimeInterval(track.firstSeen - context.time)
            since[track.id] = start
            faces.append(
                LiveFace(
                    track: track.id, box: track.box, person: identity?.person, name: identity?.name,
                    similarity: identity?.similarity, quality: identity?.best?.quality ?? 0, since: start,
                    sighting: identity?.best == nil ? nil : identity?.sighting, observed: track.detectionIndex != nil))
        }
        if since.count > faces.count { since = since.filter { id, _ in context.tracks.contains { $0.id == id } } }
        try hub.publish(LiveView(frame: context.frame, faces: faces), of: context.camera)
    }
}
