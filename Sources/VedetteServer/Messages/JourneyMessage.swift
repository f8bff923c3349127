import Foundation
import VedetteCore

/// A person's way over the cameras, in order of time.
struct JourneyMessage: Encodable, Sendable {
    var person: PersonMessage
    var stops: [Stop]
    /// Between stops that follow each other at different cameras.
    var handovers: [HandOver]

    struct Stop: Encodable, Sendable {
        var camera: CameraID
        /// Null when the camera was removed.
        @OrNull var cameraName: String?
        var firstSeen: Date
        var lastSeen: Date
        var seconds: Double
        /// In order of time; of more than ``JourneyStop/maximumSightings`` the latest.
        var sightings: [SightingID]
        /// All sightings of the stay, listed or not.
        var count: Int
        /// The best of the stay; null when all its sightings were given by hand.
        @OrNull var similarity: Float?
    }

    struct HandOver: Encodable, Sendable {
        var from: CameraID
        var to: CameraID
        var leftAt: Date
        var arrivedAt: Date
        /// Seconds; below 0 when both cameras saw the person at once.
        var gap: Double
    }

    /// - Parameter names: of the cameras that still are.
    init(_ person: Person, _ journey: [JourneyStop], names: [CameraID: String]) {
        self.person = PersonMessage(person)
        stops = journey.map { stop in
            Stop(
                camera: stop.camera, cameraName: names[stop.camera], firstSeen: stop.firstSeen,
                lastSeen: stop.lastSeen, seconds: Self.seconds(from: stop.firstSeen, to: stop.lastSeen),
                sightings: stop.sightings, count: stop.count, similarity: stop.similarity)
        }
        handovers = zip(journey, journey.dropFirst()).filter { $0.camera != $1.camera }.map { left, reached in
            HandOver(
                from: left.camera, to: reached.camera, leftAt: left.lastSeen, arrivedAt: reached.firstSeen,
                gap: Self.seconds(from: left.lastSeen, to: reached.firstSeen))
        }
    }

    private static func seconds(from start: Date, to end: Date) -> Double {
        end.timeIntervalSince(start).rounded(toPlaces: 3)
    }
}
