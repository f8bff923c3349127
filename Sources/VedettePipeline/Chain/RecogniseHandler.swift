import Foundation
import Metrics
package import VedetteCore
package import VedetteGallery
import VedetteTracking

/// Finds out who the tracks are, with as few embeddings as it takes.
package final class RecogniseHandler: FrameHandler {
    package let name = "recognise"
    private let embedder: any FaceEmbedder
    private let gallery: Gallery
    private let tracking: TrackHandler
    private let outlets: Outlets
    private var resolver: IdentityResolver
    private let onFailure: @Sendable (any Error) -> Void
    private let embedded = Counter(label: "vedette_embeddings", dimensions: [("reason", "identity")])
    private let handedOver = Counter(label: "vedette_handovers")
    /// Embeddings computed here so far; those that the tracker asked for are not among them.
    package private(set) var embeddings = 0

    /// Where it is told what was found out, besides the frame's context.
    package struct Outlets: Sendable {
        package var events: EventHub?
        package var explanations: ExplanationBook?

        package init(events: EventHub? = nil, explanations: ExplanationBook? = nil) {
            self.events = events
            self.explanations = explanations
        }
    }

    /// - Parameter tracking: the tracker before it in the chain, which learns from what is embedded here.
    package init(
        embedder: any FaceEmbedder, gallery: Gallery, tracking: TrackHandler, resolver: IdentityResolver,
        outlets: Outlets = Outlets(), onFailure: @escaping @Sendable (any Error) -> Void = { _ in }
    ) {
        self.onFailure = onFailure
        self.embedder = embedder
        self.gallery = gallery
        self.tracking = tracking
        self.resolver = resolver
        self.outlets = outlets
    }

    package func handle(_ context: inout FrameContext) throws {
        let snapshot = gallery.snapshot
        let lastWords = context.ended.compactMap { resolver.identity(of: $0.id) }
        let leaving = context.ended.compactMap { resolver.tracks[$0.id] }
        resolver.begin(tracks: context.tracks, ended: context.ended, at: context.time)
        let failure = look(&context, snapshot)
        let judged = resolver.decide(snapshot, at: context.moment)
        context.identities = resolver.identities
        context.parted = resolver.parted
        announce(&context)
        if let book = outlets.explanations {
            for track in judged {
                if let evidence = resolver.tracks[track] {
                    book.write(explain(evidence, snapshot, context, isLive: true))
                }
            }
            for evidence in leaving { book.write(explain(evidence, snapshot, context, isLive: false)) }
        }
        // The handlers after this one still report the tracks that ended.
        for identity in lastWords { context.identities[identity.track] = identity }
        if let failure { onFailure(failure) }
    }

    /// Takes the looks that are due, and those that the tracker took.
    private func look(_ context: inout FrameContext, _ snapshot: GallerySnapshot) -> (any Error)? {
        var seen: [Int: (index: Int, face: Detection)] = [:]
        var candidates: [(track: Int, quality: Float)] = []
        for track in context.tracks where track.isConfirmed {
            guard let index = track.detectionIndex else { continue }
            let face = context.detections[index]
            guard face.landmarks != nil else { continue }
            if let look = context.embedded[index] {
                resolver.observe(track.id, look, box: face.box, at: context.time, gallery: snapshot)
                continue
            }
            seen[track.id] = (index, face)
            candidates.append((track.id, embedder.quality(of: face, in: context.frame).overall))
        }
        var failure: (any Error)?
        for track in resolver.due(candidates, at: context.time) {
            guard let (index, face) = seen[track] else { continue }
            do {
                let look = try embedder.embed(face, in: context.frame)
                embeddings += 1
                embedded.increment()
                context.embedded[index] = look
                tracking.learn(look.embedding, of: track)
                resolver.observe(track, look, box: face.box, at: context.time, gallery: snapshot)
            } catch {
                // One face that cannot be embedded must not cost the others their picture; it is tried again in its turn.
                resolver.attempted(track, at: context.time)
                failure = failure ?? error
            }
        }
        return failure
    }

    /// Tells the directory who is in view, and the world who came from another camera.
    private func announce(_ context: inout FrameContext) {
        for track in context.tracks where track.detectionIndex != nil {
            guard let identity = context.identities[track.id], let person = identity.person else { continue }
            let handOver = resolver.directory.see(
                person, name: identity.name ?? "", isAnonymous: identity.isAnonymous, camera: context.camera,
                sighting: identity.sighting, since: context.moment.addingTimeInterval(identity.since - context.time),
                at: context.moment)
            guard let handOver else { continue }
            context.handOvers.append(handOver)
            handedOver.increment()
            outlets.events?.publish(.handOver(handOver), at: context.moment)
        }
    }

    private func explain(
        _ evidence: TrackEvidence, _ snapshot: GallerySnapshot, _ context: FrameContext, isLive: Bool
    ) -> TrackExplanation {
        func moment(_ seconds: Double) -> Date { context.moment.addingTimeInterval(seconds - context.time) }
        return evidence.explanation(
            snapshot, resolver.directory, camera: context.camera, isLive: isLive,
            firstSeen: moment(evidence.identity.since), lastSeen: moment(evidence.lastSeen),
            marginNeeded: resolver.policy.margin)
    }
}
