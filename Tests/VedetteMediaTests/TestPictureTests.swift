import Foundation
import Synchronization
import Testing
import VedetteCore

@testable import VedetteMedia

@Suite struct TestPictureTests {
    private func source(_ options: String) throws -> VideoSource {
        try VideoSource(SourceURI("test:" + options), pacing: .realTime(loop: false))
    }

    @Test func framesHaveTheAskedSizeAndCountUp() async throws {
        let result = await run(try source("?width=320&height=180&fps=50&frames=20"))
        #expect(result.failure == nil)
        #expect(result.frames.count > 10)
        #expect(result.frames.allSatisfy { $0.width == 320 && $0.height == 180 && $0.mediaTime == nil })
        #expect(result.frames.first?.sequence == 0)
        #expect(
            zip(result.frames, result.frames.dropFirst()).allSatisfy {
                $0.sequence < $1.sequence && $0.capture < $1.capture
            })
        #expect(result.frames.allSatisfy { $0.capture <= $0.arrival && $0.capture > $0.arrival - 2_000_000_000 })
    }

    @Test func itComesAtItsPace() async throws {
        let start = Clock.monotonic()
        let result = await run(try source("?width=64&height=64&fps=20&frames=20"))
        #expect(result.failure == nil)
        #expect(Clock.seconds(since: start) > 0.8)
    }

    @Test func theClockIsDrawnAndMoves() async throws {
        let pictures = Mutex<Set<[UInt8]>>([])
        let result = await run(try source("?width=640&height=360&fps=20&frames=12")) { frame in
            // The plate of the clock: dark ground and light digits.
            var plate: [UInt8] = []
            for row in 6..<45 {
                plate += UnsafeBufferPointer(start: frame.planes.y + row * frame.planes.yStride + 6, count: 195)
            }
            pictures.withLock { _ = $0.insert(plate) }
        }
        #expect(result.failure == nil)
        let plates = pictures.withLock { $0 }
        #expect(plates.count > 6, "milliseconds change in every frame")
        for plate in plates { #expect(Set(plate) == [16, 235]) }
    }

    @Test func aBusyReaderGetsTheNewestFrame() async throws {
        let result = await run(try source("?width=64&height=64&fps=100&frames=100")) { _ in
            Thread.sleep(forTimeInterval: 0.05)
        }
        let frames = result.frames
        #expect(frames.count < 50)
        #expect(
            zip(frames, frames.dropFirst()).contains { $1.sequence > $0.sequence + 1 }, "what was dropped leaves a gap")
        // At most the frame that waited while the one before was being read.
        #expect(frames.allSatisfy { $0.arrival - $0.capture < 500_000_000 })
    }

    @Test func cancellingEndsItPromptly() async throws {
        let result = await run(try source(""), frames: 3)
        #expect(result.failure == nil && !result.ranOut)
        #expect(result.stopping < 1)
    }

    @Test func framesOutliveTheirSource() async throws {
        let result = await run(try source("?width=128&height=96&frames=3"))
        let frame = try #require(result.last)
        var sum = 0
        for row in 0..<frame.height {
            for column in 0..<frame.width { sum += Int(frame.planes.y[row * frame.planes.yStride + column]) }
        }
        #expect(sum > 16 * frame.width * frame.height)
    }
}
