import CImages
import Testing
import VedetteCore

@testable import VedetteImages

@Suite struct OverlayTests {
    let painter = OverlayPainter()

    @Test(arguments: OverlayFace.Style.allCases) func theLineHasTheColourOfTheStyle(_ style: OverlayFace.Style) {
        let canvas = Canvas(width: 640, height: 480)
        painter.draw(
            [OverlayFace(box: Box(x: 100, y: 100, width: 200, height: 160), label: "", style: style)],
            on: canvas.planes,
            scale: 1)
        let colour = style.colour
        for (x, y) in [(100, 100), (299, 100), (100, 259), (299, 259), (101, 101)] {
            #expect(canvas.frame.colour(x: x, y: y) == RGB(y: colour.y, u: colour.u, v: colour.v), "at \(x), \(y)")
        }
        #expect(
            canvas.changed.allSatisfy { x, y in
                (100..<300).contains(x) && (100..<260).contains(y)
            })
        #expect(canvas.frame.colour(x: 200, y: 180) == RGB(128, 128, 128))
    }

    @Test func eachStyleHasAShapeOfItsOwn() {
        var shapes: Set<[Bool]> = []
        for style in OverlayFace.Style.allCases {
            let canvas = Canvas(width: 640, height: 480)
            painter.draw(
                [OverlayFace(box: Box(x: 100, y: 100, width: 200, height: 160), label: "", style: style)],
                on: canvas.planes, scale: 1)
            let touched = Set(canvas.changed.map { $0 * 1000 + $1 })
            shapes.insert((100..<300).flatMap { x in (100..<260).map { touched.contains(x * 1000 + $0) } })
        }
        #expect(shapes.count == OverlayFace.Style.allCases.count)
    }

    @Test(arguments: OverlayFace.Style.allCases) func lettersStandOutFromTheirPlate(_ style: OverlayFace.Style) {
        let plate = luminance(style.hex)
        let ink = style.ink.y == 0 ? 0.0 : 1.0
        // WCAG 2.2, success criterion 1.4.3.
        #expect((max(plate, ink) + 0.05) / (min(plate, ink) + 0.05) >= 4.5)
    }

    @Test(arguments: [(1, 1), (3, 5), (2, 60), (64, 48), (333, 201), (1280, 720)])
    func nothingIsEverDrawnOutside(_ width: Int, _ height: Int) {
        let numbers: [Float] = [
            0, -0.0, 1, 17.5, -40, 300, 1e9, -1e9, .infinity, -.infinity, .nan, .greatestFiniteMagnitude, 1e-30, 719,
            1279,
        ]
        let canvas = Canvas(width: width, height: height)
        var random = SeededGenerator(seed: UInt64(width * 10_000 + height))
        for _ in 0..<400 {
            func number() -> Float { numbers.randomElement(using: &random)! }
            let faces = (0..<3).map { index in
                OverlayFace(
                    box: Box(x: number(), y: number(), width: number(), height: number()),
                    label: ["", "Ada 0.91", String(repeating: "W", count: 300)][index],
                    style: OverlayFace.Style.allCases.randomElement(using: &random)!)
            }
            painter.draw(faces, on: canvas.planes, scale: [1, 0.37, 0, -1].randomElement(using: &random)!)
        }
        #expect(canvas.guardsAreIntact)
    }

    @Test func aBoxOutsideThePictureDrawsNothing() {
        let canvas = Canvas(width: 640, height: 480)
        let boxes = [
            Box(x: 700, y: 10, width: 50, height: 50), Box(x: -60, y: 10, width: 50, height: 50),
            Box(x: .nan, y: 10, width: 50, height: 50), Box(x: 10, y: 10, width: -5, height: 50),
        ]
        painter.draw(
            boxes.map { OverlayFace(box: $0, label: "Ada", style: .sure) }, on: canvas.planes, scale: 1)
        #expect(canvas.changed.isEmpty)
    }

    @Test func aFaceHalfInViewKeepsAClosedLineAndItsName() {
        let canvas = Canvas(width: 640, height: 480)
        painter.draw(
            [OverlayFace(box: Box(x: -50, y: -50, width: 150, height: 150), label: "Ada", style: .sure)],
            on: canvas.planes, scale: 1)
        let green = OverlayFace.Style.sure.colour
        #expect(canvas.frame.planes.y[0] == green.y)
        // The plate: below the box, as there is no room above.
        #expect(canvas.frame.planes.y[106 * canvas.frame.planes.yStride + 1] == green.y)
    }

    @Test(arguments: [
        "", " ", "a", "\n\r\t\0", "Ada\nLovelace", String(repeating: "x", count: 10_000),
        String(repeating: "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", count: 2_000), "عبد الله 0.91", "שלום 0.5",
        "a" + String(repeating: "\u{0301}", count: 10_000), "\u{202E}abc\u{202C}", "中村 \u{1F600} 0.77",
        "\u{FFFF}\u{10FFFF}",
        "<b>&amp;%s%n</b>", String(repeating: "\u{2028}", count: 500), String(repeating: "ﷺ", count: 200),
    ]) func anyTextIsSafe(_ text: String) {
        let canvas = Canvas(width: 320, height: 240)
        painter.draw(
            [OverlayFace(box: Box(x: 290, y: 200, width: 60, height: 60), label: text, style: .likely)],
            on: canvas.planes,
            scale: 1)
        #expect(canvas.guardsAreIntact)
        #expect(!canvas.changed.isEmpty)
    }

    @Test func aLabelShowsItsTextAndKeepsItsEnd() throws {
        let cache = LabelCache()
        func patch(_ text: String) throws -> LabelPatch {
            try #require(cache.patch(for: LabelCache.Key(text: text, style: .sure, fontPixels: 16, maximumWidth: 200)))
        }
        let long = String(repeating: "long ", count: 3_000)
        let short = try patch("Ada 0.91")
        #expect(short.width < 130 && short.width > 40)
        #expect(try patch(long + "0.91").width <= 200)
        // What is left out is the middle, so another end looks different and another middle does not.
        #expect(try ink(patch(long + "0.91")) != ink(patch(long + "0.17")))
        #expect(try ink(patch(long + "x" + long + "0.91")) == ink(patch(long + long + "0.91")))
        #expect(try ink(patch("Ada 0.91")).count == short.width * short.height)
        #expect(try Set(ink(patch("Ada 0.91"))).count > 10, "smooth letters have many shades")
    }

    @Test func theCacheReturnsWhatItHasAndStaysSmall() throws {
        let cache = LabelCache(maximumBytes: 200_000)
        func key(_ index: Int) -> LabelCache.Key {
            LabelCache.Key(text: "Ada 0.\(index)", style: .sure, fontPixels: 16, maximumWidth: 200)
        }
        let first = try #require(cache.patch(for: key(0)))
        for index in 1..<200 {
            _ = cache.patch(for: key(index))
            #expect(cache.patch(for: key(0)) === first, "what is in use stays")
        }
        #expect(cache.count * first.byteCount <= 200_000 * 2 && cache.count > 5)
        #expect(cache.patch(for: LabelCache.Key(text: "Ada", style: .sure, fontPixels: 16, maximumWidth: 20)) == nil)
    }

    @Test(arguments: [
        // Above; below when there is no room above; inside when there is neither; moved to the left at the right edge.
        (Rectangle(left: 100, top: 100, right: 200, bottom: 200), 100, 80),
        (Rectangle(left: 100, top: 10, right: 200, bottom: 200), 100, 200),
        (Rectangle(left: 0, top: 0, right: 640, bottom: 480), 0, 0),
        (Rectangle(left: 600, top: 100, right: 700, bottom: 200), 560, 80),
    ]) func aLabelFindsItsPlace(_ box: Rectangle, _ left: Int, _ top: Int) {
        let picture = Rectangle(left: 0, top: 0, right: 640, bottom: 480)
        let place = OverlayPainter.place(width: 80, height: 20, beside: box, in: picture, avoiding: [])
        #expect(place == Rectangle(left: left, top: top, right: left + 80, bottom: top + 20))
    }

    @Test func labelsEvadeEachOther() {
        let picture = Rectangle(left: 0, top: 0, right: 640, bottom: 480)
        let box = Rectangle(left: 100, top: 100, right: 200, bottom: 200)
        var taken: [Rectangle] = []
        for _ in 0..<3 {
            let place = OverlayPainter.place(width: 80, height: 20, beside: box, in: picture, avoiding: taken)!
            #expect(!taken.contains { $0.meets(place) })
            taken.append(place)
        }
    }

    @Test(arguments: [0, 1, 5, 13, 14, 100, 4_000]) func dashesLieWithinTheirSide(_ length: Int) {
        for pieces in [
            OverlayPainter.dashes(length, dash: 8, gap: 6), OverlayPainter.corners(length, share: 4, atLeast: 6),
        ] {
            #expect(pieces.first?.lowerBound == 0 && pieces.last?.upperBound == length)
            #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
        }
    }

    private func ink(_ patch: LabelPatch) -> [UInt8] {
        (0..<patch.height).flatMap { row in
            Array(UnsafeBufferPointer(start: patch.view.y + row * Int(patch.view.y_stride), count: patch.width))
        }
    }

    private func luminance(_ hex: String) -> Double {
        let value = Int(hex.dropFirst(), radix: 16)!
        // The simple power law is within 0.01 of the exact curve.
        let parts = [value >> 16 & 255, value >> 8 & 255, value & 255].map { share -> Double in
            let x = Double(share) / 255
            return x * x * (0.305306 * x + 0.682171) + x * 0.012522878
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
}

/// A grey picture whose planes lie between guard bytes.
final class Canvas {
    let planes: vi_planes
    private let memory: UnsafeMutablePointer<UInt8>
    private let byteCount: Int
    private static let guardByte: UInt8 = 0xA5
    private static let margin = 4_096

    init(width: Int, height: Int) {
        let chromaWidth = (width + 1) / 2
        let chromaHeight = (height + 1) / 2
        // Rows too are followed by guard bytes.
        let yStride = width + 16
        let stride = chromaWidth + 16
        byteCount = 4 * Self.margin + yStride * height + 2 * stride * chromaHeight
        memory = .allocate(capacity: byteCount)
        memory.update(repeating: Self.guardByte, count: byteCount)
        let y = memory + Self.margin
        let u = y + yStride * height + Self.margin
        let v = u + stride * chromaHeight + Self.margin
        for row in 0..<height { (y + row * yStride).update(repeating: 128, count: width) }
        for plane in [u, v] {
            for row in 0..<chromaHeight { (plane + row * stride).update(repeating: 128, count: chromaWidth) }
        }
        planes = vi_planes(
            y: y, u: u, v: v, y_stride: Int32(yStride), u_stride: Int32(stride), v_stride: Int32(stride),
            width: Int32(width), height: Int32(height))
    }

    deinit { memory.deallocate() }

    /// The picture; valid while the canvas lives.
    var frame: Frame {
        Frame(
            width: Int(planes.width), height: Int(planes.height),
            planes: Frame.Planes(
                y: planes.y, u: planes.u, v: planes.v, yStride: Int(planes.y_stride), uStride: Int(planes.u_stride),
                vStride: Int(planes.v_stride)),
            colorimetry: .full601, captureTime: CaptureTime(wall: 0, monotonic: 0), sequence: 0)
    }

    var changed: [(x: Int, y: Int)] {
        (0..<Int(planes.height)).flatMap { y in
            (0..<Int(planes.width)).compactMap { x in
                planes.y[y * Int(planes.y_stride) + x] == 128 ? nil : (x, y)
            }
        }
    }

    var guardsAreIntact: Bool {
        let width = Int(planes.width)
        let height = Int(planes.height)
        var inside = Set<Int>()
        func add(_ plane: UnsafeMutablePointer<UInt8>, _ stride: Int32, _ width: Int, _ height: Int) {
            for row in 0..<height { inside.insert(plane - memory + row * Int(stride)) }
        }
        add(planes.y, planes.y_stride, width, height)
        add(planes.u, planes.u_stride, (width + 1) / 2, (height + 1) / 2)
        add(planes.v, planes.v_stride, (width + 1) / 2, (height + 1) / 2)
        var at = 0
        let chromaStart = planes.u - memory
        while at < byteCount {
            if inside.contains(at) {
                at += at < chromaStart ? width : (width + 1) / 2
            } else if memory[at] == Self.guardByte {
                at += 1
            } else {
                return false
            }
        }
        return true
    }
}
