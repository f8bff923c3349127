package import VedetteCore

/// How well a gallery names the people in it and leaves strangers without a name.
package struct IdentificationEvaluation: Sendable, Hashable {
    /// One face that was searched for.
    package struct Probe: Sendable, Hashable {
        /// Who it is; nil for a stranger.
        package var truth: PersonID?
        /// Whom the gallery named; nil for nobody.
        package var named: PersonID?

        package init(truth: PersonID?, named: PersonID?) {
            self.truth = truth
            self.named = named
        }
    }

    /// Faces of people in the gallery, and what became of them.
    package private(set) var known = 0
    package private(set) var found = 0
    package private(set) var confused = 0
    /// Faces of strangers, and how many of them got a name.
    package private(set) var strangers = 0
    package private(set) var strangersNamed = 0

    package init(_ probes: some Sequence<Probe> = EmptyCollection<Probe>()) {
        for probe in probes { add(probe) }
    }

    package mutating func add(_ probe: Probe) {
        guard let truth = probe.truth else {
            strangers += 1
            if probe.named != nil { strangersNamed += 1 }
            return
        }
        known += 1
        if probe.named == truth { found += 1 } else if probe.named != nil { confused += 1 }
    }

    /// Shares, 0...1; nil when there was no such face.
    package var foundRate: Double? { Self.share(found, known) }
    package var confusedRate: Double? { Self.share(confused, known) }
    package var strangersNamedRate: Double? { Self.share(strangersNamed, strangers) }

    private static func share(_ part: Int, _ whole: Int) -> Double? {
        whole == 0 ? nil : Double(part) / Double(whole)
    }
}
