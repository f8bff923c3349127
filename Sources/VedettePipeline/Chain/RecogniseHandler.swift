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
    /// Appearances that live, whose explanations are to be ended.
    private var explained: Set<SightingID> = []
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
        let last = context.ended.compactMap { resolver.tracks[$0.id] }
        guard context.isDetected || context.tracks.isEmpty else {
            // Nobody looked: faces are where they are expected, and who they are is as it was.
            resolver.end(context.ended)
            context.identities = resolver.identities
            report(last, snapshot, &context)
            return
        }
        let picture = Box(x: 0, y: 0, width: Float(context.frame.width), height: Float(context.frame.height))
        resolver.begin(tracks: context.tracks, ended: context.ended, at: context.time, in: picture)
        let failure = look(&context, snapshot)
        let judged = resolver.decide(snapshot, at: context.moment)
        context.identities = resolver.identities
        context.parted = resolver.parted
        announce(&context)
        if let book = outlets.explanations {
            for track in judged {
                if let evidence = resolver.tracks[track] { book.write(explain(evidence, snapshot, context)) }
            }
        }
        report(last, snapshot, &context)
        if let failure { onFailure(failure) }
    }

    package func finish() {
        for sighting in explained { outlets.explanations?.end(sighting) }
    }

    /// The last words of tracks that ended, for the handlers after this one; and the end of explanations that are over.
    private func report(_ last: [TrackEvidence], _ snapshot: GallerySnapshot, _ context: inout FrameContext) {
        for var identity in last.map(\.identity) {
            // Who was erased since the track was last judged is not named once more.
            let isKnown = identity.person.map { person in
                identity.isAnonymous ? resolver.directory.person(person) != nil : snapshot.name(of: person) != nil
            }
            if isKnown == false { identity.clear() }
            context.identities[identity.track] = identity
        }
        guard let book = outlets.explanations else { return }
        let living = Set(resolver.tracks.values.lazy.map(\.identity.sighting))
        for sighting in explained.subtracting(living) {
            let evidence = last.first { $0.identity.sighting == sighting }
            book.end(
                sighting, lastSeen: evidence.map { context.moment.addingTimeInterval($0.lastSeen - context.time) },
                framesSeen: evidence?.framesSeen)
        }
        explained = living
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
        for track in resolver.due(candidates, at: context.time, taken: context.embedded.count) {
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
        _ evidence: TrackEvidence, _ snapshot: GallerySnapshot, _ context: FrameContext
    ) -> TrackExplanation {
        func moment(_ seconds: Double) -> Date { context.moment.addingTimeInterval(seconds - context.time) }
        return evidence.explanation(
            snapshot, resolver.directory, camera: context.camera, isLive: true,
            firstSeen: moment(evidence.identity.since), lastSeen: moment(evidence.lastSeen),
            marginNeeded: resolver.policy.margin)
    }
}
