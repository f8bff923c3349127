import ArgumentParser
import Foundation
import Synchronization
import VedetteCore
import VedetteGallery
import VedetteMedia
import VedettePipeline
import VedetteStore

struct Enroll: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make somebody known, from photos or from a camera.",
        discussion: """
            Examples:
              vedette enroll "Ada Lovelace" ada1.jpg ada2.jpg
              vedette enroll --folder staff/                     (one sub-folder of photos per person)
              vedette enroll "Ada Lovelace" --camera rtsp://door.example/live --count 5

            A photo without a face, with several, or with one too small or unclear is refused with the reason; the others go on, and the \
            exit status is 2. A name that is there already gets more samples.
            """)

    @Argument(help: "The person's name.")
    var name: String?

    @Argument(help: ArgumentHelp("Photos that show one face each.", valueName: "image"))
    var images: [String] = []

    @Option(help: ArgumentHelp("Enrol everybody in this folder: a sub-folder of photos per person.", valueName: "dir"))
    var folder: String?

    @Option(
        help: ArgumentHelp(
            "Take shots from this camera instead; frames with more than one face are skipped.", valueName: "uri"))
    var camera: String?

    @Option(help: "How many shots to take from the camera.")
    var count = 5

    @Option(help: ArgumentHelp("Give up after this many seconds with the camera.", valueName: "s"))
    var timeout: Double = 60

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if folder != nil {
            guard name == nil, images.isEmpty, camera == nil else {
                throw ValidationError(
                    "--folder takes the names from its sub-folders: give no name, image or camera with it.")
            }
            return
        }
        guard name != nil else { throw ValidationError("Give a name, or --folder DIR.") }
        guard camera != nil || !images.isEmpty else { throw ValidationError("Give photos, or --camera URI.") }
        guard camera == nil || images.isEmpty else { throw ValidationError("Give photos or --camera, not both.") }
        guard (1...100).contains(count), (1...3600).contains(timeout) else {
            throw ValidationError("--count must be from 1 to 100 and --timeout from 1 to 3600.")
        }
    }

    func run() async throws {
        try await CommandRunner.run {
            let configuration = try shared.load()
            let engine = try Engine.open(configuration)
            let store = try DataFolder.writing(configuration)
            let enroller = engine.enroller(configuration, pool: BlockingPool(width: engine.workers))
            let people = PeopleService(store: store, gallery: Gallery(), enroller: enroller)
            var run = EnrolmentRun(
                people: people, store: store, enroller: enroller, samePerson: engine.policy.threshold.floor)
            if let folder {
                for person in try Files.folders(in: folder) {
                    try await run.add(folder: person.path, named: person.name)
                }
            } else if let name, let camera {
                let source = try SourceFactory(codec: engine.codec, demo: DemoPhotograph.scene())
                    .open(SourceURI(camera), pacing: .realTime(loop: false))
                try await run.add(shots: count, from: source, camera: SourceURI(camera), timeout: timeout, to: name)
            } else if let name {
                try await run.add(photos: try Files.expanded(images), to: name)
            }
            try await store.close()
            try run.report(json: shared.json)
        }
    }
}

/// One run of enrolment: counts what went in and what was refused.
struct EnrolmentRun {
    struct Result: Encodable {
        var enrolled = 0
        var refused = 0
        var people: [String] = []
        var refusals: [Refusal] = []
    }

    struct Refusal: Encodable {
        var source: String
        var reason: String
    }

    private let people: PeopleService
    private let store: any Store
    private let enroller: Enroller
    /// Similarity from which two shots show the same person.
    private let samePerson: Float
    private var result = Result()

    init(people: PeopleService, store: any Store, enroller: Enroller, samePerson: Float) {
        self.samePerson = samePerson
        self.people = people
        self.store = store
        self.enroller = enroller
    }

    /// Everything in one person's folder; a folder that cannot be used is refused, and the others go on.
    mutating func add(folder: String, named name: String) async throws {
        do {
            try await add(photos: try Files.pictures(in: folder), to: name)
        } catch let error as StoreError {
            throw error
        } catch {
            refuse(folder, error)
        }
    }

    mutating func add(photos: [String], to name: String) async throws {
        let name = try validated(name)
        guard !photos.isEmpty else { throw Files.Failure(message: "no pictures for \(name)") }
        var progress = Progress(name, total: photos.count)
        var person: Person?
        for photo in photos {
            do {
                let face = try await enroller.face(in: try Files.read(photo))
                // Nobody is created before the first usable photo: a name without a face would never be recognised.
                let target = try await self.person(person, named: name)
                person = target
                _ = try await people.add(face, source: (photo as NSString).lastPathComponent, to: target.id)
                result.enrolled += 1
            } catch let error as StoreError {
                throw error
            } catch {
                refuse(photo, error)
            }
            progress.advance()
        }
        progress.finish()
        if person != nil { result.people.append(name) }
    }

