import Testing
import VedetteCore

@testable import VedetteGallery

@Suite struct EmbeddingFusionTests {
    @Test func startsEmpty() {
        let fusion = EmbeddingFusion()
        #expect(fusion.embedding == nil && fusion.count == 0 && fusion.totalQuality == 0 && fusion.bestQuality == 0)
    }

    @Test func isAMeanWeightedByQuality() throws {
        var fusion = EmbeddingFusion()
        #expect(fusion.add(try Faces.alike(0.8), quality: 0.9) == .added)
        #expect(fusion.add(try Faces.alike(0.8, upwards: false), quality: 0.3) == .added)
        // (0.8, 0.6) three times and (0.8, -0.6) once: (3.2, 1.2).
        let expected = try Faces.at(3.2, 1.2)
        #expect(try #require(fusion.embedding).similarity(to: expected) > 0.99999)
        #expect(fusion.count == 2 && abs(fusion.totalQuality - 1.2) < 1e-6 && fusion.bestQuality == 0.9)
    }

    @Test func comesNearerToAFaceThanItsSinglePictures() throws {
        var random = SeededGenerator(seed: 5)
        let face = try Faces.random(128, using: &random)
        var fusion = EmbeddingFusion()
        var single: Float = 0
        for _ in 0..<20 {
            let noise = try Faces.random(128, using: &random)
            let picture = try #require(Embedding(normalizing: zip(face.values, noise.values).map { $0 + 1.2 * $1 }))
            single = max(single, picture.similarity(to: face))
            fusion.add(picture, quality: 0.5)
        }
        let fused = try #require(fusion.embedding)
        #expect(fused.similarity(to: face) > single + 0.1)
        #expect(abs(fused.similarity(to: fused) - 1) < 1e-5)
    }

    @Test func keepsAnotherFaceOut() throws {
        var fusion = EmbeddingFusion()
        for _ in 0..<5 { fusion.add(try Faces.at(1, 0), quality: 0.5) }
        #expect(fusion.add(try Faces.at(0, 1), quality: 1) == .outlier)
        #expect(try #require(fusion.embedding) == (try Faces.at(1, 0)))
        #expect(fusion.count == 5 && fusion.bestQuality == 0.5)
    }

    @Test func aWrongFirstPictureLosesToBetterSupport() throws {
        var fusion = EmbeddingFusion()
        fusion.add(try Faces.at(0, 1), quality: 0.5)
        #expect(fusion.add(try Faces.at(1, 0), quality: 0.4) == .outlier)
        #expect(fusion.add(try Faces.at(1, 0), quality: 0.4) == .replaced)
        #expect(try #require(fusion.embedding) == (try Faces.at(1, 0)))
        #expect(fusion.count == 2)
        // And the first face is now the rival, which counts from where it was.
        #expect(fusion.add(try Faces.at(0, 1), quality: 0.1) == .outlier)
        #expect(fusion.add(try Faces.at(0, 1), quality: 0.3) == .replaced)
    }

    @Test func aPictureJoinsTheSideItIsNearerTo() throws {
        var options = EmbeddingFusion.Options()
        options.minimumSimilarity = 0.4
        var fusion = EmbeddingFusion(options: options)
        for _ in 0..<4 { fusion.add(try Faces.at(1, 0), quality: 0.5) }
        fusion.add(try Faces.at(0, 1), quality: 0.5)
        // At 0.5 to the mean and 0.87 to the rival.
        #expect(fusion.add(try Faces.alike(0.5), quality: 0.5) == .outlier)
        #expect(try #require(fusion.embedding) == (try Faces.at(1, 0)))
    }

    @Test func oddPicturesThatAgreeWithNothingNeverTakeOver() throws {
        var random = SeededGenerator(seed: 8)
        // In so many dimensions chance pictures are nearly at right angles.
        let face = try Faces.random(512, using: &random)
        var fusion = EmbeddingFusion()
        for _ in 0..<3 { fusion.add(face, quality: 0.5) }
        for _ in 0..<100 {
            let outcome = fusion.add(try Faces.random(512, using: &random), quality: 0.9)
            #expect(outcome != .replaced)
        }
        #expect(try #require(fusion.embedding) == face)
    }

    @Test func forgetsTheOldBeyondItsWeight() throws {
        var options = EmbeddingFusion.Options()
        options.maximumWeight = 2
        var bounded = EmbeddingFusion(options: options)
        var unbounded = EmbeddingFusion()
        for _ in 0..<10 {
            bounded.add(try Faces.at(1, 0), quality: 1)
            unbounded.add(try Faces.at(1, 0), quality: 1)
        }
        for _ in 0..<3 {
            bounded.add(try Faces.alike(0.6), quality: 1)
            unbounded.add(try Faces.alike(0.6), quality: 1)
        }
        let later = try Faces.alike(0.6)
        #expect(try #require(bounded.embedding).similarity(to: later) > 0.9)
        #expect(try #require(unbounded.embedding).similarity(to: later) < 0.85)
    }

    @Test(arguments: [Float(0), -1, .nan, .infinity])
    func ignoresPicturesWithoutWeight(quality: Float) throws {
        var fusion = EmbeddingFusion()
        #expect(fusion.add(try Faces.at(1, 0), quality: quality) == .ignored)
        #expect(fusion.embedding == nil)
    }

    @Test func ignoresAnotherLength() throws {
        var fusion = EmbeddingFusion()
        fusion.add(try Faces.at(1, 0), quality: 1)
        #expect(fusion.add(try Faces.at(1, 0, length: 3), quality: 1) == .ignored)
        #expect(fusion.count == 1)
    }
}
