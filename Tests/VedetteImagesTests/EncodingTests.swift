import Testing
import VedetteCore

@testable import VedetteImages

@Suite struct EncodingTests {
    let codec = ImageCodec()

    @Test(arguments: [
        // Limited range as cameras send it, and what a viewer must see.
        (Colorimetry.limited601, 16, 128, 128, RGB(0, 0, 0)), (.limited601, 235, 128, 128, RGB(255, 255, 255)),
        (.limited601, 126, 128, 128, RGB(128, 128, 128)), (.limited601, 81, 90, 240, RGB(255, 0, 0)),
        (.limited601, 0, 128, 128, RGB(0, 0, 0)), (.limited601, 255, 128, 128, RGB(255, 255, 255)),
        (.limited709, 16, 128, 128, RGB(0, 0, 0)), (.limited709, 235, 128, 128, RGB(255, 255, 255)),
        (.limited709, 63, 102, 240, RGB(255, 0, 0)), (.limited709, 173, 42, 26, RGB(0, 255, 0)),
        (.limited709, 32, 240, 118, RGB(0, 0, 255)), (.limited709, 219, 16, 138, RGB(255, 255, 0)),
        (.full601, 76, 85, 255, RGB(255, 0, 0)), (.full601, 16, 128, 128, RGB(16, 16, 16)),
    ]) func coloursSurvive(_ colorimetry: Colorimetry, _ y: Int, _ u: Int, _ v: Int, _ expected: RGB) throws {
        for maximumWidth in [64, 40] {
            let frame = Frame.made(width: 64, height: 48, colorimetry: colorimetry) { _, _ in
                (UInt8(y), UInt8(u), UInt8(v))
            }
            let jpeg = try codec.jpeg(of: frame, faces: [], maximumWidth: maximumWidth, quality: 95)
            let colour = try codec.decode(jpeg).colour(x: 20, y: 14)
            #expect(colour.isNear(expected, within: 5), "\(colour) instead of \(expected)")
        }
    }

