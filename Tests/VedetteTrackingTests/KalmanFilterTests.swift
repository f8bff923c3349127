import Testing
import VedetteCore

@testable import VedetteTracking

@Suite struct KalmanFilterTests {
    private let box = Box(x: 100, y: 50, width: 40, height: 80)

    @Test func startsAtTheBoxAndStaysWithoutVelocity() {
        var filter = KalmanFilter(box)
        filter.predict(seconds: 0.5)
        #expect(filter.box == box)
        #expect(filter.velocity == .zero)
    }

    @Test func hasTheUsualNoiseAtThirtyFramesASecond() {
        // SORT and ByteTrack: 2/20 and 10/160 of the height to begin with, 1/20 and 1/160 per frame; a position that is
        // predicted once has the variance 2² + (10/8)² + 1² in units of (1/20)².
        var filter = KalmanFilter(box)
        let unit = (box.height / 20) * (box.height / 20)
        #expect(abs(filter.positionVariance - 4 * unit) < 1e-3)
        filter.predict(seconds: 1.0 / 30)
        #expect(abs(filter.positionVariance - (4 + 100 / 64 + 1) * unit) < 1e-2)
        // The measurement has the variance 1² of that unit.
        filter.correct(box)
        let predicted: Float = 4 + 100 / 64 + 1
        #expect(abs(filter.positionVariance - predicted / (predicted + 1) * unit) < 1e-2)
    }

    @Test(arguments: [2, 5, 30])
    func manySmallStepsAreOneLargeStep(steps: Int) {
        var whole = KalmanFilter(box)
        whole.predict(seconds: 0.1)
        whole.correct(Box(x: 104, y: 49, width: 41, height: 81))
        var parts = whole
        whole.predict(seconds: 0.4)
        for _ in 0..<steps { parts.predict(seconds: 0.4 / Float(steps)) }
        #expect(abs(whole.positionVariance - parts.positionVariance) < 1e-3 * whole.positionVariance)
        #expect(abs(whole.box.x - parts.box.x) < 1e-3)
        let measured = Box(x: 120, y: 45, width: 42, height: 82)
        whole.correct(measured)
        parts.correct(measured)
        #expect(abs(whole.velocity.x - parts.velocity.x) < 1e-3 * abs(whole.velocity.x))
        #expect(abs(whole.box.height - parts.box.height) < 1e-3)
    }

    @Test(arguments: [Float(30), 10, 5, 3])
    func learnsTheVelocityInPixelsPerSecondAtAnyFrameRate(rate: Float) {
        var filter = KalmanFilter(box)
        for frame in 1...Int(rate * 3) {
            filter.predict(seconds: 1 / rate)
            let moved = Float(frame) / rate
            filter.correct(Box(x: 100 + 120 * moved, y: 50 - 30 * moved, width: 40, height: 80))
        }
        #expect(abs(filter.velocity.x - 120) < 6)
        #expect(abs(filter.velocity.y + 30) < 6)
        #expect(abs(filter.velocity.w) < 1)
    }

    @Test func holdsItsSizeWhenToldTo() {
        var filter = KalmanFilter(box)
        for growth in 1...10 {
            filter.predict(seconds: 0.1)
            filter.correct(Box(x: 100, y: 50, width: 40 + Float(growth) * 4, height: 80 + Float(growth) * 8))
        }
        var free = filter
        filter.holdSize()
        let before = filter.box.height
        filter.predict(seconds: 1)
        free.predict(seconds: 1)
        #expect(abs(filter.box.height - before) < 1e-3)
        #expect(free.box.height > before + 20)
    }

    @Test func neverShrinksBelowAPixel() {
        var filter = KalmanFilter(box)
        for step in 1...8 {
            filter.predict(seconds: 0.1)
            let side = 40 - Float(step) * 4.5
            filter.correct(Box(x: 100, y: 50, width: side, height: side))
        }
        filter.predict(seconds: 10)
        #expect(filter.box.width >= 1 && filter.box.height >= 1)
    }
}
