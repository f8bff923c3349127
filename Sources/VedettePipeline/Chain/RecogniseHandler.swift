package import VedetteCore
package import VedetteGallery
import VedetteTracking

/// Finds out who the tracks are, with as few embeddings as it takes.
package final class RecogniseHandler: FrameHandler {
    package let name = "recognise"
    private let embedder: any FaceEmbedder
    private let gallery: Gallery
    private var resolver: IdentityResolver
    private let onFailure: @Sendable (any Error) -> Void
    /// Embeddings computed so far.
    package private(set) var embeddings = 0

    package init(
        embedder: any FaceEmbedder, gallery: Gallery, policy: RecognitionPolicy,
        options: IdentityOptions = IdentityOptions(), onFailure: @escaping @Sendable (any Error) -> Void = { _ in }
    ) {
        self.onFailure = onFailure
        self.embedder = embedder
        self.gallery = gallery
        resolver = IdentityResolver(options: options, policy: policy)
    }

    package func handle(_ context: inout FrameContext) throws {
        let lastWords = context.ended.compactMap { resolver.identity(of: $0.id) }
        resolver.begin(tracks: context.tracks, ended: context.ended)
        var seen: [Int: Detection] = [:]
        var candidates: [(track: Int, quality: Float)] = []
        for track in context.tracks where track.isConfirmed {
            guard let index = track.detectionIndex else { continue }
            let face = context.detections[index]
            guard face.landmarks != nil else { continue }
            seen[track.id] = face
            candidates.append((track.id, embedder.quality(of: face, in: context.frame).overall))
        }
        var failure: (any Error)?
        for track in resolver.due(candidates, at: context.time) {
            guard let face = seen[track] else { continue }
            do {
                let embedded = try embedder.embed(face, in: context.frame)
                embeddings += 1
                resolver.observe(track, embedded, box: face.box, at: context.time)
            } catch {
                // One face that cannot be embedded must not cost the others their picture; it is tried again in its turn.
                resolver.attempted(track, at: context.time)
                failure = failure ?? error
            }
        }
        resolver.decide(gallery.snapshot)
        context.identities = resolver.identities
        // The handlers after this one still report the tracks that ended.
        for identity in lastWords { context.identities[identity.track] = identity }
        if let failure { onFailure(failure) }
    }
}
