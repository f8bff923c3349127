package import Foundation

/// Somebody who is enrolled, or somebody unknown whom the pipeline tells apart from all others.
package struct Person: Sendable, Hashable, Codable, Identifiable {
    package let id: PersonID
    /// As typed by an operator: any text of 1 to ``maximumNameLength`` characters, never used as a path.
    package var name: String
    package let createdAt: Date
    package var updatedAt: Date
    /// Number of stored face samples.
    package var sampleCount: Int
    /// Whether nobody has named this person yet, see ``AnonymousPerson``. Naming one ends it for good.
    package var isAnonymous: Bool

    package init(
        id: PersonID, name: String, createdAt: Date, updatedAt: Date, sampleCount: Int = 0, isAnonymous: Bool = false
    ) {
        self.id = id
        self.name = name
        self.isAnonymous = isAnonymous
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.sampleCount = sampleCount
    }

    package static let maximumNameLength = 200

    /// The name as it is stored: without white space around it and without control characters.
    ///
    /// - Throws: ``InvalidName`` when nothing is left or it is longer than ``maximumNameLength`` characters.
    package static func validated(name: String) throws(InvalidName) -> String {
        let visible = name.unicodeScalars.filter { !CharacterSet.controlCharacters.contains($0) || $0 == "\u{200D}" }
        let trimmed = String(String.UnicodeScalarView(visible)).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty else { throw InvalidName(reason: "a name must not be empty") }
        guard trimmed.count <= maximumNameLength, trimmed.utf8.count <= 4 * maximumNameLength else {
            throw InvalidName(reason: "a name has at most \(maximumNameLength) characters")
        }
        return trimmed
    }

    package struct InvalidName: Error, CustomStringConvertible {
        package let reason: String
        package var description: String { reason }
    }
}

/// One enrolled picture of a person's face, reduced to what recognition needs.
package struct FaceSample: Sendable, Hashable, Identifiable {
    package let id: SampleID
    package let person: PersonID
    package let embedding: Embedding
    /// The embedding model's name; embeddings of different models are never compared.
    package let model: String
    /// 0...1, see ``FaceQuality/overall``.
    package let quality: Float
    /// Where it came from: a file name, "camera entrance", "sighting ...". Shown, never opened.
    package let source: String
    package let createdAt: Date

    package init(
        id: SampleID, person: PersonID, embedding: Embedding, model: String, quality: Float, source: String,
        createdAt: Date
    ) {
        self.id = id
        self.person = person
        self.embedding = embedding
        self.model = model
        self.quality = quality
        self.source = source
        self.createdAt = createdAt
    }
}
