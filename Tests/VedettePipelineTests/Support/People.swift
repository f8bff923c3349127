import Foundation
import Testing
import VedetteCore
import VedetteGallery
import VedetteTracking

@testable import VedettePipeline

/// Made-up people: axes of a 32-dimensional space, and a look at one is the axis with something else mixed in.
enum People {
    static func axis(_ index: Int, mixed other: Int? = nil, _ share: Float = 0) throws -> Embedding {
        var values = [Float](repeating: 0, count: 32)
        values[index] = 1 - share
        if let other { values[other] = share }
        return try #require(Embedding(normalizing: values))
    }

    static func gallery(version: Int64 = 1, _ people: [(PersonID, String, Int)]) throws -> GallerySnapshot {
        GallerySnapshot(
            contents: GalleryContents(
                version: version,
                entries: try people.map { .init(person: $0.0, name: $0.1, embedding: try axis($0.2)) }))
    }

    static let threshold = RecognitionThreshold(floor: 0.4, impostors: nil)

    static func look(_ embedding: Embedding, quality: Float = 0.8) -> EmbeddedFace {
        EmbeddedFace(
            embedding: embedding, quality: FaceQuality(overall: quality, size: 1, sharpness: 1, frontality: 1))
    }

    /// Confirmed tracks with a face in view, side by side; those of `unseen` are out of view.
    ///
    /// - Parameter seconds: of the latest of the five frames in which they were followed.
    static func tracks(_ ids: [Int], unseen: Set<Int> = [], at seconds: Double = 4.0 / 25) -> [Track] {
        var tracker = ByteTracker()
        let detections = (1...(ids.max() ?? 1)).map { id in
            Detection(box: Box(x: Float(id) * 200, y: 50, width: 80, height: 100), score: 0.9)
        }
        for frame in 0..<4 { tracker.update(detections: detections, at: seconds + Double(frame - 4) / 25) }
        let seen = detections.enumerated().filter { !unseen.contains($0.offset + 1) }.map(\.element)
        tracker.update(detections: seen, at: seconds)
        return tracker.tracks.filter { ids.contains($0.id) }
    }
}
