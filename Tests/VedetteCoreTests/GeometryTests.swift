import Testing

@testable import VedetteCore

@Suite struct BoxTests {
    @Test(arguments: [
        (Box(x: 0, y: 0, width: 10, height: 10), Box(x: 0, y: 0, width: 10, height: 10), Float(1)),
        (Box(x: 0, y: 0, width: 10, height: 10), Box(x: 5, y: 0, width: 10, height: 10), Float(1) / 3),
        (Box(x: 0, y: 0, width: 10, height: 10), Box(x: 20, y: 0, width: 10, height: 10), Float(0)),
        (Box(x: 0, y: 0, width: 0, height: 10), Box(x: 0, y: 0, width: 10, height: 10), Float(0)),
    ])
    func intersectionOverUnion(first: Box, second: Box, expected: Float) {
        #expect(abs(first.intersectionOverUnion(second) - expected) < 1e-6)
        #expect(abs(second.intersectionOverUnion(first) - expected) < 1e-6)
    }

    @Test func clipsToThePicture() {
        let clipped = Box(x: -5, y: -5, width: 20, height: 20).clipped(width: 10, height: 12)
        #expect(clipped == Box(x: 0, y: 0, width: 10, height: 12))
    }
}

@Suite struct EmbeddingTests {
    @Test func isUnitLengthAndSurvivesStorage() throws {
        let embedding = try #require(Embedding(normalizing: [3, 4]))
        #expect(embedding.values == [0.6, 0.8])
        let stored = try #require(Embedding(bytes: embedding.bytes))
        #expect(abs(stored.similarity(to: embedding) - 1) < 1e-6)
    }

    @Test(arguments: [[], [0, 0], [Float.nan, 1], [Float.infinity, 1]])
    func refusesVectorsWithoutDirection(values: [Float]) {
        #expect(Embedding(normalizing: values) == nil)
    }
}

@Suite struct FramePoolTests {
    @Test func givesBuffersBack() {
        let pool = FramePool(width: 5, height: 3)
        func make() -> Frame {
            pool.frame(colorimetry: .limited601, captureTime: .now(), sequence: 0) { planes in planes.y[0] = 7 }
        }
        let first = UnsafeRawPointer(make().planes.y)
        let again = make()
        #expect(UnsafeRawPointer(again.planes.y) == first)
        let second = make()
        #expect(UnsafeRawPointer(second.planes.y) != first)
        #expect(again.chromaWidth == 3 && again.chromaHeight == 2)
    }
}
