import Testing
import VedetteCore

/// Embeddings and galleries to test with.
enum Faces {
    static func random(_ length: Int, using random: inout SeededGenerator) throws -> Embedding {
        try #require(Embedding(normalizing: (0..<length).map { _ in Float.random(in: -1...1, using: &random) }))
    }

    /// In the plane of the first two numbers: the cosine of two of them is that of the difference of their angles.
    static func at(_ x: Float, _ y: Float, length: Int = 2) throws -> Embedding {
        try #require(Embedding(normalizing: [x, y] + [Float](repeating: 0, count: length - 2)))
    }

    /// A face that has exactly this cosine to `at(1, 0)`.
    static func alike(_ similarity: Float, upwards: Bool = true) throws -> Embedding {
        let rest = (1 - similarity * similarity).squareRoot()
        return try at(similarity, upwards ? rest : -rest)
    }

    static func person(_ name: String) throws -> PersonID { try #require(PersonID(name)) }

    static func entry(_ person: String, _ embedding: Embedding, name: String? = nil) throws -> GalleryContents.Entry {
        GalleryContents.Entry(person: try self.person(person), name: name ?? person.uppercased(), embedding: embedding)
    }
}
