/// What a face looks like to one embedding model: a vector of unit length, comparable only within that model.
package struct Embedding: Sendable, Hashable, Codable {
    /// Unit length; 128 numbers for SFace, 512 for ArcFace.
    package let values: [Float]

    /// Scales `values` to unit length. Nil when they have no direction: empty, all zero, or not finite.
    package init?(normalizing values: [Float]) {
        var squares: Float = 0
        for value in values { squares += value * value }
        guard squares.isFinite, squares > 1e-12 else { return nil }
        let scale = 1 / squares.squareRoot()
        self.values = values.map { $0 * scale }
    }

    /// Cosine of the angle between two embeddings of the same model, -1...1. 0 when the lengths differ.
    package func similarity(to other: Embedding) -> Float {
        guard values.count == other.values.count else { return 0 }
        var sum: Float = 0
        for i in values.indices { sum += values[i] * other.values[i] }
        return sum
    }

    /// The raw little-endian floats, as stored in a database.
    package var bytes: [UInt8] { values.withUnsafeBytes { Array($0) } }

    /// From ``bytes``; nil when the count is not a multiple of four or the numbers have no direction.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count % 4 == 0 else { return nil }
        let values = [Float](unsafeUninitializedCapacity: bytes.count / 4) { target, count in
            UnsafeMutableRawBufferPointer(target).copyBytes(from: bytes)
            count = bytes.count / 4
        }
        self.init(normalizing: values)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let embedding = Embedding(normalizing: try container.decode([Float].self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "an embedding must not be zero")
        }
        self = embedding
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}
