import Synchronization
import VedetteCore


/// The gallery in force. Enrolment, removal and renaming swap the snapshot; readers keep the one they took.
package final class Gallery: Sendable {
    private let current: Mutex<GallerySnapshot>

    package init(_ snapshot: GallerySnapshot = GallerySnapshot(contents: .init(version: 0, entries: []))) {
        current = Mutex(snapshot)
    }

    package var snapshot: GallerySnapshot { current.withLock { $0 } }

    /// Puts `snapshot` in force, unless a later one is already: two changes at once may finish reading in either order.
    package func replace(with snapshot: GallerySnapshot) {
        current.withLock { current in
            if snapshot.version >= current.version { current = snapshot }
        }
    }
}
