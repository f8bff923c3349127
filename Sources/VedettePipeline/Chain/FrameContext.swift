package import Foundation
package import VedetteCore
package import VedetteTracking

/// What the handlers of a chain know about one frame: each reads what those before it wrote, and adds its own.
package struct FrameContext {
    package let camera: CameraID
    package let frame: Frame
    /// Seconds on the clock that tracking runs on: the file's own time, or the monotonic clock at capture.
    package let time: Double
    /// The same moment as a date: when the picture was taken, or, analysing recordings, seconds from 1970 on.
    package let moment: Date
    /// Whether a face was being followed after the frame before.
    package let isOccupied: Bool
    /// Faces found in this frame, weak ones included; empty when ``isDetected`` is false.
    package var detections: [Detection] = []
    /// False when the frame was not looked at because nothing moved and nobody was there.
    package var isDetected = false
    /// Tracks alive after this frame, whether seen in it or coasting.
    package var tracks: [Track] = []
    /// Tracks that ended with this frame.
    package var ended: [Track] = []
    /// Embeddings of this frame's faces, by index in ``detections``: each is computed once, whoever needs it.
    package var embedded: [Int: EmbeddedFace] = [:]
    /// By track: who it is, as far as is known.
    package var identities: [Int: TrackIdentity] = [:]
    /// Appearances that ended though their track goes on: it shows another face from now on.
    package var parted: [TrackIdentity] = []
    /// People who came from another camera.
    package var handOvers: [HandOver] = []

    /// - Parameter isRecording: that time is the file's own, not that of the clock on the wall.
    package init(camera: CameraID, frame: Frame, isOccupied: Bool = false, isRecording: Bool = false) {
        self.camera = camera
        self.frame = frame
        self.isOccupied = isOccupied
        time = frame.seconds
        moment = isRecording ? Date(timeIntervalSince1970: time) : frame.captureTime.date
    }
}

/// One step of a camera's chain of responsibility. A model, a counter, an exporter slots in as one more handler and one
/// more line where the chain is composed; none of the others changes.
///
/// A handler belongs to one camera, may keep state from frame to frame, and is called serially, though from changing threads.
package protocol FrameHandler: AnyObject {
    /// Label of the step in metrics and logs.
    var name: String { get }
    /// - Throws: when this frame cannot be handled; the rest of the chain is skipped for it. A handler must therefore not rely on
    ///   having seen every frame: a track that ended with a skipped one is missing from ``FrameContext/tracks`` all the same.
    func handle(_ context: inout FrameContext) throws
    /// Called once after the last frame, to report what is still open.
    func finish()
}

extension FrameHandler {
    package func finish() {}
}
