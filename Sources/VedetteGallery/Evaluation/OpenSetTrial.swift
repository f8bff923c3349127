package import VedetteCore

/// Open-set identification with galleries of many sizes, drawn from one set of people.
///
/// For each size people are drawn at random, always the same for one seed: their photographs are the gallery, their other photographs
/// the probes that must be found, and the photographs of everybody else are strangers who must stay without a name.
package struct OpenSetTrial: Sendable {
    package struct Person: Sendable {
        /// Photographs by which the person is enrolled.
        package var samples: [Embedding]
        /// Other photographs of the person.
        package var probes: [Embedding]

        package init(samples: [Embedding], probes: [Embedding]) {
            self.samples = samples
            self.probes = probes
        }
    }

    /// What one size of gallery gave, over all drawings.
    package struct Result: Sendable, Hashable {
        package var people: Int
        /// Samples in the gallery, the mean over the drawings.
        package var samples: Double
        /// Similarity that a name took, the mean over the drawings.
        package var threshold: Double
        package var outcome: IdentificationEvaluation
    }

    private let people: [Person]
    private let strangers: [Embedding]
    private let policy: RecognitionPolicy

    /// - Parameters:
    ///   - people: may be drawn into the gallery; the first are drawn first where a size has room for all of `core`.
    ///   - strangers: people who are never in the gallery.
    package init(people: [Person], strangers: [Embedding], policy: RecognitionPolicy) {
        self.people = people
        self.strangers = strangers
        self.policy = policy
    }

    /// - Parameters:
    ///   - size: people in the gallery, at most all there are.
    ///   - core: that many of the first people are drawn before all others: whose probes are to be found.
    ///   - drawings: how often people are drawn anew.
    package func run(size: Int, core: Int, drawings: Int, seed: UInt64) -> Result {
        var random = SeededGenerator(seed: seed)
        var result = Result(people: min(size, people.count), samples: 0, threshold: 0, outcome: .init())
        for _ in 0..<max(1, drawings) {
            var order = Array(people.indices.prefix(core)).shuffled(using: &random)
            order += Array(people.indices.dropFirst(core)).shuffled(using: &random)
            let drawn = order.prefix(size)
            let ids = drawn.map { _ in PersonID.make() }
            let entries = zip(drawn, ids).flatMap { index, id in
                people[index].samples.map { GalleryContents.Entry(person: id, name: "", embedding: $0) }
            }
            let gallery = GallerySnapshot(contents: GalleryContents(version: 1, entries: entries))
            func name(_ probe: Embedding) -> PersonID? {
                policy.decide(gallery.search(probe), galleryCount: gallery.count).match?.person
            }
            for (index, id) in zip(drawn, ids) {
                for probe in people[index].probes { result.outcome.add(.init(truth: id, named: name(probe))) }
            }
            for stranger in strangers { result.outcome.add(.init(truth: nil, named: name(stranger))) }
            for index in order.dropFirst(size) {
                // One photograph each, so that nobody counts more than others.
                guard let photo = people[index].samples.first else { continue }
                result.outcome.add(.init(truth: nil, named: name(photo)))
            }
            result.samples += Double(gallery.count) / Double(max(1, drawings))
            result.threshold +=
                Double(policy.threshold.similarity(galleryCount: gallery.count)) / Double(max(1, drawings))
        }
        return result
    }
}
