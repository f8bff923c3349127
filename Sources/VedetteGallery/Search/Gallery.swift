import Synchronization
import VedetteCore

/// The gallery in force. Enrolment, removal and renaming swap the snapshot; readers keep the one they took.
///
/// The lock guards one reference: neither a search nor the making or freeing of a snapshot happens under it.
package final class Gallery: Sendable {
    private let current: Mutex<GallerySnapshot>

    package init(_ snapshot: GallerySnapshot = GallerySnapshot(contents: .init(version: 0, entries: []))) {
        current = Mutex(snapshot)
    }

    package var snapshot: GallerySnapshot { current.withLock { $0 } }

    /// Puts `snapshot` in force, unless a later one is already: two changes at once may finish reading in either order.
    ///
    /// - Returns: false when a later one stays.
    @discardableResult
    package func replace(with snapshot: GallerySnapshot) -> Bool {
        let old: GallerySnapshot? = current.withLock { current in
            guard snapshot.version >= current.version else { return nil }
            let old = current
            current = snapshot
            return old
        }
        return old != nil
    }
}
