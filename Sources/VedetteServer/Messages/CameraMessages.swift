import Foundation
import VedetteCore
import VedettePipeline

/// A camera as the API shows it. `uri` never holds a password: it cannot be sent back to change the camera.
struct CameraMessage: Encodable, Sendable {
    var id: CameraID
    var name: String
    var uri: String
    var enabled: Bool
    /// The tracker that follows its faces; null for the one that is configured for all.
    @OrNull var tracker: String?
    var createdAt: Date
    var status: Status
    /// Only when it was asked for with `include=tracks`.
    var tracks: TracksMessage?

    struct Status: Encodable, Sendable {
        /// `connecting`, `live`, `stalled`, `backing-off` or `stopped`.
        var state: CameraState
        /// Why it is not live, for a person.
        @OrNull var reason: String?
        /// When it came into this state.
        var since: Date
        /// Pixels of the newest frame; 0 before the first.
        var width: Int
        var height: Int
        /// Frames since the start: all, those a newer one replaced before they were looked at, those analysed.
        var received: Int
        var replaced: Int
        var analysed: Int
        /// Frames per second over the last seconds.
        var receivedPerSecond: Double
        var analysedPerSecond: Double
        /// Seconds from capture to the finished view, of the last frame.
        @OrNull var latency: Double?
    }

    init(_ status: CameraStatus, tracks: TracksMessage? = nil) {
        id = status.camera.id
        name = status.camera.name
        uri = status.camera.uri.redacted
        enabled = status.camera.enabled
        tracker = status.camera.tracker
        createdAt = status.camera.createdAt
        self.status = Status(
            state: status.state, reason: status.reason, since: status.stateSince, width: status.width,
            height: status.height, received: status.received, replaced: status.replaced, analysed: status.analysed,
            receivedPerSecond: status.receivedPerSecond.rounded(toPlaces: 2),
            analysedPerSecond: status.analysedPerSecond.rounded(toPlaces: 2),
            latency: status.latency?.rounded(toPlaces: 4))
        self.tracks = tracks
    }
}

/// The faces in the newest analysed frame of a camera. Boxes are in pixels of that frame.
struct TracksMessage: Encodable, Sendable {
    var camera: CameraID
    /// Null, as are the next, while there is no picture.
    @OrNull var sequence: UInt64?
    @OrNull var capturedAt: Date?
    var width: Int
    var height: Int
    var faces: [Face]

    struct Face: Encodable, Sendable {
        /// The number of the face at this camera: who comes back keeps it.
        var track: Int
        var box: Box
        @OrNull var person: PersonID?
        @OrNull var name: String?
        /// Whether nobody has named the person yet: `name` is then a number, such as "Unknown 17".
        var anonymous: Bool
        /// To the person, -1...1.
        @OrNull var similarity: Float?
        /// Of the best face of the track, 0...1.
        var quality: Float
        /// When the face came into view.
        var since: Date
        @OrNull var sighting: SightingID?
        /// False while the box is predicted and not seen.
        var observed: Bool
        /// `sure`, `likely`, `weak` or `unknown`: the colour of the box in the picture.
        var style: OverlayFace.Style

        init(_ face: LiveFace) {
            track = face.track
            box = face.box
            person = face.person
            name = face.name
            anonymous = face.isAnonymous
            similarity = face.similarity
            quality = face.quality
            since = face.since
            sighting = face.sighting
            observed = face.observed
            style = face.overlay.style
        }
    }

    init(camera: CameraID, view: LiveView?) {
        self.camera = camera
        sequence = view?.frame.sequence
        capturedAt = view?.capturedAt
        width = view?.frame.width ?? 0
        height = view?.frame.height ?? 0
        faces = (view?.faces ?? []).map(Face.init)
    }
}
