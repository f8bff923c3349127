import Foundation
import Synchronization
import Testing
import VedetteCore

@testable import VedetteImages

@Suite struct SourceTests {
    @Test func aSinglePictureIsOneFrame() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Fixture.named("jpegEXIF6").bytes, as: "one.jpg")
        let seen = Seen()
        try await StillSource(path: path, pacing: .everyFrame).run { seen.add($0) }
        #expect(seen.frames.map(\.sequence) == [0])
        #expect(seen.frames.first?.width == 48)
    }

    @Test func aFolderIsDeliveredInOrderWithoutItsBrokenPictures() async throws {
        let folder = try TemporaryFolder()
        let codec = ImageCodec()
        for (name, width) in [("10.jpg", 30), ("9.jpg", 20), ("a.png", 48)] {
            let bytes =
                name == "a.png"
                ? Fixture.named("pngRGB").bytes
                : try codec.jpeg(of: .grey(width: width, height: 10), faces: [], maximumWidth: nil, quality: 80)
            _ = try folder.write(bytes, as: name)
        }
        _ = try folder.write(Array("text".utf8), as: "9b.jpg")
        _ = try folder.write(Array(Fixture.named("jpeg420").bytes.dropLast(9)), as: "11.jpg")
        let seen = Seen()
        let skipped = Mutex<[StillSource.Skipped]>([])
        try await StillSource(path: folder.path, pacing: .everyFrame, framesPerSecond: 4) { skip in
            skipped.withLock { $0.append(skip) }
        }.run { seen.add($0) }
        #expect(seen.frames.map(\.width) == [20, 30, 48])
        #expect(seen.frames.map(\.sequence) == [0, 1, 2])
        #expect(seen.frames.map(\.mediaTime) == [0, 0.25, 0.5])
        let reasons = skipped.withLock { $0 }
        #expect(reasons.map { ($0.path as NSString).lastPathComponent } == ["9b.jpg", "11.jpg"])
        #expect(reasons.map(\.reason.code) == [.notAnImage, .truncated])
    }

    @Test func aLoopingPictureGoesOnUntilItIsCancelled() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Fixture.named("pngRGB").bytes, as: "one.png")
        let seen = Seen()
        let (enough, continuation) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await StillSource(path: path, pacing: .realTime(loop: true), framesPerSecond: 200).run { frame in
                seen.add(frame)
                if frame.sequence == 5 { continuation.finish() }
            }
        }
        for await _ in enough {}
        task.cancel()
        try await task.value
        let frames = seen.frames
        #expect(frames.map(\.sequence) == frames.indices.map { UInt64($0) })
        #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.captureTime.monotonic < $1.captureTime.monotonic })
        // One decoded picture, delivered again and again.
        #expect(Set(frames.map(\.planes.y)).count == 1)
    }

    @Test func aRecordedFolderEndsAfterOneRound() async throws {
        let folder = try TemporaryFolder()
        for name in ["1.png", "2.png", "3.png"] { _ = try folder.write(Fixture.named("pngRGB").bytes, as: name) }
        let seen = Seen()
        try await StillSource(path: folder.path, pacing: .realTime(loop: false), framesPerSecond: 500).run {
            seen.add($0)
        }
        #expect(seen.frames.count == 3)
    }

    @Test(arguments: [true, false]) func aSourceWithoutAPictureFails(_ loops: Bool) async throws {
        let folder = try TemporaryFolder()
        let text = try folder.write(Array("text".utf8), as: "1.jpg")
        let cut = try TemporaryFolder()
        _ = try cut.write(Array(Fixture.named("jpeg420").bytes.dropLast(9)), as: "1.jpg")
        _ = try cut.write([], as: "2.jpg")
        let nothing = try TemporaryFolder()
        let cases: [(String, SourceFailure.Reason)] = [
            (folder.path + "/none.jpg", .notFound), (nothing.path, .notFound), (text, .unsupported),
            (folder.path, .unsupported), (cut.path, .corrupt),
        ]
        for (path, reason) in cases {
            let failure = await #expect(throws: SourceFailure.self) {
                try await StillSource(path: path, pacing: loops ? .realTime(loop: true) : .everyFrame).run { _ in }
            }
            #expect(failure?.reason == reason, "\(path): \(String(describing: failure))")
        }
    }

    @Test func cancellingEndsASleepAtOnce() async throws {
        let task = Task {
            try await SourceThread.run(named: "test") { thread in
                // An hour: the test would not end if this were slept through.
                #expect(!thread.wait(until: Clock.monotonic() + 3_600_000_000_000))
                return .success(())
            }
        }
        task.cancel()
        try await task.value
    }

    @Test func missedTicksAreLeftOutAndNeverBunched() {
        var ticks = FrameTicks(start: 1_000, framesPerSecond: 10)
        let interval: Int64 = 100_000_000
        #expect(ticks.next(now: 1_000) == 1_000)
        #expect(ticks.next(now: 1_500) == 1_000 + interval)
        // The reader held the thread for three and a half intervals.
        #expect(ticks.next(now: 1_000 + 4 * interval + interval / 2) == 1_000 + 5 * interval)
        #expect(ticks.index == 5)
        #expect(ticks.next(now: 1_000 + 5 * interval) == 1_000 + 6 * interval)
        #expect(ticks.next(now: 1_000 + 6 * interval) == 1_000 + 7 * interval)
    }
}

