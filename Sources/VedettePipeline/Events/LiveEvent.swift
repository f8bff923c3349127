package import Foundation
package import VedetteCore

/// Something that happened, for whoever listens to the event stream.
package struct LiveEvent: Sendable, Hashable, Identifiable {
    /// Rising, also over restarts; what a listener names to go on where it stopped.
    package let id: UInt64
    package let at: Date
    package let kind: Kind

    package enum Kind: Sendable, Hashable {
        /// An appearance at a camera began, changed its person, was corrected, or ended.
        case sighting(Phase, Sighting, name: String?, isAnonymous: Bool)
        /// A person who was last seen by one camera is seen by another.
        case handOver(HandOver)
    }

    package enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
        case opened, identified, corrected, closed
    }

    package init(id: UInt64, at: Date, kind: Kind) {
        self.id = id
        self.at = at
        self.kind = kind
    }
}

/// A person's change from one camera's view to another's.
package struct HandOver: Sendable, Hashable {
    package var person: PersonID
    package var name: String
    package var isAnonymous: Bool
    package var from: CameraID
    package var to: CameraID
    /// The appearance at the new camera.
    package var sighting: SightingID
    /// When the one camera last saw the person, and when the other first did.
    package var leftAt: Date
    package var arrivedAt: Date

    /// Seconds between the two; 0 or below when both see the person at once.
    package var gap: TimeInterval { arrivedAt.timeIntervalSince(leftAt) }

    package init(
        person: PersonID, name: String, isAnonymous: Bool, from: CameraID, to: CameraID, sighting: SightingID,
        leftAt: Date, arrivedAt: Date
    ) {
        self.person = person
        self.name = name
        self.isAnonymous = isAnonymous
        self.from = from
        self.to = to
        self.sighting = sighting
        self.leftAt = leftAt
        self.arrivedAt = arrivedAt
    }
}
