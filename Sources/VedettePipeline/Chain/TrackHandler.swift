import Metrics
package import VedetteCore
package import VedetteTracking

/// Gives each face a number that stays with it from frame to frame.
package final class TrackHandler: FrameHandler {
    package let name = "track"
    private var tracker: any Tracker
    private let embedder: (any FaceEmbedder)?
    private let maximumPerFrame: Int
    private let counter = Counter(label: "vedette_embeddings", dimensions: [("reason", "doubt")])
    /// Embeddings that were computed because motion and overlap left a doubt.
    package private(set) var embeddings = 0

    /// - Parameters:
    ///   - embedder: computes the appearance of faces whose association is in doubt; nil leaves it to motion and overlap.
    ///   - maximumPerFrame: most embeddings in one frame.
    package init(tracker: any Tracker, embedder: (any FaceEmbedder)? = nil, maximumPerFrame: Int = .max) {
        self.tracker = tracker
        self.embedder = embedder
        self.maximumPerFrame = maximumPerFrame
    }

    package func handle(_ context: inout FrameContext) throws {
        if !context.isDetected, !tracker.tracks.isEmpty {
            // A frame that was not looked at says nothing about where faces are: they are where they were going.
            tracker.predict(to: context.time)
        } else if let embedder {
            update(&context, embedder)
        } else {
            tracker.update(detections: context.detections, at: context.time, appearance: nil)
        }
        context.tracks = tracker.tracks
        context.ended = tracker.removed
    }

    /// What the recogniser embedded anyway: the tracker need not ask for it.
    func learn(_ embedding: Embedding, of track: Int) { tracker.learn(embedding, of: track) }

    private func update(_ context: inout FrameContext, _ embedder: any FaceEmbedder) {
        let (detections, frame, limit) = (context.detections, context.frame, maximumPerFrame)
        var embedded: [Int: EmbeddedFace] = [:]
        tracker.update(detections: detections, at: context.time) { index in
            guard embedded.count < limit, detections[index].landmarks != nil else { return nil }
            // One that fails is as one that was not asked for.
            guard let face = try? embedder.embed(detections[index], in: frame) else { return nil }
            embedded[index] = face
            return face.embedding
        }
        embeddings += embedded.count
        if !embedded.isEmpty { counter.increment(by: embedded.count) }
        context.embedded = embedded
    }
}
