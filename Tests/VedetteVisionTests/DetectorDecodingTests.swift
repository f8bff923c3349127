import Foundation
import Testing
import VedetteCore

@testable import VedetteVision

@Suite struct SCRFDDecodingTests {
    /// One anchor of each stride, with values as the network gives them.
    @Test(arguments: [
        (stride: 8, cell: 0, anchor: 0, box: Box(x: -8, y: -16, width: 32, height: 48)),
        (stride: 8, cell: 13, anchor: 1, box: Box(x: 96, y: -16, width: 32, height: 48)),
        (stride: 16, cell: 11, anchor: 0, box: Box(x: 32, y: -16, width: 64, height: 96)),
        (stride: 32, cell: 5, anchor: 1, box: Box(x: 0, y: -32, width: 128, height: 192)),
    ])
    func decodesAnAnchor(stride: Int, cell: Int, anchor: Int, box: Box) throws {
        let heads = try #require(
            withHeads(.scrfd, width: 128, height: 64, anchors: 2) {
                SCRFDHead.heads(of: $0, widths: $1, inputWidth: 128, inputHeight: 64)
            })
        let head = try #require(heads.first { $0.stride == stride })
        let count = (128 / stride) * (64 / stride) * 2
        let index = 2 * cell + anchor
        var outputs = head.emptyOutputs(count: count)
        outputs[head.score][index] = 0.75
        outputs[head.box].replaceSubrange(4 * index..<4 * index + 4, with: [1, 2, 3, 4])
        outputs[head.landmarks].replaceSubrange(
            10 * index..<10 * index + 10, with: [0, 0, 1, 0, 0.5, 0.5, 0, 1, 1, 1])
        var found: [Detection] = []
        withOutputs(outputs) { head.decode($0, minimumScore: 0.5, into: &found) }
        let detection = try #require(found.first)
        #expect(found.count == 1)
        let column = Float(cell % (128 / stride) * stride)
        let row = Float(cell / (128 / stride) * stride)
        let unit = Float(stride)
        #expect(detection.score == 0.75)
        #expect(detection.box == Box(x: column - unit, y: row - 2 * unit, width: 4 * unit, height: 6 * unit))
        #expect(detection.box.width == box.width && detection.box.height == box.height)
        #expect(detection.landmarks?.leftEye == Point(x: column, y: row))
        #expect(detection.landmarks?.nose == Point(x: column + unit / 2, y: row + unit / 2))
        #expect(detection.landmarks?.rightMouth == Point(x: column + unit, y: row + unit))
    }

    @Test func takesScoresFromTheMinimumOn() throws {
        let heads = withHeads(.scrfd, width: 64, height: 64, anchors: 2) {
            SCRFDHead.heads(of: $0, widths: $1, inputWidth: 64, inputHeight: 64)
        }
        let head = try #require(heads?.first)
        var outputs = head.emptyOutputs(count: 128)
        outputs[head.score][0] = 0.5
        outputs[head.score][1] = 0.4999
        outputs[head.score][2] = .nan
        var found: [Detection] = []
        withOutputs(outputs) { head.decode($0, minimumScore: 0.5, into: &found) }
        #expect(found.map(\.score) == [0.5])
    }

    /// InsightFace's files name their outputs by number and order them by kind; others order them by stride.
    @Test func findsTheHeadsInAnyOrder() throws {
        func heads(reversed: Bool, inputHeight: Int = 384) -> [SCRFDHead]? {
            withHeads(.scrfd, width: 640, height: 384, anchors: 2) { outputs, widths in
                let buffers = (0..<outputs.count).map { outputs[$0] }
                return SCRFDHead.heads(
                    of: ModelOutputs(reversed ? buffers.reversed() : buffers),
                    widths: reversed ? widths.reversed() : widths,
                    inputWidth: 640, inputHeight: inputHeight)
            }
        }
        let plain = try #require(heads(reversed: false))
        #expect(plain.map(\.stride) == [8, 16, 32])
        #expect(plain.map(\.columns) == [80, 40, 20])
        let reversed = try #require(heads(reversed: true))
        #expect(reversed.map(\.score) == plain.map { 8 - $0.score })
        #expect(reversed.map(\.landmarks) == plain.map { 8 - $0.landmarks })
        #expect(heads(reversed: false, inputHeight: 640) == nil)
    }
}

