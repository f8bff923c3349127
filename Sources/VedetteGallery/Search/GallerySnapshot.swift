package import VedetteCore

/// Everybody who is enrolled, at one moment: immutable, so that a search needs no lock and a frame sees one gallery.
///
/// The search is exact: every sample is compared, and a person counts with the best of theirs. Rows lie one behind another, so
/// that the scan reads memory in order; it is bound by memory, not by arithmetic.
///
/// `@unchecked Sendable`: the rows are written in `init` and only read until `deinit`.
package final class GallerySnapshot: @unchecked Sendable {
    /// Of the store's people when this was read.
    package let version: Int64
    /// Samples.
    package let count: Int
    /// Numbers per embedding; 0 for an empty gallery.
    package let length: Int
    private let rows: UnsafeMutablePointer<Float>
    /// Person of each row, as an index into `people`. Rows of a person are neighbours.
    private let owners: [Int32]
    private let people: [(id: PersonID, name: String)]
    private let indexes: [PersonID: Int32]

    /// - Parameter contents: samples of one model; those of another length than the first are left out.
    package init(contents: GalleryContents) {
        version = contents.version
        let length = contents.entries.first?.embedding.values.count ?? 0
        let entries = contents.entries.filter { $0.embedding.values.count == length }
        var indexes: [PersonID: Int32] = [:]
        var people: [(id: PersonID, name: String)] = []
        for entry in entries where indexes[entry.person] == nil {
            indexes[entry.person] = Int32(people.count)
            people.append((entry.person, entry.name))
        }
        let ordered = entries.map { (owner: indexes[$0.person] ?? 0, values: $0.embedding.values) }
            .sorted { $0.owner < $1.owner }
        rows = .allocate(capacity: max(1, ordered.count * length))
        for (index, entry) in ordered.enumerated() {
            for (at, value) in entry.values.enumerated() { (rows + index * length + at).initialize(to: value) }
        }
        self.length = length
        self.people = people
        self.indexes = indexes
        owners = ordered.map(\.owner)
        count = ordered.count
    }

    deinit { rows.deallocate() }

    /// Number of people with at least one sample.
    package var personCount: Int { people.count }

    package func name(of person: PersonID) -> String? { indexes[person].map { people[Int($0)].name } }

    /// The nearest person; nil for an empty gallery or an embedding of another length.
    package func search(_ probe: Embedding) -> GalleryMatch? {
        guard count > 0, probe.values.count == length else { return nil }
        var best: (owner: Int32, similarity: Float) = (-1, -.infinity)
        var second = best
        scan(probe) { owner, similarity in
            if owner == best.owner {
                best.similarity = max(best.similarity, similarity)
            } else if similarity > best.similarity {
                second = best
                best = (owner, similarity)
            } else if similarity > second.similarity {
                second = (owner, similarity)
            }
        }
        guard best.owner >= 0 else { return nil }
        return match(best, runnerUp: second.owner >= 0 ? second : nil)
    }

    /// The `limit` nearest people, best first.
    package func search(_ probe: Embedding, limit: Int) -> [GalleryMatch] {
        guard count > 0, probe.values.count == length else { return [] }
        var best = [Float](repeating: -.infinity, count: people.count)
        scan(probe) { owner, similarity in best[Int(owner)] = max(best[Int(owner)], similarity) }
        let order = best.indices.sorted { best[$0] > best[$1] }.prefix(limit + 1)
        return order.prefix(limit).enumerated().map { rank, index in
            let next = rank + 1 < order.count ? order[rank + 1] : nil
            return match((Int32(index), best[index]), runnerUp: next.map { (Int32($0), best[$0]) })
        }
    }

    private func match(
        _ best: (owner: Int32, similarity: Float), runnerUp: (owner: Int32, similarity: Float)?
    ) -> GalleryMatch {
        let person = people[Int(best.owner)]
        return GalleryMatch(
            person: person.id, name: person.name, similarity: best.similarity,
            runnerUp: runnerUp.map { .init(person: people[Int($0.owner)].id, similarity: $0.similarity) })
    }

    /// Similarity of a face to one person: their nearest sample. Nil for a person without samples.
    package func similarity(of probe: Embedding, to person: PersonID) -> Float? {
        guard let wanted = indexes[person], probe.values.count == length else { return nil }
        var best = -Float.infinity
        for index in owners.indices where owners[index] == wanted {
            best = max(best, probe.values.withUnsafeBufferPointer { dot($0.baseAddress!, rows + index * length) })
        }
        return best.isFinite ? best : nil
    }

    @inline(__always)
    private func scan(_ probe: Embedding, _ visit: (Int32, Float) -> Void) {
        probe.values.withUnsafeBufferPointer { values in
            owners.withUnsafeBufferPointer { owners in
                for index in 0..<count { visit(owners[index], dot(values.baseAddress!, rows + index * length)) }
            }
        }
    }

    /// Four sums side by side, so that an addition need not wait for the one before.
    @inline(__always)
    private func dot(_ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>) -> Float {
        typealias Lane = SIMD8<Float>
        let a = UnsafeRawPointer(first)
        let b = UnsafeRawPointer(second)
        let size = MemoryLayout<Lane>.size
        var sums = (Lane.zero, Lane.zero, Lane.zero, Lane.zero)
        var at = 0
        let end = length * 4
        while at + 4 * size <= end {
            sums.0.addProduct(a.loadUnaligned(fromByteOffset: at, as: Lane.self), b.loadUnaligned(fromByteOffset: at, as: Lane.self))
            sums.1.addProduct(
                a.loadUnaligned(fromByteOffset: at + size, as: Lane.self), b.loadUnaligned(fromByteOffset: at + size, as: Lane.self))
            sums.2.addProduct(
                a.loadUnaligned(fromByteOffset: at + 2 * size, as: Lane.self),
                b.loadUnaligned(fromByteOffset: at + 2 * size, as: Lane.self))
            sums.3.addProduct(
                a.loadUnaligned(fromByteOffset: at + 3 * size, as: Lane.self),
                b.loadUnaligned(fromByteOffset: at + 3 * size, as: Lane.self))
            at += 4 * size
        }
        var sum = ((sums.0 + sums.1) + (sums.2 + sums.3)).sum()
        while at < end {
            sum += a.load(fromByteOffset: at, as: Float.self) * b.load(fromByteOffset: at, as: Float.self)
            at += 4
        }
        return sum
    }
}

extension SIMD8<Float> {
    /// Without fused multiply-add: on processors that are asked for by no compiler flag it would be a library call per lane.
    @inline(__always)
    fileprivate mutating func addProduct(_ a: Self, _ b: Self) { self += a * b }
}