@Suite struct DemoTests {
    @Test func theSameOptionsGiveTheSamePictures() async throws {
        let folder = try TemporaryFolder()
        let photo = try photo(in: folder)
        var options = try DemoOptions(SourceURI("demo:?width=160&height=90&fps=10&duration=2"))
        func film() async throws -> [[UInt8]] {
            let seen = Seen()
            try await DemoSource(photo: photo, options: options, pacing: .everyFrame).run { seen.add($0) }
            #expect(seen.frames.map(\.mediaTime) == (0..<20).map { Double($0) / 10 })
            #expect(seen.frames.allSatisfy { $0.width == 160 && $0.height == 90 && $0.colorimetry == .full601 })
            return seen.frames.map(\.samples)
        }
        let first = try await film()
        #expect(first.count == 20)
        #expect(try await film() == first)
        options.phase = 9
        #expect(try await film() != first)
    }

    @Test func aPacedCameraEndsOrRunsUntilCancelled() async throws {
        let folder = try TemporaryFolder()
        let photo = try photo(in: folder)
        let options = try DemoOptions(SourceURI("demo:?width=64&height=64&fps=100&duration=0.1"))
        let seen = Seen()
        try await DemoSource(photo: photo, options: options, pacing: .realTime(loop: false)).run { seen.add($0) }
        #expect((1...10).contains(seen.frames.count))
        #expect(seen.frames.allSatisfy { $0.mediaTime == nil })
        let (enough, continuation) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await DemoSource(photo: photo, options: options).run { if $0.sequence == 20 { continuation.finish() } }
        }
        for await _ in enough {}
        task.cancel()
        try await task.value
    }

    @Test func aMissingPhotographNamesTheRemedy() async throws {
        let failure = await #expect(throws: SourceFailure.self) {
            try await DemoSource(photo: "/no/such/photo.jpg").run { _ in }
        }
        #expect(failure?.reason == .notFound)
        #expect(failure?.remedy?.contains("make setup") == true)
    }

    static let group: [Box] = (0..<29).map { (index: Int) -> Box in
        let x = Float(150 + 95 * index)
        let y = Float(700 + (index % 3) * 300)
        return Box(x: x, y: y, width: 110, height: 140)
    }

    @Test(arguments: [[], group, Array(group.prefix(1)), [Box(x: -50, y: 9_000, width: 3, height: 3)]])
    func theWayStaysInThePhotographAndIsSlow(_ faces: [Box]) {
        for (width, height) in [(3_000.0, 2_171.0), (1_280.0, 886.0), (500.0, 2_000.0), (40.0, 30.0)] {
            let path = DemoPath(photo: (width, height), output: (1_280, 720), faces: faces)
            #expect(path.duration > 0)
            var last = path.view(at: 0)
            for frame in 1...Int(path.duration * 15) + 30 {
                let view = path.view(at: Double(frame) / 15)
                #expect(view.x - view.width / 2 >= -0.001 && view.x + view.width / 2 <= width + 0.001)
                let rows = view.width * 720 / 1_280
                #expect(view.y - rows / 2 >= -0.001 && view.y + rows / 2 <= height + 0.001)
                // Pixels of the output by which its content moves: less than a fifth of the smallest face.
                let shift = hypot(view.x - last.x, view.y - last.y) / min(view.width, last.width) * 1_280
                #expect(shift < 12, "\(shift) pixels at \(Double(frame) / 15) s")
                #expect(abs(log(view.width / last.width)) < 0.04)
                last = view
            }
            #expect(path.view(at: path.duration * 3 + 1) == path.view(at: path.duration * 3 + 1))
        }
    }

    @Test func facesAreVisitedAtManySizes() {
        let path = DemoPath(photo: (3_000, 2_171), output: (1_280, 720), faces: Self.group)
        var sizes: [Double] = []
        var visited: Set<Int> = []
        for frame in 0..<Int(path.duration * 15) {
            let view = path.view(at: Double(frame) / 15)
            let scale = 1_280 / view.width
            sizes.append(110 * scale)
            for (index, face) in Self.group.enumerated() where 110 * scale >= 60 {
                let x = (Double(face.center.x) - view.x) * scale
                let y = (Double(face.center.y) - view.y) * scale
                if abs(x) < 560, abs(y) < 290 { visited.insert(index) }
            }
        }
        #expect(sizes.min()! > 55 && sizes.min()! < 70 && sizes.max()! > 170 && sizes.max()! < 225)
        #expect(visited.count >= 24)
    }

    @Test(arguments: [
        "demo:", "demo://", "demo:?width=640&height=480&fps=25&phase=3", "demo:?",
    ]) func addressesAreUnderstood(_ text: String) throws {
        let options = try DemoOptions(SourceURI(text))
        #expect(options.width == (text.contains("640") ? 640 : 1_280))
        #expect(options.framesPerSecond == (text.contains("25") ? 25 : 15))
    }

    @Test(arguments: [
        ("demo:?width=1", "width"), ("demo:?fps=0", "fps"), ("demo:?fps=nan", "fps"), ("demo:?height", "height"),
        ("demo:?colour=red", "colour"), ("demo:x", "query"), ("test:", "demo:"), ("demo:?width=1e99", "width"),
    ]) func wrongAddressesNameTheRule(_ text: String, _ word: String) {
        let failure = #expect(throws: SourceFailure.self) { try DemoOptions(SourceURI(text)) }
        #expect(failure?.reason == .badAddress && failure?.message.contains(word) == true)
    }

    /// A slope of luma: sampled at fractions of a pixel it must give the fractions of its values.
    @Test func theLensSeesFractionsOfAPixel() async throws {
        let folder = try TemporaryFolder()
        let photo = try photo(in: folder)
        let seen = Seen()
        // Long enough to move from one face to the next.
        var options = DemoOptions()
        (options.width, options.height, options.framesPerSecond, options.duration) = (160, 90, 30, 40)
        try await DemoSource(photo: photo, options: options, pacing: .everyFrame).run { seen.add($0) }
        // Neighbouring pictures differ by little, and no two moving ones are equal: no trembling, no standing still.
        let means = seen.frames.map { frame in
            (0..<160).reduce(0.0) { $0 + Double(frame.planes.y[45 * frame.planes.yStride + $1]) } / 160
        }
        let steps = zip(means, means.dropFirst()).map { $1 - $0 }
        #expect(steps.allSatisfy { abs($0) < 3 })
        let moving = steps.filter { $0 != 0 }
        #expect(moving.count > 60)
        let reversals = zip(moving, moving.dropFirst()).filter { $0 * $1 < 0 }
        #expect(reversals.count < moving.count / 5, "\(reversals.count) of \(moving.count) steps change direction")
    }

    private func photo(in folder: TemporaryFolder) throws -> String {
        let slope = Frame.made(width: 1_200, height: 800) { x, _ in (UInt8(20 + x * 200 / 1_200), 128, 128) }
        return try folder.write(
            try ImageCodec().jpeg(of: slope, faces: [], maximumWidth: nil, quality: 98), as: "photo.jpg")
    }
}

/// Frames as they came, from any thread.
final class Seen: Sendable {
    private let all = Mutex<[Frame]>([])
    var frames: [Frame] { all.withLock { $0 } }
    func add(_ frame: Frame) { all.withLock { $0.append(frame) } }
}
