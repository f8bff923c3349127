package import VedetteCore

/// Everybody who is enrolled, at one version of the store: immutable, so that a search needs no lock and a frame sees
/// one gallery. Anonymous people are not in it.
///
/// A person of whom an operator said "this is not them" for a face that resembles the searched one more than any of their
/// samples does is left out of that search, and of no other.
///
/// The search is exact: every sample is compared, and a person counts with the best of theirs. Rows lie one behind the
/// other, person by person, so that the scan reads memory in order; it is bound by memory, not by arithmetic.
///
/// `@unchecked Sendable`: the rows are written in `init` and only read until `deinit`.
package final class GallerySnapshot: @unchecked Sendable {
    /// Of the store's people when this was read.
    package let version: Int64
    /// Samples.
    package let count: Int
    /// Numbers per embedding; 0 for an empty gallery.
    package let length: Int
    /// Samples that were left out because their length is another: a sign of a damaged store.
    package let skipped: Int

    /// In order of id; the samples of `people[i]` are the rows `firstRow[i]..<firstRow[i + 1]`.
    private let people: [Member]
    private let firstRow: [Int]
    private let indexes: [PersonID: Int]
    /// By index in `people`: faces that are not theirs.
    private let rejected: [Int: [Embedding]]
    private let rows: UnsafeMutableRawPointer
    /// Bytes from one row to the next: whole blocks, filled up with zeros.
    private let stride: Int

    package struct Member: Sendable, Hashable {
        package var id: PersonID
        package var name: String
    }

    /// - Parameter contents: samples of one model. Should their lengths differ, the most frequent one is the gallery's;
    ///   should a person stand there under several names, the last one counts.
    package init(contents: GalleryContents) {
        let named = contents.entries.filter { !$0.isAnonymous }
        var lengths: [Int: Int] = [:]
        for entry in named { lengths[entry.embedding.values.count, default: 0] += 1 }
        let length = lengths.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 0
        let entries = named.filter { $0.embedding.values.count == length }
        let byPerson = Dictionary(grouping: entries, by: \.person)
        let ids = byPerson.keys.sorted()

        version = contents.version
        count = entries.count
        skipped = named.count - entries.count
        self.length = length
        let stride = DotProduct.paddedBytes(count: length)
        // At least a byte, since an empty allocation has no address.
        let rows = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, entries.count * stride), alignment: DotProduct.alignment)
        rows.initializeMemory(as: UInt8.self, repeating: 0, count: entries.count * stride)
        var people: [Member] = []
        var firstRow: [Int] = [0]
        var row = 0
        for id in ids {
            let samples = byPerson[id] ?? []
            for sample in samples {
                sample.embedding.values.withUnsafeBytes { source in
                    UnsafeMutableRawBufferPointer(start: rows + row * stride, count: stride).copyMemory(from: source)
                }
                row += 1
            }
            people.append(Member(id: id, name: samples.last?.name ?? ""))
            firstRow.append(row)
        }
        self.stride = stride
        self.rows = rows
        self.people = people
        self.firstRow = firstRow
        let indexes = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
        self.indexes = indexes
        var rejected: [Int: [Embedding]] = [:]
        for rejection in contents.rejections where rejection.embedding.values.count == length {
            if let person = indexes[rejection.person] { rejected[person, default: []].append(rejection.embedding) }
        }
        self.rejected = rejected
    }

    deinit { rows.deallocate() }

    /// Number of people with at least one sample.
    package var personCount: Int { people.count }
    /// Everybody with at least one sample, in order of id.
    package var members: [Member] { people }

    package func name(of person: PersonID) -> String? { indexes[person].map { people[$0].name } }

    /// The nearest person, and how near the next one comes; nil for an empty gallery or an embedding of another length.
    package func search(_ probe: Embedding) -> GalleryMatch? {
        var best: (person: Int, similarity: Float) = (-1, -.infinity)
        var second = best
        scan(probe, people.indices) { person, similarity in
            if similarity > best.similarity {
                second = best
                best = (person, similarity)
            } else if similarity > second.similarity {
                second = (person, similarity)
            }
        }
        return best.person < 0 ? nil : match(best, runnerUp: second.person < 0 ? nil : second)
    }

    /// The `limit` nearest people, best first, each with the one after them as runner-up.
    package func search(_ probe: Embedding, limit: Int) -> [GalleryMatch] {
        guard limit > 0 else { return [] }
        // One more than asked for: the last one's runner-up.
        let wanted = min(limit, people.count) + 1
        var top: [(person: Int, similarity: Float)] = []
        top.reserveCapacity(wanted + 1)
        scan(probe, people.indices) { person, similarity in
            if top.count == wanted, similarity <= top[wanted - 1].similarity { return }
            var at = top.count
            while at > 0, top[at - 1].similarity < similarity { at -= 1 }
            top.insert((person, similarity), at: at)
            if top.count > wanted { top.removeLast() }
        }
        return top.indices.prefix(limit).map { match(top[$0], runnerUp: $0 + 1 < top.count ? top[$0 + 1] : nil) }
    }

    /// Whether the person whom the face resembles most was ruled out for it. Costs nothing where nobody ever was.
    package func isNearestRejected(_ probe: Embedding) -> Bool {
        !rejected.isEmpty && candidates(probe, limit: 1).first?.isRejected == true
    }

    /// The `limit` people who resemble the face most, those who were ruled out for it included, best first.
    package func candidates(_ probe: Embedding, limit: Int) -> [GalleryCandidate] {
        var all: [GalleryCandidate] = []
        scan(probe, people.indices, includingRejected: true) { person, similarity in
            if all.count == limit, similarity <= all[limit - 1].similarity { return }
            let at = all.firstIndex { $0.similarity < similarity } ?? all.count
            all.insert(
                GalleryCandidate(
                    person: people[person].id, name: people[person].name, similarity: similarity,
                    isRejected: isRejected(probe, person, similarity)), at: at)
            if all.count > limit { all.removeLast() }
        }
        return all
    }

    /// For each sample the nearest sample of another person: whom the gallery itself is likely to mix up. Costs the square of
    /// the number of samples.
    ///
    /// - Returns: pairs of people with the greatest similarity of two of their samples, most alike first.
    package func alikePairs(limit: Int) -> [(first: PersonID, second: PersonID, similarity: Float)] {
        var pairs: [(first: PersonID, second: PersonID, similarity: Float)] = []
        for one in people.indices {
            for other in people.indices where other > one {
                var best = -Float.infinity
                for left in firstRow[one]..<firstRow[one + 1] {
                    for right in firstRow[other]..<firstRow[other + 1] {
                        best = max(best, DotProduct.of(rows + left * stride, rows + right * stride, bytes: stride))
                    }
                }
                if pairs.count == limit, best <= pairs[limit - 1].similarity { continue }
                let at = pairs.firstIndex { $0.similarity < best } ?? pairs.count
                pairs.insert((people[one].id, people[other].id, best), at: at)
                if pairs.count > limit { pairs.removeLast() }
            }
        }
        return pairs
    }

    /// Similarity of a face to one person: their nearest sample. Nil for a person without samples, or one who was ruled out for
    /// this face.
    package func similarity(of probe: Embedding, to person: PersonID) -> Float? {
        guard let index = indexes[person] else { return nil }
        var found: Float?
        scan(probe, index..<index + 1) { _, similarity in found = similarity }
        return found
    }

    private func match(
        _ best: (person: Int, similarity: Float), runnerUp: (person: Int, similarity: Float)?
    ) -> GalleryMatch {
        GalleryMatch(
            person: people[best.person].id, name: people[best.person].name, similarity: best.similarity,
            runnerUp: runnerUp.map { .init(person: people[$0.person].id, similarity: $0.similarity) })
    }

    /// Calls `visit` with each person of `range` and the similarity of their nearest sample; never for a probe of
    /// another length.
    @inline(__always)
    private func scan(
        _ probe: Embedding, _ range: Range<Int>, includingRejected: Bool = false,
        _ visit: (_ person: Int, _ similarity: Float) -> Void
    ) {
        guard length > 0, probe.values.count == length else { return }
        DotProduct.withRow(probe, bytes: stride) { aligned in
            firstRow.withUnsafeBufferPointer { firstRow in
                for person in range {
                    var best = -Float.infinity
                    for row in firstRow[person]..<firstRow[person + 1] {
                        best = max(best, DotProduct.of(aligned, rows + row * stride, bytes: stride))
                    }
                    if !includingRejected, !rejected.isEmpty, isRejected(probe, person, best) { continue }
                    visit(person, best)
                }
            }
        }
    }

    /// Whether a face that is not the person's is nearer than any that is.
    private func isRejected(_ probe: Embedding, _ person: Int, _ similarity: Float) -> Bool {
        rejected[person]?.contains { $0.similarity(to: probe) > similarity } ?? false
    }
}