    mutating func add(
        shots count: Int, from source: any FrameSource, camera: SourceURI, timeout: Double, to name: String
    ) async throws {
        let name = try validated(name)
        let faces = try await ShotTaker(enroller: enroller, count: count, timeout: timeout, sameFrom: samePerson).take(
            from: source)
        guard !faces.isEmpty else {
            throw Files.Failure(
                message: "no usable face was seen within \(Int(timeout)) s",
                remedy: "one person at a time, facing the camera, near enough")
        }
        let target = try await person(nil, named: name)
        for face in faces {
            _ = try await people.add(face, source: "camera \(camera.redacted)", to: target.id)
            result.enrolled += 1
        }
        result.people.append(name)
        if faces.count < count {
            result.refused += count - faces.count
            result.refusals.append(
                Refusal(
                    source: camera.redacted, reason: "only \(faces.count) of \(count) shots within \(Int(timeout)) s"))
        }
    }

    func report(json: Bool) throws {
        if json {
            try Console.printJSON(result)
        } else {
            Console.print(
                "\(result.enrolled) faces enrolled for \(result.people.count) people, \(result.refused) refused")
        }
        guard result.refused + result.enrolled > 0 else {
            throw Files.Failure(
                message: "there was nothing to enrol", remedy: "name photos, or a folder with a sub-folder per person")
        }
        try Outcome.check(failed: result.refused, of: result.refused + result.enrolled)
    }

    private func validated(_ name: String) throws -> String {
        do {
            return try Person.validated(name: name)
        } catch {
            throw Files.Failure(message: error.reason)
        }
    }

    private func person(_ known: Person?, named name: String) async throws -> Person {
        if let known { return known }
        let there = try await store.people(named: name)
        guard there.count < 2 else {
            throw StoreError(
                .conflict, "\(there.count) people are called '\(name)'",
                remedy: "rename or merge them: 'vedette people list'")
        }
        if let there = there.first { return there }
        return try await store.createPerson(name: name)
    }

    private mutating func refuse(_ source: String, _ error: any Error) {
        result.refused += 1
        result.refusals.append(Refusal(source: source, reason: Console.describe(error)))
        Console.complain(source, error)
    }
}

/// Takes a number of good, different shots of one face from a camera.
struct ShotTaker {
    let enroller: Enroller
    let count: Int
    let timeout: Double
    /// Similarity to the first shot that the others must have: somebody else who steps in is not enrolled under the same name.
    let sameFrom: Float
    /// Seconds between two shots: neighbours in time look alike and teach nothing.
    private static let pause = 0.4

    private final class Shots: Sendable {
        struct State {
            var faces: [EnrolledFace] = []
            var lastAt = -Double.infinity
            var failure: (any Error)?
        }

        let state = Mutex(State())
        let done = AsyncStream.makeStream(of: Never.self)
    }

    /// - Throws: what stopped the source or the models before the first usable shot.
    func take(from source: any FrameSource) async throws -> [EnrolledFace] {
        let shots = Shots()
        let failure = await withTaskGroup(of: (any Error)?.self) { group in
            group.addTask {
                do throws(SourceFailure) {
                    try await source.run { consider($0, shots) }
                    return nil
                } catch {
                    return error
                }
            }
            group.addTask {
                for await _ in shots.done.stream {}
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(timeout))
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            await group.waitForAll()
            return first
        }
        let state = shots.state.withLock { $0 }
        if let failure = state.failure ?? failure, state.faces.isEmpty { throw failure }
        return state.faces
    }

    private func consider(_ frame: Frame, _ shots: Shots) {
        let now = Double(frame.captureTime.monotonic) / 1e9
        let (first, isDue) = shots.state.withLock { state in
            (state.faces.first, state.failure == nil && state.faces.count < count && now - state.lastAt >= Self.pause)
        }
        guard isDue else { return }
        do {
            let face = try enroller.face(in: frame)
            if let first, first.embedding.similarity(to: face.embedding) < sameFrom { return }
            let taken = shots.state.withLock { state in
                state.faces.append(face)
                state.lastAt = now
                return state.faces.count
            }
            Console.note("shot \(taken) of \(count)")
            if taken == count { shots.done.continuation.finish() }
        } catch is EnrolmentRefusal {
            return
        } catch {
            shots.state.withLock { $0.failure = error }
            shots.done.continuation.finish()
        }
    }
}
