import Glibc
package import VedetteCore

/// Faces that change while they are searched: the index of anonymous people and of recent appearances.
///
/// Unlike ``GallerySnapshot`` it grows and shrinks in place. Rows of one length lie one behind the other, in no order;
/// a search compares all of them: 0.12 ms for 10,000 of 128 numbers.
///
/// `@unchecked Sendable`: the memory belongs to this object alone and is only reached through its methods, which its one
/// owner calls under a lock.
package final class FaceIndex<Owner: Hashable & Sendable>: @unchecked Sendable {
    /// Somebody the searched face resembles, by the nearest of their faces.
    package struct Match: Sendable, Hashable {
        package var owner: Owner
        /// Cosine, -1...1.
        package var similarity: Float

        package init(owner: Owner, similarity: Float) {
            self.owner = owner
            self.similarity = similarity
        }
    }

    private struct Row {
        var owner: Owner
        /// Told apart among the rows of one owner.
        var key: String
        var quality: Float
    }

    private var rows: [Row] = []
    private var byOwner: [Owner: [Int]] = [:]
    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0
    private var length = 0
    private var stride = 0

    package init() {}

    deinit { memory?.deallocate() }

    /// Number of faces.
    package var count: Int { rows.count }
    package func contains(_ owner: Owner) -> Bool { byOwner[owner] != nil }
    /// The keys of an owner's faces.
    package func keys(of owner: Owner) -> Set<String> { Set((byOwner[owner] ?? []).map { rows[$0].key }) }

    /// Puts a face in, in place of the owner's face of the same key. The first face of all decides on the length; a face of
    /// another length is left out.
    ///
    /// - Parameters:
    ///   - key: of the face among those of the owner.
    ///   - quality: 0...1; beyond `limit` faces of one owner the one of least quality goes.
    package func insert(_ embedding: Embedding, of owner: Owner, key: String, quality: Float, limit: Int) {
        let count = embedding.values.count
        guard count > 0, limit > 0 else { return }
        if rows.isEmpty {
            length = count
            stride = DotProduct.paddedBytes(count: count)
            memory?.deallocate()
            memory = nil
            capacity = 0
        }
        guard count == length else { return }
        let own = byOwner[owner] ?? []
        if let place = own.first(where: { rows[$0].key == key }) {
            rows[place].quality = quality
            write(embedding, at: place)
            return
        }
        if own.count >= limit, let poorest = own.min(by: { rows[$0].quality < rows[$1].quality }) {
            guard rows[poorest].quality < quality else { return }
            rows[poorest] = Row(owner: owner, key: key, quality: quality)
            write(embedding, at: poorest)
            return
        }
        reserve(rows.count + 1)
        rows.append(Row(owner: owner, key: key, quality: quality))
        byOwner[owner, default: []].append(rows.count - 1)
        write(embedding, at: rows.count - 1)
    }

    package func remove(_ owner: Owner) {
        // From the back, so that the row that fills a gap is never one that is to go as well.
        for place in (byOwner[owner] ?? []).sorted(by: >) { removeRow(place) }
    }

    package func remove(_ owner: Owner, key: String) {
        guard let place = byOwner[owner]?.first(where: { rows[$0].key == key }) else { return }
        removeRow(place)
    }

    /// The `limit` owners who resemble the face most, best first.
    ///
    /// - Parameter skip: owners who are not looked at.
    package func search(_ probe: Embedding, limit: Int, skip: (Owner) -> Bool = { _ in false }) -> [Match] {
        guard limit > 0, probe.values.count == length, let memory, !rows.isEmpty else { return [] }
        var top: [Match] = []
        DotProduct.withRow(probe, bytes: stride) { aligned in
            for (place, row) in rows.enumerated() {
                let similarity = DotProduct.of(aligned, memory + place * stride, bytes: stride)
                if top.count == limit, similarity <= top[limit - 1].similarity { continue }
                if let present = top.firstIndex(where: { $0.owner == row.owner }) {
                    guard similarity > top[present].similarity else { continue }
                    top.remove(at: present)
                } else if skip(row.owner) {
                    continue
                }
                let at = top.firstIndex { $0.similarity < similarity } ?? top.count
                top.insert(Match(owner: row.owner, similarity: similarity), at: at)
                if top.count > limit { top.removeLast() }
            }
        }
        return top
    }

    /// Similarity of a face to the nearest face of one owner; nil for an owner without faces.
    ///
    /// - Parameter key: of a face of the owner that is not looked at.
    package func similarity(of probe: Embedding, to owner: Owner, besides key: String? = nil) -> Float? {
        guard let places = byOwner[owner], probe.values.count == length, let memory else { return nil }
        return DotProduct.withRow(probe, bytes: stride) { aligned in
            places.lazy.filter { self.rows[$0].key != key }
                .map { DotProduct.of(aligned, memory + $0 * self.stride, bytes: self.stride) }.max()
        }
    }

    private func removeRow(_ place: Int) {
        let owner = rows[place].owner
        byOwner[owner]?.removeAll { $0 == place }
        if byOwner[owner]?.isEmpty == true { byOwner[owner] = nil }
        let last = rows.count - 1
        if place != last, let memory {
            rows[place] = rows[last]
            (memory + place * stride).copyMemory(from: memory + last * stride, byteCount: stride)
            let moved = rows[place].owner
            if let at = byOwner[moved]?.firstIndex(of: last) { byOwner[moved]?[at] = place }
        }
        rows.removeLast()
        // What was erased must not lie about in memory that is still ours.
        if let memory { memset(memory + last * stride, 0, stride) }
    }

    private func write(_ embedding: Embedding, at place: Int) {
        guard let memory else { return }
        memset(memory + place * stride, 0, stride)
        embedding.values.withUnsafeBytes {
            (memory + place * stride).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        }
    }

    private func reserve(_ count: Int) {
        guard count > capacity else { return }
        let larger = max(64, 2 * capacity, count)
        let fresh = UnsafeMutableRawPointer.allocate(byteCount: larger * stride, alignment: DotProduct.alignment)
        if let memory {
            fresh.copyMemory(from: memory, byteCount: rows.count * stride)
            memset(memory, 0, capacity * stride)
            memory.deallocate()
        }
        memory = fresh
        capacity = larger
    }
}