@Suite struct YuNetDecodingTests {
    @Test(arguments: [8, 16, 32])
    func decodesACell(stride: Int) throws {
        let heads = try #require(
            withHeads(.yunet, width: 128, height: 96, anchors: 1) {
                YuNetHead.heads(of: $0, widths: $1, inputWidth: 128, inputHeight: 96)
            })
        let head = try #require(heads.first { $0.stride == stride })
        let columns = 128 / stride
        let count = columns * (96 / stride)
        let cell = columns + 2
        var outputs = [[Float]](repeating: [], count: 12)
        for score in head.scores { outputs[score] = [Float](repeating: 0, count: count) }
        outputs[head.box] = [Float](repeating: 0, count: 4 * count)
        outputs[head.landmarks] = [Float](repeating: 0, count: 10 * count)
        outputs[head.scores[0]][cell] = 0.81
        outputs[head.scores[1]][cell] = 1.2  // clamped to 1
        outputs[head.box].replaceSubrange(4 * cell..<4 * cell + 4, with: [0.5, -0.25, log(2), log(3)])
        outputs[head.landmarks].replaceSubrange(
            10 * cell..<10 * cell + 10, with: [-0.5, 0, 0.5, 0, 0, 0.25, -0.5, 1, 0.5, 1])
        var found: [Detection] = []
        withOutputs(outputs) { head.decode($0, minimumScore: 0.9 - 1e-4, into: &found) }
        let detection = try #require(found.first)
        #expect(found.count == 1)
        let unit = Float(stride)
        #expect(abs(detection.score - 0.9) < 1e-5)
        #expect(abs(detection.box.center.x - 2.5 * unit) < 1e-3)
        #expect(abs(detection.box.center.y - 0.75 * unit) < 1e-3)
        #expect(abs(detection.box.width - 2 * unit) < 1e-3)
        #expect(abs(detection.box.height - 3 * unit) < 1e-3)
        #expect(detection.landmarks?.leftEye == Point(x: 1.5 * unit, y: unit))
        #expect(detection.landmarks?.rightMouth == Point(x: 2.5 * unit, y: 2 * unit))
        found = []
        withOutputs(outputs) { head.decode($0, minimumScore: 0.91, into: &found) }
        #expect(found.isEmpty)
    }
}

@Suite struct DetectorTests {
    private static let layout = InputLayout(mean: 127.5, scale: 1 / 128, order: .rgb)

    /// The network sees a white square and answers with the anchor where it lies; the detection is in the frame's
    /// pixels.
    @Test func findsAWhiteSquareInTheFrame() throws {
        let runtime = FakeRuntime(["d.onnx": .scrfd]) { input, signature in
            let width = signature.inputs[0].shape[3]
            let brightest = input[0..<input.count / 3].enumerated().filter { $0.element > 0.9 }.map(\.offset)
            let x = brightest.map { $0 % width }.min() ?? 0
            let y = brightest.map { $0 / width }.min() ?? 0
            var outputs = signature.outputs.map { [Float](repeating: 0, count: $0.count ?? 0) }
            let anchor = (y / 8 * (width / 8) + x / 8) * 2
            outputs[0][anchor] = 0.9
            outputs[3].replaceSubrange(4 * anchor..<4 * anchor + 4, with: [0, 0, 4, 4])
            return outputs
        }
        let frame = SyntheticFrame.make(
            width: 1280, height: 720, luma: { x, y in (320..<384).contains(x) && (160..<224).contains(y) ? 235 : 16 })
        let detector = try SCRFDDetector(file: "d.onnx", layout: Self.layout, workers: 1, runtime: runtime)
        let found = try detector.detect(in: frame, minimumScore: 0.5)
        #expect(found.map(\.box) == [Box(x: 320, y: 160, width: 64, height: 64)])
        #expect(runtime.loads == [[1, 3, 384, 640]])
        #expect(try detector.detect(in: frame, minimumScore: 0.95).isEmpty)
        #expect(runtime.loads.count == 1)
    }

    @Test func keepsToTheSizeOfAFixedModel() throws {
        var signature = ModelSignature.scrfd
        signature.inputs[0].shape = [1, 3, 320, 320]
        let runtime = FakeRuntime(["d.onnx": signature])
        let detector = try SCRFDDetector(file: "d.onnx", layout: Self.layout, workers: 1, runtime: runtime)
        let frame = SyntheticFrame.make(width: 1280, height: 720, luma: { _, _ in 16 })
        #expect(try detector.detect(in: frame, minimumScore: 0.5).isEmpty)
        #expect(runtime.loads == [[1, 3, 320, 320]])
    }

    @Test func refusesAModelOfAnotherKind() {
        let runtime = FakeRuntime(["s.onnx": .scrfd, "y.onnx": .yunet, "e.onnx": .arcFace(length: 128)])
        for file in ["y.onnx", "e.onnx"] {
            let error = #expect(throws: VisionError.self) {
                try SCRFDDetector(file: file, layout: Self.layout, workers: 1, runtime: runtime)
            }
            #expect(error?.code == .modelInvalid)
            #expect(error?.message.contains(file) == true)
        }
        for file in ["s.onnx", "e.onnx"] {
            let error = #expect(throws: VisionError.self) {
                try YuNetDetector(file: file, layout: Self.layout, workers: 1, runtime: runtime)
            }
            #expect(error?.code == .modelInvalid)
        }
        for file in ["s.onnx", "y.onnx"] {
            let error = #expect(throws: VisionError.self) {
                try OnnxEmbedder(
                    file: file, model: "m", length: 128, layout: Self.layout, workers: 1, runtime: runtime)
            }
            #expect(error?.code == .modelInvalid)
        }
        let wrongLength = #expect(throws: VisionError.self) {
            try OnnxEmbedder(
                file: "e.onnx", model: "m", length: 512, layout: Self.layout, workers: 1, runtime: runtime)
        }
        #expect(wrongLength?.message.contains("128") == true)
    }

    @Test(arguments: [0, 63, 4097, -5])
    func refusesASizeOutOfRange(size: Int) {
        let error = #expect(throws: VisionError.self) {
            try SCRFDDetector(
                file: "d.onnx", layout: Self.layout, longSide: size, workers: 1,
                runtime: FakeRuntime(["d.onnx": .scrfd]))
        }
        #expect(error?.code == .settingInvalid)
    }
}

