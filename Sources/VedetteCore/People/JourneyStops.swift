package import Foundation

/// Puts the sightings of a person together to stops, from the latest back.
///
/// A sighting belongs to the stop that began next at its camera when less than ``gap`` lies between them and the
/// person came to no other camera in that time. So the way back to a camera is a stop of its own, and two cameras that
/// see the person at once do not cut each other's stops to pieces.
///
/// Each sighting is taken in constant time, save that stops which began at the same instant are looked at one by one; a
/// stop keeps the ids of its latest ``JourneyStop/maximumSightings`` sightings and counts the others.
///
/// ```swift
/// var stops = JourneyStops(gap: 60, limit: 100)
/// for sighting in newestFirst { guard stops.add(sighting) else { break } }
/// return stops.inOrder
/// ```
package struct JourneyStops {
    /// Seconds out of sight that may be said not to end a stop. After a day somebody came back, whatever one says.
    package static let gaps = 0.0...86_400.0

    private let gap: TimeInterval
    private let limit: Int
    /// Latest first; the sightings of each latest first.
    private var stops: [JourneyStop] = []
    /// Index of the earliest stop of each camera.
    private var earliest: [CameraID: Int] = [:]
    /// The neighbours of each stop in the order in which they begin, latest first. A sighting that is added begins no
    /// later than all before, so its stop is the last in this order.
    private var neighbours: [(later: Int?, earlier: Int?)] = []
    private var last: Int?

    /// - Parameters:
    ///   - gap: seconds, in ``gaps``.
    ///   - limit: most stops, at least 1.
    package init(gap: TimeInterval, limit: Int) {
        self.gap = gap
        self.limit = limit
    }

    /// Takes the next sighting, one that began no later than those before.
    ///
    /// - Returns: false when it would begin a stop beyond the limit: that and all earlier ones are not needed.
    package mutating func add(_ sighting: Sighting) -> Bool {
        if let index = earliest[sighting.camera], continues(sighting, index) {
            stops[index].firstSeen = sighting.firstSeen
            stops[index].lastSeen = max(stops[index].lastSeen, sighting.lastSeen)
            stops[index].count += 1
            if stops[index].sightings.count < JourneyStop.maximumSightings {
                stops[index].sightings.append(sighting.id)
            }
            stops[index].similarity = [stops[index].similarity, sighting.similarity].compactMap(\.self).max()
            moveToEnd(index)
            return true
        }
        guard stops.count < limit else { return false }
        earliest[sighting.camera] = stops.count
        stops.append(
            JourneyStop(
                camera: sighting.camera, firstSeen: sighting.firstSeen, lastSeen: sighting.lastSeen,
                sightings: [sighting.id], count: 1, similarity: sighting.similarity))
        neighbours.append((later: nil, earlier: nil))
        append(stops.count - 1)
        return true
    }

    /// No other stop of this camera began before that of `index`, so whatever did was at another.
    private func continues(_ sighting: Sighting, _ index: Int) -> Bool {
        let stop = stops[index]
        guard stop.firstSeen.timeIntervalSince(sighting.lastSeen) < gap else { return false }
        var before = neighbours[index].earlier
        while let at = before, stops[at].firstSeen == stop.firstSeen { before = neighbours[at].earlier }
        guard let before else { return true }
        return stops[before].firstSeen <= sighting.lastSeen
    }

    private mutating func moveToEnd(_ index: Int) {
        let (later, earlier) = neighbours[index]
        guard let earlier else { return }
        neighbours[earlier].later = later
        if let later { neighbours[later].earlier = earlier }
        append(index)
    }

    private mutating func append(_ index: Int) {
        neighbours[index] = (later: last, earlier: nil)
        if let last { neighbours[last].earlier = index }
        last = index
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
