package import Foundation

/// Somebody unknown who was seen well enough to be told apart: made by the pipeline, which does not wait for the store.
///
/// The store makes the person when the first record that carries one is written, and never again once the person was
/// erased, merged away or named.
package struct AnonymousPerson: Sendable, Hashable, Identifiable {
    package let id: PersonID
    /// From 1, in the order in which they were made; given once.
    package let number: Int
    package let createdAt: Date

    package init(id: PersonID, number: Int, createdAt: Date) {
        self.id = id
        self.number = number
        self.createdAt = createdAt
    }

    /// What the person is called until somebody names them.
    package var name: String { "Unknown \(number)" }

    /// Face samples that are kept of one anonymous person: the best faces of as many sightings.
    package static let maximumSamples = 8
}
