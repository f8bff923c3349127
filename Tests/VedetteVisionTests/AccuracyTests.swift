import Foundation
import Testing
import VedetteCore
import VedetteImages
import VedetteVision

/// The committed accuracy of the packs on real pictures. A regression fails; an improvement may raise the figures.
@Suite(
    .serialized,
    .enabled(if: TestEnvironment.hasRuntime && TestEnvironment.hasData, "models or pictures are missing, see the log"))
struct AccuracyTests {
    private let codec: any PictureCodec = ImageCodec()

    private func engine(_ name: String, precision: DetectorPrecision = .fp32) throws -> FaceEngine {
        try FaceEngine(
            pack: try TestEnvironment.pack(name), runtime: try TestEnvironment.runtime.get(), workers: 2,
            precision: precision)
    }

    private func frame(_ path: String) throws -> Frame {
        let bytes = try #require(FileManager.default.contents(atPath: TestEnvironment.data + "/" + path), "\(path)")
        return try codec.decode(Array(bytes))
    }

    /// The rows of a table below its heading.
    private func rows(_ path: String) throws -> [[String]] {
        let text = try String(contentsOfFile: TestEnvironment.data + "/" + path, encoding: .utf8)
        return text.split(whereSeparator: \.isNewline).dropFirst().map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    private func box(_ row: [String], from column: Int) throws -> Box {
        let numbers = try row[column..<column + 4].map { try #require(Float($0)) }
        return Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }

    /// A Python reference with the same model at the same input sizes finds 0.8215 of the hard faces.
    @Test(arguments: [
        ("scrfd-sface", DetectorPrecision.fp32, 0.82), ("scrfd-sface", .int8, 0.81), ("yunet-sface", .fp32, 0.735),
    ])
    func findsTheFacesOfWIDER(pack: String, precision: DetectorPrecision, recall: Double) throws {
        guard try precision == .fp32 || TestEnvironment.pack(pack).detector.int8 != nil else { return }
        let detector = try engine(pack, precision: precision).detector
        var found = 0
        var total = 0
        for (image, faces) in Dictionary(grouping: try rows("det_wider/gt.csv"), by: { $0[0] }) {
            let detections = try detector.detect(in: try frame("det_wider/" + image), minimumScore: 0.3)
            for face in faces where face[7] == "1" {
                let truth = try box(face, from: 1)
                total += 1
                if detections.contains(where: { $0.box.intersectionOverUnion(truth) >= 0.5 }) { found += 1 }
            }
        }
        #expect(total == 465)
        #expect(Double(found) / Double(total) >= recall, "\(found) of \(total)")
    }

    @Test(arguments: ["scrfd-sface", "yunet-sface"], ["t1.jpg", "multiface.jpg"])
    func findsSixFacesInAGroupPhoto(pack: String, image: String) throws {
        let detections = try engine(pack).detector.detect(in: try frame("det_extra/" + image), minimumScore: 0.5)
        #expect(detections.count == 6)
        for row in try rows("det_extra/gt.csv") where row[0] == image {
            let truth = try box(row, from: 1)
            #expect(detections.contains { $0.box.intersectionOverUnion(truth) > 0.5 })
        }
    }

    /// LFW's fold 1, 600 pairs: the best threshold is right in 0.995 of them.
    @Test(arguments: [("scrfd-sface", 0.9933), ("yunet-sface", 0.99)])
    func tellsPeopleApart(pack: String, accuracy: Double) async throws {
        let engine = try engine(pack)
        let pairs = try rows("faces_lfw/pairs.csv")
        let images = Set(pairs.flatMap { $0[0...1] }).sorted()
        let embedded = try await withThrowingTaskGroup(of: [(String, EmbeddedFace)].self) { group in
            for start in 0..<2 {
                group.addTask {
                    try stride(from: start, to: images.count, by: 2).map {
                        (images[$0], try embedMiddleFace(of: images[$0], with: engine))
                    }
                }
            }
            return try await group.reduce(into: [:]) { all, part in
                all.merge(part) { first, _ in first }
            }
        }
        let scored = try pairs.map { pair in
            let first = try #require(embedded[pair[0]]).embedding
            return (similarity: first.similarity(to: try #require(embedded[pair[1]]).embedding), same: pair[2] == "1")
        }
        let best =
            scored.map { limit in
                scored.count { ($0.similarity >= limit.similarity) == $0.same }
            }.max() ?? 0
        #expect(Double(best) / Double(scored.count) >= accuracy, "\(best) of \(scored.count)")
        // Press photos are good enough to enrol: the median is perfect and few are poor.
        let qualities = embedded.values.map(\.quality.overall).sorted()
        #expect(qualities[qualities.count / 2] > 0.95)
        #expect(qualities[qualities.count / 10] > 0.7)
    }

    private func embedMiddleFace(of image: String, with engine: FaceEngine) throws -> EmbeddedFace {
        let frame = try frame("faces_lfw/" + image)
        let faces = try engine.detector.detect(in: frame, minimumScore: 0.3)
        let face = faces.min { $0.box.center.distance(toMiddleOf: frame) < $1.box.center.distance(toMiddleOf: frame) }
        return try engine.embedder.embed(try #require(face, "\(image)"), in: frame)
    }

    /// The same photos far away, out of focus: the quality must say so.
    @Test func judgesSpoiltPhotosAsPoor() throws {
        let engine = try engine("scrfd-sface")
        var small: [Float] = []
        var blurred: [Float] = []
        for image in try rows("faces_lfw/ident_gallery.csv").prefix(20).map({ $0[0] }) {
            let photo = try frame("faces_lfw/" + image)
            // A face of about 90 pixels becomes one of about 20, or is blurred beyond recognition.
            let far = SyntheticFrame.reduced(photo, by: 5, canvas: 320)
            if let face = try engine.detector.detect(in: far, minimumScore: 0.3).first {
                small.append(engine.embedder.quality(of: face, in: far).overall)
            }
            let soft = SyntheticFrame.blurred(photo, radius: 5, passes: 3)
            if let face = try engine.detector.detect(in: soft, minimumScore: 0.3).first {
                blurred.append(engine.embedder.quality(of: face, in: soft).overall)
            }
        }
        #expect(small.count > 10 && blurred.count > 10)
        #expect(small.sorted()[small.count / 2] < 0.3)
        #expect(blurred.sorted()[blurred.count / 2] < 0.3)
    }
}

extension Point {
    fileprivate func distance(toMiddleOf frame: Frame) -> Float {
        let dx = x - Float(frame.width) / 2
        let dy = y - Float(frame.height) / 2
        return dx * dx + dy * dy
    }
}

extension SyntheticFrame {
    /// The picture averaged down by a whole factor, in the middle of a grey square.
    fileprivate static func reduced(_ frame: Frame, by factor: Int, canvas: Int) -> Frame {
        let width = frame.width / factor
        let height = frame.height / factor
        let left = (canvas - width) / 2
        let top = (canvas - height) / 2
        return make(width: canvas, height: canvas, colorimetry: frame.colorimetry) { x, y in
            guard (left..<left + width).contains(x), (top..<top + height).contains(y) else { return 110 }
            var sum = 0
            for dy in 0..<factor {
                for dx in 0..<factor {
                    let row = (y - top) * factor + dy
                    sum += Int(frame.planes.y[row * frame.planes.yStride + (x - left) * factor + dx])
                }
            }
            return UInt8(sum / (factor * factor))
        }
    }

    /// The grey picture after `passes` averages over (2 radius + 1) pixels each way: nearly a Gaussian.
    fileprivate static func blurred(_ frame: Frame, radius: Int, passes: Int) -> Frame {
        let width = frame.width
        let height = frame.height
        var plane = (0..<width * height).map { Int(frame.planes.y[$0 / width * frame.planes.yStride + $0 % width]) }
        for pass in 0..<2 * passes {
            let before = plane
            let across = pass % 2 == 0
            for y in 0..<height {
                for x in 0..<width {
                    var sum = 0
                    for offset in -radius...radius {
                        let column = across ? min(max(x + offset, 0), width - 1) : x
                        let row = across ? y : min(max(y + offset, 0), height - 1)
                        sum += before[row * width + column]
                    }
                    plane[y * width + x] = sum / (2 * radius + 1)
                }
            }
        }
        return make(
            width: width, height: height, colorimetry: frame.colorimetry, luma: { x, y in UInt8(plane[y * width + x]) })
    }
}
