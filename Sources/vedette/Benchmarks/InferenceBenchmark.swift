import Foundation
import Synchronization
import VedetteCore

/// Times detector and embedder on a frame of noise, in which nothing is found: the time of the models and of the pixels.
struct InferenceBenchmark {
    let engine: Engine
    let width: Int
    let height: Int
    let runs: Int

    func run() async throws -> Bench.Inference.Report {
        let frame = noise()
        let middle = Point(x: Float(width) / 2, y: Float(height) / 2)
        let side = Float(min(width, height)) / 3
        func at(_ x: Float, _ y: Float) -> Point { Point(x: middle.x + x * side, y: middle.y + y * side) }
        let face = Detection(
            box: Box(x: middle.x - side / 2, y: middle.y - side / 2, width: side, height: side), score: 1,
            landmarks: Landmarks(
                leftEye: at(-0.2, -0.2), rightEye: at(0.2, -0.2), nose: at(0, 0.05), leftMouth: at(-0.15, 0.25),
                rightMouth: at(0.15, 0.25)))
        let detection = try time { _ = try engine.detector.detect(in: frame, minimumScore: 0.5) }
        let embedding = try time { _ = try engine.embedder.embed(face, in: frame) }
        let together = try rate(callers: engine.workers, frame) / rate(callers: 1, frame)
        guard let detection = Bench.Quantiles(detection), let embedding = Bench.Quantiles(embedding) else {
            throw Files.Failure(message: "nothing was measured")
        }
        return Bench.Inference.Report(
            detection: detection, embedding: embedding, scaling: together, workers: engine.workers)
    }

    private func noise() -> Frame {
        var seed: UInt32 = 1
        return FramePool(width: width, height: height).frame(
            colorimetry: .limited601, captureTime: .now(), sequence: 0
        ) { planes in
            func fill(_ plane: UnsafeMutablePointer<UInt8>, _ count: Int) {
                for index in 0..<count {
                    seed = seed &* 1_664_525 &+ 1_013_904_223
                    plane[index] = UInt8(16 + (seed >> 24) * 219 / 255)
                }
            }
            fill(planes.y, planes.yStride * height)
            fill(planes.u, planes.uStride * ((height + 1) / 2))
            fill(planes.v, planes.vStride * ((height + 1) / 2))
        }
    }

    private func time(_ work: () throws -> Void) rethrows -> [Double] {
        for _ in 0..<3 { try work() }
        return try (0..<runs).map { _ in
            let start = Clock.monotonic()
            try work()
            return Clock.seconds(since: start) * 1000
        }
    }

    private func rate(callers: Int, _ frame: Frame) throws -> Double {
        let failure = Mutex<(any Error)?>(nil)
        let start = Clock.monotonic()
        DispatchQueue.concurrentPerform(iterations: callers) { _ in
            do {
                for _ in 0..<runs { _ = try engine.detector.detect(in: frame, minimumScore: 0.5) }
            } catch {
                failure.withLock { $0 = error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        return Double(runs * callers) / Clock.seconds(since: start)
    }
}
