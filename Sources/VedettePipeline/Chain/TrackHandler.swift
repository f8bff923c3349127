package import VedetteTracking

/// Gives each face a number that stays with it from frame to frame.
package final class TrackHandler: FrameHandler {
    package let name = "track"
    private var tracker: any Tracker

    package init(tracker: any Tracker) { self.tracker = tracker }

    package func handle(_ context: inout FrameContext) throws {
        // A frame nobody looked at says nothing about where faces are; there were none.
        tracker.update(detections: context.detections, at: context.time, appearance: nil)
        context.tracks = tracker.tracks
        context.ended = tracker.removed
    }
}
