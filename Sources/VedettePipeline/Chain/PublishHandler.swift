import Foundation
import VedetteCore
import VedetteTracking

/// Shows the frame, with what was found in it, to whoever watches.
package final class PublishHandler: FrameHandler {
    package let name = "publish"
    private let hub: LiveHub

    package init(hub: LiveHub) { self.hub = hub }

    package func handle(_ context: inout FrameContext) throws {
        var faces: [LiveFace] = []
        for track in context.tracks where track.isConfirmed {
            // A track out of view that stands for nobody: its face goes on under another.
            guard let identity = context.identities[track.id] else { continue }
            faces.append(
                LiveFace(
                    track: identity.face, box: track.box, person: identity.person, name: identity.name,
                    isAnonymous: identity.isAnonymous,
                    similarity: identity.similarity, quality: identity.best?.quality.overall ?? 0,
                    since: context.moment.addingTimeInterval(identity.since - context.time),
                    sighting: identity.best == nil ? nil : identity.sighting, observed: track.detectionIndex != nil))
        }
        try hub.publish(LiveView(frame: context.frame, faces: faces), of: context.camera)
    }
}