    @Test(arguments: [(1, 1), (1, 2), (2, 1), (3, 5), (17, 2), (129, 63), (640, 359)])
    func everySizeSurvives(_ width: Int, _ height: Int) throws {
        for colorimetry in Colorimetry.allCases {
            let frame = Frame.made(width: width, height: height, colorimetry: colorimetry) { x, y in
                (UInt8(60 + x * 100 / width + y * 60 / height), 128, 128)
            }
            let faces = [OverlayFace(box: Box(x: 0, y: 0, width: 2, height: 3), label: "Ada 0.91", style: .sure)]
            for faces in [[], faces] {
                let decoded = try codec.decode(try codec.jpeg(of: frame, faces: faces, maximumWidth: nil, quality: 90))
                #expect(decoded.width == width && decoded.height == height)
                guard faces.isEmpty, colorimetry == .full601 else { continue }
                for (x, y) in [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)] {
                    let luma = Double(frame.planes.y[y * frame.planes.yStride + x])
                    #expect(abs(decoded.colour(x: x, y: y).green - luma) < 12)
                }
            }
        }
    }

    @Test(arguments: [
        (1280, 720, 640, 640, 360), (1280, 720, 2000, 1280, 720), (100, 3000, 10, 10, 300), (50, 50, 0, 1, 1),
    ])
    func wideFramesAreScaledInShape(_ width: Int, _ height: Int, _ limit: Int, _ newWidth: Int, _ newHeight: Int) throws
    {
        let frame = Frame.grey(width: width, height: height)
        let decoded = try codec.decode(try codec.jpeg(of: frame, faces: [], maximumWidth: limit, quality: 80))
        #expect(decoded.width == newWidth && decoded.height == newHeight)
    }

    @Test func theFrameItselfIsNeverDrawnOn() throws {
        for colorimetry in Colorimetry.allCases {
            let frame = Frame.grey(width: 320, height: 240, colorimetry: colorimetry)
            let before = frame.samples
            let face = OverlayFace(box: Box(x: 50, y: 50, width: 100, height: 100), label: "Ada", style: .unknown)
            let with = try codec.jpeg(of: frame, faces: [face], maximumWidth: nil, quality: 90)
            let without = try codec.jpeg(of: frame, faces: [], maximumWidth: nil, quality: 90)
            #expect(frame.samples == before)
            #expect(with != without)
        }
    }

    @Test func boxesAreScaledWithThePicture() throws {
        let frame = Frame.grey(width: 1280, height: 720)
        let face = OverlayFace(box: Box(x: 400, y: 200, width: 400, height: 400), label: "", style: .sure)
        let decoded = try codec.decode(try codec.jpeg(of: frame, faces: [face], maximumWidth: 640, quality: 95))
        let line = decoded.colour(x: 300, y: 101)
        #expect(line.green > line.red + 60 && line.green > line.blue + 60, "\(line)")
        #expect(decoded.colour(x: 300, y: 200).isNear(RGB(128, 128, 128), within: 6))
    }

    @Test func aCropShowsThePartAskedFor() throws {
        let frame = try codec.decode(Fixture.named("pngRGB").bytes)
        let green = try codec.decode(
            try codec.jpeg(
                cropping: Box(x: 26.4, y: 2, width: 20, height: 12), of: frame, maximumSide: 100, quality: 95))
        #expect(green.width == 21 && green.height == 12)
        #expect(green.colour(x: 10, y: 6).isNear(RGB(30, 200, 30), within: 8))
        let corner = try codec.decode(
            try codec.jpeg(cropping: Box(x: 30, y: 20, width: 500, height: 500), of: frame, maximumSide: 6, quality: 95)
        )
        #expect(corner.width == 6 && corner.height == 4)
        #expect(corner.colour(x: 3, y: 2).isNear(RGB(240, 240, 240), within: 8))
    }

    @Test(arguments: [
        Box(x: 48, y: 0, width: 5, height: 5), Box(x: -9, y: 0, width: 9, height: 9),
        Box(x: 5, y: 5, width: 0, height: 3),
        Box(x: 5, y: 5, width: -3, height: 3), Box(x: .nan, y: 0, width: 5, height: 5),
        Box(x: 0, y: 0, width: .infinity, height: 5), Box(x: 1e30, y: 1e30, width: 1e30, height: 1e30),
    ]) func aCropWithoutPixelsIsRefused(_ box: Box) throws {
        let frame = Frame.grey(width: 48, height: 32)
        let error = #expect(throws: ImageError.self) {
            try codec.jpeg(cropping: box, of: frame, maximumSide: 100, quality: 80)
        }
        #expect(error?.code == .empty)
    }

    @Test(arguments: [
        Box(x: 47.5, y: 31.5, width: 0.2, height: 0.2), Box(x: -5, y: -5, width: 5.5, height: 5.5),
        Box(x: -1e9, y: -1e9, width: 3e9, height: 3e9), Box(x: 46.9, y: 3, width: 90, height: 1),
    ]) func aCropOfAnyPixelWorks(_ box: Box) throws {
        let frame = Frame.grey(width: 48, height: 32)
        let decoded = try codec.decode(try codec.jpeg(cropping: box, of: frame, maximumSide: 100, quality: 80))
        #expect((1...48).contains(decoded.width) && (1...32).contains(decoded.height))
    }

    @Test func manyCallersGetTheSamePicture() async throws {
        let frame = Frame.made(width: 320, height: 180, colorimetry: .limited709) { x, y in
            (UInt8(16 + (x + y) % 200), UInt8(100 + x % 50), 140)
        }
        let face = OverlayFace(box: Box(x: 40, y: 60, width: 60, height: 60), label: "Grace 0.73", style: .sure)
        let codec = codec
        let expected = try codec.jpeg(of: frame, faces: [face], maximumWidth: 200, quality: 80)
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<32 {
                group.addTask { try codec.jpeg(of: frame, faces: [face], maximumWidth: 200, quality: 80) }
            }
            for try await jpeg in group { #expect(jpeg == expected) }
        }
    }

    @Test(arguments: [Int.min, 0, 101, Int.max]) func aQualityOutOfRangeIsTakenForTheNearest(_ quality: Int) throws {
        #expect(
            try !codec.jpeg(of: .grey(width: 16, height: 16), faces: [], maximumWidth: nil, quality: quality).isEmpty)
    }
}
