import Foundation
import Synchronization
import Testing
import VedetteCore
import VedetteGallery
import VedetteTracking

@testable import VedettePipeline

/// Keeps what the chain knew of each frame.
private final class Witness: FrameHandler {
    let name = "witness"
    private(set) var contexts: [FrameContext] = []

    func handle(_ context: inout FrameContext) throws { contexts.append(context) }
}

/// Which frames are looked at, what becomes of the others, and what is embedded.
@Suite struct ChainTests {
    private let camera: CameraID
    private let ada = PersonID.make()
    private let bob = PersonID.make()
    private let witness = Witness()

    init() throws { camera = try #require(CameraID("door")) }

    private func chain(_ handlers: [any FrameHandler]) -> HandlerChain {
        HandlerChain(
            camera: camera, handlers: handlers + [witness],
            onFailure: { name, _ in Issue.record("a frame was given up by \(name)") })
    }

    private func detect(_ detector: ScriptedDetector, rate: Double = 0) -> DetectHandler {
        var options = DetectHandler.Options()
        options.maximumRate = rate
        options.idleInterval = 0
        return DetectHandler(detector: detector, options: options)
    }

    private func recognise(
        _ embedder: ScriptedEmbedder, _ tracking: TrackHandler, onFailure: @escaping @Sendable (any Error) -> Void
    ) throws -> RecogniseHandler {
        RecogniseHandler(
            embedder: embedder,
            gallery: Gallery(try People.gallery([(ada, "Ada", 0), (bob, "Bob", 1)])), tracking: tracking,
            resolver: IdentityResolver(
                options: IdentityOptions(), policy: RecognitionPolicy(threshold: People.threshold, margin: 0.05),
                directory: IdentityDirectory(threshold: People.threshold)),
            onFailure: onFailure)
    }

    /// - Parameter times: seconds of the film.
    private func play(_ chain: HandlerChain, _ times: [Double]) {
        for (index, time) in times.enumerated() { chain.analyse(Faces.frame(at: time, sequence: index)) }
    }

    // MARK: Rate

    /// Digits to which a film's times are rounded.
    @Test(arguments: [9, 3])
    func aThirdOfThirtyFramesASecondIsLookedAtAndTheOthersArePredicted(digits: Int) throws {
        let detector = ScriptedDetector { [Faces.detection(x: 100 + 120 * Float($0)), Faces.detection(x: 900)] }
        let chain = chain([detect(detector, rate: 10), TrackHandler(tracker: ByteTracker())])
        let scale = pow(10, Double(digits))
        let times = (0..<90).map { (Double($0) / 30 * scale).rounded() / scale }
        play(chain, times)
        #expect(detector.looks == stride(from: 0, to: 90, by: 3).map { times[$0] })
        #expect(witness.contexts.map(\.isDetected) == (0..<90).map { $0 % 3 == 0 })

        // Both faces are believed at the third look, and one number each holds to the end.
        let settled = witness.contexts.dropFirst(7)
        #expect(settled.allSatisfy { $0.tracks.map(\.id) == [1, 2] && $0.ended.isEmpty })
        #expect(settled.allSatisfy { $0.tracks.allSatisfy { $0.state == .confirmed } }, "nobody is lost in between")
        for context in settled {
            for track in context.tracks { #expect((track.detectionIndex != nil) == context.isDetected) }
        }
        // What moves goes on moving where nobody looks, and what stands stays.
        for (before, after) in zip(settled.dropFirst(30), settled.dropFirst(31)) {
            let step = after.tracks[0].box.x - before.tracks[0].box.x
            #expect((2...6).contains(step), "4 pixels a frame: \(step)")
            #expect(abs(after.tracks[1].box.x - 900) < 1)
        }
    }

    @Test func whileNobodyIsThereEveryFrameIsLookedAt() throws {
        let detector = ScriptedDetector { $0 < 1 ? [] : [Faces.detection(x: 100)] }
        play(
            chain([detect(detector, rate: 5), TrackHandler(tracker: ByteTracker())]), (0..<60).map { Double($0) / 30 })
        #expect(detector.looks.count { $0 < 1 } == 30)
        #expect((5...7).contains(detector.looks.count { $0 >= 1 }), "\(detector.looks)")
    }

    @Test func aFilmThatStartsOverIsLookedAtAtOnce() throws {
        let detector = ScriptedDetector { _ in [Faces.detection(x: 100)] }
        let times = (0..<30).map { Double($0) / 30 }
        play(chain([detect(detector, rate: 10), TrackHandler(tracker: ByteTracker())]), times + times)
        #expect(detector.looks.count == 20 && detector.looks[10] == 0)
    }

    @Test func aFaceThatLeavesBetweenLooksEndsAllTheSame() throws {
        let detector = ScriptedDetector { $0 < 1 ? [Faces.detection(x: 100)] : [] }
        play(
            chain([detect(detector, rate: 5), TrackHandler(tracker: ByteTracker())]), (0..<120).map { Double($0) / 30 })
        let last = try #require(witness.contexts.last { !$0.tracks.isEmpty })
        #expect((1.8...2.2).contains(last.time), "a second after its last sight: \(last.time)")
        #expect(witness.contexts.flatMap(\.ended).map(\.id) == [1])
    }

    // MARK: Clock

    /// When somebody comes into a film of ten seconds that is shown twice, and stays.
    @Test(arguments: [0.0, 5.0, 9.5, 9.8])
    func nobodyCameInTheFutureWhenAFilmStartsOver(arrival: Double) throws {
        let face = try People.axis(0)
        let detector = ScriptedDetector { _ in [Faces.detection(x: 100)] }
        let tracking = TrackHandler(tracker: ByteTracker())
        let recognising = try recognise(ScriptedEmbedder { _ in face }, tracking) { _ in }
        let chain = chain([detect(detector), tracking, recognising])
        for index in Int(arrival * 15)..<250 {
            chain.analyse(Faces.frame(at: Double(index % 150) / 15, wall: Double(index) / 15, sequence: index))
        }
        let faces = witness.contexts.filter { !$0.identities.isEmpty }
        #expect(faces.count > 200 - Int(arrival * 15))
        #expect(Set(faces.flatMap { $0.identities.values.map(\.sighting) }).count == 1, "and it is one appearance")
        for context in faces {
            for identity in context.identities.values {
                let since = context.moment.addingTimeInterval(identity.since - context.time)
                #expect(abs(since.timeIntervalSince(Faces.moment(arrival))) < 0.2, "at \(context.time)")
            }
        }
    }

    // MARK: Embeddings

    /// Two faces that walk through each other: who they are cannot be told by their boxes.
    private let walkers = ScriptedDetector { time in
        [Faces.detection(x: 100 + 150 * Float(time), y: 50), Faces.detection(x: 700 - 150 * Float(time), y: 70)]
    }

    @Test func noFaceIsEmbeddedTwiceInAFrame() throws {
        let (first, second) = (try People.axis(0), try People.axis(1))
        let embedder = ScriptedEmbedder { $0.y < 60 ? first : second }
        let tracking = TrackHandler(tracker: ByteTracker(), embedder: embedder)
        let recognising = try recognise(embedder, tracking) { _ in Issue.record("nothing fails here") }
        play(chain([detect(walkers), tracking, recognising]), (0..<120).map { Double($0) / 30 })
        let requests = embedder.requests
        #expect(Set(requests).count == requests.count)
        #expect(tracking.embeddings > 0 && recognising.embeddings > 0, "both ask, else nothing is shared")
        #expect(tracking.embeddings + recognising.embeddings == requests.count, "each is counted once")
        #expect(witness.contexts.map(\.embedded.count).reduce(0, +) == requests.count)
        let identities = try #require(witness.contexts.last).identities
        #expect(identities.mapValues(\.name) == [1: "Ada", 2: "Bob"])
    }

    /// A tracker that looks at every face leaves the recogniser nothing to compute.
    @Test func whatTheTrackerLookedAtIsEvidenceForTheName() throws {
        let (first, second) = (try People.axis(0), try People.axis(1))
        let embedder = ScriptedEmbedder { $0.y < 60 ? first : second }
        var options = ByteTracker.Options()
        options.appearance.use = .always
        // Known from the start, so that every later face is looked at.
        let tracking = TrackHandler(tracker: ByteTracker(options: options), embedder: embedder)
        let recognising = try recognise(embedder, tracking) { _ in Issue.record("nothing fails here") }
        play(chain([detect(walkers), tracking, recognising]), (0..<60).map { Double($0) / 30 })
        // The first look at each face is the recogniser's; the tracker learns it.
        #expect(recognising.embeddings == 2)
        #expect(Set(embedder.requests).count == embedder.requests.count)
        #expect(try #require(witness.contexts.last).identities.mapValues(\.name) == [1: "Ada", 2: "Bob"])
    }

    @Test func aFaceThatCannotBeEmbeddedCostsNoTrackAndNoOtherFace() throws {
        let second = try People.axis(1)
        let embedder = ScriptedEmbedder { $0.y < 60 ? nil : second }
        let tracking = TrackHandler(tracker: ByteTracker(), embedder: embedder)
        let told = Mutex(0)
        let recognising = try recognise(embedder, tracking) { error in
            #expect(error is ScriptedEmbedder.Failure)
            told.withLock { $0 += 1 }
        }
        play(chain([detect(walkers), tracking, recognising]), (0..<120).map { Double($0) / 30 })
        #expect(witness.contexts.count == 120, "no frame is given up")
        let settled = witness.contexts.dropFirst(3)
        #expect(settled.allSatisfy { $0.tracks.map(\.id) == [1, 2] && $0.ended.isEmpty })
        #expect(told.withLock { $0 } > 0)
        let failed = embedder.requests.count { $0.box.y < 60 }
        #expect((2...40).contains(failed), "tried again in its turn, not in every frame: \(failed)")
        let identities = try #require(witness.contexts.last).identities
        #expect(identities[1]?.person == nil && identities[2]?.name == "Bob")
    }
}
