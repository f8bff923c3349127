package import Foundation
package import VedetteCore

/// A face in view, as viewers are told of it.
package struct LiveFace: Sendable, Hashable {
    /// The face's number at its camera: who comes back, or goes on under another track, keeps it.
    package var track: Int
    /// Pixels of the frame it was seen in.
    package var box: Box
    package var person: PersonID?
    package var name: String?
    /// Whether the person is anonymous, see ``AnonymousPerson``: told apart from others, and to be named.
    package var isAnonymous: Bool
    /// Similarity of the track's face to the person, nil while nobody is recognised.
    package var similarity: Float?
    /// Quality of the track's best face so far, 0...1.
    package var quality: Float
    package var since: Date
    /// The row of the log that this appearance is written to; nil until it is opened.
    package var sighting: SightingID?
    /// False while the track coasts: the box is predicted, not seen.
    package var observed: Bool

    package init(
        track: Int, box: Box, person: PersonID? = nil, name: String? = nil, isAnonymous: Bool = false,
        similarity: Float? = nil, quality: Float = 0, since: Date, sighting: SightingID? = nil, observed: Bool
    ) {
        self.track = track
        self.box = box
        self.person = person
        self.name = name
        self.isAnonymous = isAnonymous
        self.similarity = similarity
        self.quality = quality
        self.since = since
        self.sighting = sighting
        self.observed = observed
    }

    package var overlay: OverlayFace {
        if isAnonymous { return OverlayFace(box: box, label: name ?? "", style: .unknown) }
        let style = OverlayFace.Style(similarity: person == nil ? nil : similarity)
        guard let name else { return OverlayFace(box: box, label: "", style: style) }
        return OverlayFace(box: box, label: "\(name) \(Int((similarity ?? 0) * 100)) %", style: style)
    }
}

/// The newest analysed frame of a camera with the faces in it.
package struct LiveView: Sendable {
    package var frame: Frame
    package var faces: [LiveFace]

    package init(frame: Frame, faces: [LiveFace]) {
        self.frame = frame
        self.faces = faces
    }

    package var capturedAt: Date { frame.captureTime.date }
}

/// A view as JPEG with its overlay drawn in; encoded once, however many watch.
package struct EncodedFrame: Sendable {
    package var jpeg: [UInt8]
    package var sequence: UInt64
    package var captureTime: CaptureTime
    package var width: Int
    package var height: Int

    package init(jpeg: [UInt8], sequence: UInt64, captureTime: CaptureTime, width: Int, height: Int) {
        self.jpeg = jpeg
        self.sequence = sequence
        self.captureTime = captureTime
        self.width = width
        self.height = height
    }
}

/// What is known about a camera at this moment.
package struct CameraStatus: Sendable, Hashable {
    package var camera: Camera
    package var state: CameraState
    /// Why it is not live, in words for a person; nil when it is.
    package var reason: String?
    package var stateSince: Date
    /// Size of the newest frame; 0 before the first.
    package var width: Int
    package var height: Int
    /// Frames that came in, that a newer one replaced before anybody looked, and that were analysed.
    package var received: Int
    package var replaced: Int
    package var analysed: Int
    /// Over the last seconds.
    package var receivedPerSecond: Double
    package var analysedPerSecond: Double
    /// Capture to published, the last frame's, in seconds; nil before the first.
    package var latency: Double?

    package init(camera: Camera, state: CameraState, reason: String? = nil, stateSince: Date = Date()) {
        self.camera = camera
        self.state = state
        self.reason = reason
        self.stateSince = stateSince
        width = 0
        height = 0
        received = 0
        replaced = 0
        analysed = 0
        receivedPerSecond = 0
        analysedPerSecond = 0
        latency = nil
    }
}

/// Where a camera is in its life. See ``CameraLifeCycle`` for what leads from one to the next.
package enum CameraState: String, Sendable, Hashable, Codable, CaseIterable {
    case connecting, live, stalled
    case backingOff = "backing-off"
    case stopped

    /// Whether there is a connection whose pictures count.
    package var isOpen: Bool {
        switch self {
        case .connecting, .live, .stalled: true
        case .backingOff, .stopped: false
        }
    }
}