@Suite struct ShapedModelsTests {
    @Test func compilesAShapeOnceForAllCallers() async throws {
        let runtime = FakeRuntime(["d.onnx": .scrfd])
        let models = ShapedModels { try runtime.load("d.onnx", inputShape: $0, workers: 1) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<32 {
                group.addTask { _ = try models.model(for: [1, 3, 32 * (1 + index % 3), 64]) }
            }
            try await group.waitForAll()
        }
        #expect(runtime.loads.count == 3)
    }

    @Test func compilesTheFirstShapesApartAndOthersTogether() throws {
        let runtime = FakeRuntime(["d.onnx": .scrfd])
        let models = ShapedModels { try runtime.load("d.onnx", inputShape: $0, workers: 1) }
        for side in [32, 64, 96, 128, 160, 192, 224, 32, 160] { _ = try models.model(for: [1, 3, side, 32]) }
        #expect(runtime.loads == [[1, 3, 32, 32], [1, 3, 64, 32], [1, 3, 96, 32], nil])
    }

    @Test func givesAFrequentShapeThePlaceOfOneThatIsNoLongerUsed() throws {
        let runtime = FakeRuntime(["d.onnx": .scrfd])
        let models = ShapedModels { try runtime.load("d.onnx", inputShape: $0, workers: 1) }
        for side in [32, 64, 96, 32] { _ = try models.model(for: [1, 3, side, 32]) }  // 64 is the oldest
        for _ in 0..<ShapedModels.promotion { _ = try models.model(for: [1, 3, 160, 32]) }
        #expect(runtime.loads.last == .some(nil))
        _ = try models.model(for: [1, 3, 160, 32])
        #expect(runtime.loads.last == [1, 3, 160, 32])
        #expect(runtime.loads.count == 5)
        for side in [32, 96, 160] { _ = try models.model(for: [1, 3, side, 32]) }
        #expect(runtime.loads.count == 5)
        _ = try models.model(for: [1, 3, 64, 32])  // without a place, so by the open model
        #expect(runtime.loads.count == 5)
    }

    @Test func doesNotTakeTurnsWhenMoreShapesAreInUseThanPlaces() throws {
        let runtime = FakeRuntime(["d.onnx": .scrfd])
        let models = ShapedModels { try runtime.load("d.onnx", inputShape: $0, workers: 1) }
        for _ in 0..<10 * ShapedModels.promotion {
            for side in [32, 64, 96, 128, 160] { _ = try models.model(for: [1, 3, side, 32]) }
        }
        #expect(runtime.loads.count == 4)
    }

    @Test func triesAgainAfterAFailure() throws {
        let runtime = FakeRuntime(["d.onnx": .scrfd])
        let flag = Flag()
        let models = ShapedModels { shape in
            if flag.raise() { throw VisionError(.modelInvalid, "no") }
            return try runtime.load("d.onnx", inputShape: shape, workers: 1)
        }
        #expect(throws: VisionError.self) { try models.model(for: [1, 3, 32, 32]) }
        _ = try models.model(for: [1, 3, 32, 32])
        #expect(runtime.loads.count == 1)
    }
}

private func withOutputs<Result>(
    _ lists: [[Float]], _ body: (ModelOutputs) throws -> Result
) rethrows -> Result {
    let buffers = lists.map { list in
        let copy = UnsafeMutableBufferPointer<Float>.allocate(capacity: list.count)
        _ = copy.initialize(from: list)
        return copy
    }
    defer { buffers.forEach { $0.deallocate() } }
    return try body(ModelOutputs(buffers.map { UnsafeBufferPointer($0) }))
}

extension SCRFDHead {
    fileprivate func emptyOutputs(count: Int) -> [[Float]] {
        var outputs = [[Float]](repeating: [], count: 9)
        outputs[score] = [Float](repeating: 0, count: count)
        outputs[box] = [Float](repeating: 0, count: 4 * count)
        outputs[landmarks] = [Float](repeating: 0, count: 10 * count)
        return outputs
    }
}

/// Outputs of the right sizes, all 0.
private func withHeads<Result>(
    _ signature: ModelSignature, width: Int, height: Int, anchors: Int,
    _ body: (ModelOutputs, _ widths: [Int]) throws -> Result
) rethrows -> Result {
    let widths = signature.outputs.map { $0.shape.last ?? 0 }
    let lists = widths.enumerated().map { index, numbers in
        let stride = [8, 16, 32][index % 3]
        return [Float](repeating: 0, count: (width / stride) * (height / stride) * anchors * numbers)
    }
    return try withOutputs(lists) { try body($0, widths) }
}
