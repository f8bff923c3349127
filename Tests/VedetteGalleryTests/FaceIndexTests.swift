import Testing
import VedetteCore

@testable import VedetteGallery

@Suite struct FaceIndexTests {
    private func face(_ axis: Int, _ other: Int = 0, _ share: Float = 0) throws -> Embedding {
        var values = [Float](repeating: 0, count: 24)
        values[axis] += 1 - share
        values[other] += share
        return try #require(Embedding(normalizing: values))
    }

    @Test func findsTheNearestOwnersEachOnce() throws {
        let index = FaceIndex<Int>()
        index.insert(try face(1), of: 1, key: "a", quality: 0.5, limit: 8)
        index.insert(try face(1, 2, 0.4), of: 1, key: "b", quality: 0.5, limit: 8)
        index.insert(try face(2), of: 2, key: "a", quality: 0.5, limit: 8)
        index.insert(try face(3), of: 3, key: "a", quality: 0.5, limit: 8)
        let found = index.search(try face(1, 2, 0.45), limit: 2)
        #expect(found.map(\.owner) == [1, 2])
        #expect(found[0].similarity > 0.99)
        #expect(index.search(try face(1), limit: 3) { $0 == 1 }.map(\.owner).contains(1) == false)
    }

    @Test func agreesWithALinearSearchThroughManyChanges() throws {
        let index = FaceIndex<Int>()
        var mirror: [Int: [String: Embedding]] = [:]
        var generator = SeededGenerator(seed: 4)
        func random() throws -> Embedding {
            try #require(Embedding(normalizing: (0..<24).map { _ in Float.random(in: -1...1, using: &generator) }))
        }
        for step in 0..<2000 {
            let owner = Int.random(in: 0..<60, using: &generator)
            let key = "\(Int.random(in: 0..<4, using: &generator))"
            switch step % 7 {
            case 5:
                index.remove(owner)
                mirror[owner] = nil
            case 6:
                index.remove(owner, key: key)
                mirror[owner]?[key] = nil
                if mirror[owner]?.isEmpty == true { mirror[owner] = nil }
            default:
                let face = try random()
                index.insert(face, of: owner, key: key, quality: 0.5, limit: 8)
                mirror[owner, default: [:]][key] = face
            }
        }
        #expect(index.count == mirror.values.reduce(0) { $0 + $1.count })
        for (owner, faces) in mirror { #expect(index.keys(of: owner) == Set(faces.keys)) }
        for _ in 0..<50 {
            let probe = try random()
            let expected = mirror.mapValues { $0.values.map { $0.similarity(to: probe) }.max() ?? -1 }
                .max { $0.value < $1.value }
            let found = index.search(probe, limit: 1).first
            #expect(found?.owner == expected?.key)
            #expect(abs((found?.similarity ?? 0) - (expected?.value ?? 0)) < 1e-5)
        }
    }

    @Test func keepsTheBestOfAnOwnersFaces() throws {
        let index = FaceIndex<Int>()
        for axis in 0..<5 {
            index.insert(try face(axis), of: 1, key: "\(axis)", quality: Float(axis) / 10, limit: 3)
        }
        #expect(index.count == 3)
        #expect(index.similarity(of: try face(0), to: 1) == 0, "the poorest went")
        #expect(index.similarity(of: try face(4), to: 1) == 1)
        index.insert(try face(9), of: 1, key: "poor", quality: 0.1, limit: 3)
        #expect(index.similarity(of: try face(9), to: 1) == 0)
    }

    @Test func facesOfAnotherLengthAreLeftOut() throws {
        let index = FaceIndex<Int>()
        index.insert(try face(1), of: 1, key: "a", quality: 0.5, limit: 8)
        let other = try #require(Embedding(normalizing: [1, 0]))
        index.insert(other, of: 2, key: "a", quality: 0.5, limit: 8)
        #expect(index.count == 1 && index.search(other, limit: 1).isEmpty)
        index.remove(1)
        index.insert(other, of: 2, key: "a", quality: 0.5, limit: 8)
        #expect(index.search(other, limit: 1).map(\.owner) == [2], "an empty index takes any length")
    }
}
