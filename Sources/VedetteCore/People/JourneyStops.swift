package import Foundation

/// Puts the sightings of a person together to stops, from the latest back.
///
/// A sighting belongs to the stop that began next at its camera when less than ``gap`` lies between them and the
/// person came to no other camera in that time. So the way back to a camera is a stop of its own, and two cameras that
/// see the person at once do not cut each other's stops to pieces.
///
/// ```swift
/// var stops = JourneyStops(gap: 60, limit: 100)
/// for sighting in newestFirst { guard stops.add(sighting) else { break } }
/// return stops.inOrder
/// ```
package struct JourneyStops {
    private let gap: TimeInterval
    private let limit: Int
    /// Latest first; the sightings of each latest first.
    private var stops: [JourneyStop] = []
    /// Index of the earliest stop of each camera.
    private var earliest: [CameraID: Int] = [:]

    package init(gap: TimeInterval, limit: Int) {
        self.gap = gap
        self.limit = limit
    }

    /// Takes the next sighting, one that began no later than those before.
    ///
    /// - Returns: false when it would begin a stop beyond the limit: that and all earlier ones are not needed.
    package mutating func add(_ sighting: Sighting) -> Bool {
        if let index = earliest[sighting.camera], continues(sighting, stops[index]) {
            stops[index].firstSeen = sighting.firstSeen
            stops[index].lastSeen = max(stops[index].lastSeen, sighting.lastSeen)
            stops[index].sightings.append(sighting.id)
            stops[index].similarity = [stops[index].similarity, sighting.similarity].compactMap(\.self).max()
            return true
        }
        guard stops.count < limit else { return false }
        earliest[sighting.camera] = stops.count
        stops.append(
            JourneyStop(
                camera: sighting.camera, firstSeen: sighting.firstSeen, lastSeen: sighting.lastSeen,
                sightings: [sighting.id], similarity: sighting.similarity))
        return true
    }

    private func continues(_ sighting: Sighting, _ stop: JourneyStop) -> Bool {
        guard stop.firstSeen.timeIntervalSince(sighting.lastSeen) < gap else { return false }
        return !stops.contains {
            $0.camera != stop.camera && $0.firstSeen > sighting.lastSeen && $0.firstSeen < stop.firstSeen
        }
    }

    /// The stops, and the sightings of each, in order of time.
    package var inOrder: [JourneyStop] {
        stops.map { stop in
            var stop = stop
            stop.sightings.reverse()
            return stop
        }.sorted { ($0.firstSeen, $0.camera) < ($1.firstSeen, $1.camera) }
    }
}
