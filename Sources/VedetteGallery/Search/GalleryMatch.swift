package import VedetteCore

/// Whom a face looks like most: a candidate, not yet a decision.
package struct GalleryMatch: Sendable, Hashable {
    package struct RunnerUp: Sendable, Hashable {
        package var person: PersonID
        /// The best of that person's embeddings, -1...1.
        package var similarity: Float

        package init(person: PersonID, similarity: Float) {
            self.person = person
            self.similarity = similarity
        }
    }

    package var person: PersonID
    package var name: String
    /// Cosine to the best of the person's embeddings, -1...1.
    package var similarity: Float
    /// The next person, whatever the similarity; nil when only one is enrolled.
    package var runnerUp: RunnerUp?

    package init(person: PersonID, name: String, similarity: Float, runnerUp: RunnerUp? = nil) {
        self.person = person
        self.name = name
        self.similarity = similarity
        self.runnerUp = runnerUp
    }

    /// By how much the person leads; infinite without a runner-up.
    package var margin: Float { runnerUp.map { similarity - $0.similarity } ?? .infinity }
}

/// Somebody a face resembles, for explaining a decision.
package struct GalleryCandidate: Sendable, Hashable {
    package var person: PersonID
    package var name: String
    /// Cosine to the best of the person's embeddings, -1...1.
    package var similarity: Float
    /// Whether an operator ruled the person out for such a face.
    package var isRejected: Bool
}
