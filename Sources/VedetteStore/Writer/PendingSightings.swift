import DequeModule
import VedetteCore

/// Sightings that wait to be written: the newest state of each, in the order in which they came.
///
/// A later record of a sighting replaces the waiting one and keeps its place; a face stays until a newer face comes.
/// Two bounds hold: bytes of pictures (the oldest pictures go, their embeddings stay) and sightings (the oldest ended
/// ones go; when all are open, the oldest). A value without locks or I/O; every operation is O(1) on average.
struct PendingSightings {
    struct Limits: Sendable, Hashable {
        var sightings: Int
        var pictureBytes: Int
    }

    /// What the bounds cost.
    struct Losses: Hashable {
        var sightings = 0
        var pictures = 0

        static func += (left: inout Losses, right: Losses) {
            left.sightings += right.sightings
            left.pictures += right.pictures
        }
    }

    private struct Slot {
        var record: SightingRecord
        /// Stamps of the slot's entries in the queues; an entry with another stamp is void.
        var arrival: UInt64
        var picture: UInt64 = 0
        var ending: UInt64 = 0
    }

    private struct Entry {
        var id: SightingID
        var stamp: UInt64
    }

    private let limits: Limits
    private var slots: [SightingID: Slot] = [:]
    private var arrivals = Deque<Entry>()
    private var pictures = Deque<Entry>()
    private var endings = Deque<Entry>()
    private var lastStamp: UInt64 = 0
    private(set) var pictureBytes = 0

    init(limits: Limits) { self.limits = limits }

    var count: Int { slots.count }
    var isEmpty: Bool { slots.isEmpty }

    /// Takes up a record, and says what had to go for it.
    mutating func submit(_ record: SightingRecord) -> Losses { place(record, at: .back) }

    /// Removes and returns the records that came first.
    mutating func take(upTo limit: Int) -> [SightingRecord] {
        var taken: [SightingRecord] = []
        taken.reserveCapacity(min(limit, slots.count))
        while taken.count < limit, let entry = arrivals.popFirst() {
            guard slots[entry.id]?.arrival == entry.stamp, let record = remove(entry.id) else { continue }
            taken.append(record)
        }
        dropVoidEntries()
        return taken
    }

    /// Puts back what was taken and could not be written, at its old place. What came meanwhile of the same sighting
    /// is newer and wins.
    mutating func putBack(_ records: [SightingRecord]) -> Losses {
        var losses = Losses()
        for var record in records.reversed() {
            if let newer = slots[record.sighting.id]?.record {
                record.sighting = newer.sighting
                record.face = PendingSightings.newer(newer.face, over: record.face)
                record.anonymous = newer.anonymous
            }
            losses += place(record, at: .front)
        }
        return losses
    }

    private enum End { case front, back }

    private mutating func place(_ record: SightingRecord, at end: End) -> Losses {
        let id = record.sighting.id
        let waiting = slots[id]
        var slot = waiting ?? Slot(record: record, arrival: 0)
        pictureBytes -= waiting?.record.pictureBytes ?? 0
        slot.record.sighting = record.sighting
        slot.record.anonymous = record.anonymous
        slot.record.face = PendingSightings.newer(record.face, over: waiting?.record.face)
        pictureBytes += slot.record.pictureBytes

        lastStamp += 1
        let entry = Entry(id: id, stamp: lastStamp)
        if waiting == nil {
            slot.arrival = entry.stamp
            arrivals.insert(entry, at: end == .front ? 0 : arrivals.count)
        }
        if record.pictureBytes > 0 {
            slot.picture = entry.stamp
            pictures.insert(entry, at: end == .front ? 0 : pictures.count)
        }
        if !record.sighting.ended {
            slot.ending = 0
        } else if slot.ending == 0 {
            slot.ending = entry.stamp
            endings.insert(entry, at: end == .front ? 0 : endings.count)
        }
        slots[id] = slot
        dropVoidEntries()
        return enforceLimits()
    }

    private static func newer(
        _ face: SightingRecord.Face?, over old: SightingRecord.Face?
    ) -> SightingRecord.Face? {
        guard var face else { return old }
        // Its picture was dropped: an older one is better than none.
        if face.jpeg.isEmpty, let old { face.jpeg = old.jpeg }
        return face
    }

    private mutating func enforceLimits() -> Losses {
        var losses = Losses()
        while pictureBytes > limits.pictureBytes, let entry = pictures.popFirst() {
            guard var slot = slots[entry.id], slot.picture == entry.stamp else { continue }
            pictureBytes -= slot.record.pictureBytes
            slot.record.face?.jpeg = []
            slot.picture = 0
            slots[entry.id] = slot
            losses.pictures += 1
        }
        while slots.count > limits.sightings {
            if let entry = endings.popFirst() {
                guard slots[entry.id]?.ending == entry.stamp else { continue }
                _ = remove(entry.id)
            } else if let entry = arrivals.popFirst() {
                guard slots[entry.id]?.arrival == entry.stamp else { continue }
                _ = remove(entry.id)
            }
            losses.sightings += 1
        }
        return losses
    }

    private mutating func remove(_ id: SightingID) -> SightingRecord? {
        guard let slot = slots.removeValue(forKey: id) else { return nil }
        pictureBytes -= slot.record.pictureBytes
        return slot.record
    }

    /// Queues keep void entries until they outnumber the slots; then they are swept.
    private mutating func dropVoidEntries() {
        let most = 2 * slots.count + 64
        if arrivals.count > most { arrivals.removeAll { slots[$0.id]?.arrival != $0.stamp } }
        if pictures.count > most { pictures.removeAll { slots[$0.id]?.picture != $0.stamp } }
        if endings.count > most { endings.removeAll { slots[$0.id]?.ending != $0.stamp } }
    }
}

extension SightingRecord {
    fileprivate var pictureBytes: Int { face?.jpeg.count ?? 0 }
}
