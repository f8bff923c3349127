import CPixels
import Foundation
import Testing
import VedetteCore

@testable import VedetteVision

@Suite struct PlanarConversionTests {
    /// Y, U, V and the colour they stand for, from the standards' definitions.
    @Test(arguments: [
        (Colorimetry.limited601, [16, 128, 128], [0, 0, 0]),
        (.limited601, [235, 128, 128], [255, 255, 255]),
        (.limited601, [81, 90, 240], [255, 0, 0]),
        (.limited601, [145, 54, 34], [0, 255, 0]),
        (.limited601, [41, 240, 110], [0, 0, 255]),
        (.limited709, [63, 102, 240], [255, 0, 0]),
        (.limited709, [173, 42, 26], [0, 255, 0]),
        (.limited709, [32, 240, 118], [0, 0, 255]),
        (.full601, [76, 85, 255], [254, 0, 0]),
        (.full601, [150, 44, 21], [0, 255, 1]),
        (.full601, [29, 255, 107], [0, 0, 254]),
        (.full601, [255, 128, 128], [255, 255, 255]),
    ])
    func convertsColours(colorimetry: Colorimetry, yuv: [UInt8], rgb: [Float]) {
        let frame = SyntheticFrame.make(
            width: 16, height: 2, colorimetry: colorimetry, luma: { _, _ in yuv[0] },
            chroma: { _, _ in (yuv[1], yuv[2]) })
        let planes = planar(frame, InputLayout(mean: 0, scale: 1, order: .rgb), columns: 16, rows: 2)
        for channel in 0..<3 {
            // The standards round to whole numbers, so a colour may be one or two off.
            #expect(abs(planes[channel * 32] - rgb[channel]) <= 2)
            #expect(planes[channel * 32] == planes[channel * 32 + 31])
        }
    }

    @Test func normalisesOrdersAndPads() {
        let frame = SyntheticFrame.make(
            width: 10, height: 6, luma: { _, _ in 81 }, chroma: { _, _ in (90, 240) })
        let rgb = planar(frame, InputLayout(mean: 127.5, scale: 1 / 128, order: .rgb), columns: 32, rows: 8)
        let bgr = planar(frame, InputLayout(mean: 127.5, scale: 1 / 128, order: .bgr), columns: 32, rows: 8)
        let plane = 32 * 8
        #expect(abs(rgb[0] - 0.992) < 0.02)
        #expect(abs(bgr[2 * plane] - 0.992) < 0.02)
        #expect(Array(rgb[0..<plane]) == Array(bgr[2 * plane..<3 * plane]))
        let black = Float(-127.5) / 128
        for channel in 0..<3 {
            #expect(rgb[channel * plane + 10] == black)
            #expect(rgb[channel * plane + 5 * 32 + 31] == black)
            #expect(rgb[channel * plane + 6 * 32] == black)
            #expect(rgb[channel * plane + 7 * 32 + 31] == black)
        }
    }

    @Test(arguments: Colorimetry.allCases, [(1, 1), (7, 3), (8, 2), (33, 17), (64, 48)])
    func vectorAndPortableAgree(colorimetry: Colorimetry, size: (Int, Int)) {
        let frame = SyntheticFrame.noise(width: size.0, height: size.1, seed: 7, colorimetry: colorimetry)
        let layout = InputLayout(mean: 127.5, scale: 1 / 128, order: .bgr)
        let fast = planar(frame, layout, columns: 64, rows: 64)
        let slow = planar(frame, layout, columns: 64, rows: 64, vp_planar_portable)
        #expect(zip(fast, slow).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    private func planar(
        _ frame: Frame, _ layout: InputLayout, columns: Int, rows: Int,
        _ kernel: (
            UnsafePointer<vp_picture>, UnsafePointer<vp_colour>, UnsafePointer<vp_layout>, UnsafeMutablePointer<Float>,
            Int32,
            Int32
        ) -> Void = vp_planar
    ) -> [Float] {
        var picture = frame.kernel
        var colour = frame.colorimetry.kernel
        var layout = layout.kernel
        var target = [Float](repeating: .nan, count: 3 * columns * rows)
        kernel(&picture, &colour, &layout, &target, Int32(columns), Int32(rows))
        return target
    }
}

@Suite struct WarpTests {
    private static let identity = vp_affine(xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0)
    private static let plain = InputLayout(mean: 0, scale: 1, order: .rgb)

    @Test func copiesUnderTheIdentity() {
        let frame = SyntheticFrame.noise(width: 40, height: 40, seed: 3)
        let result = warp(frame, Self.identity, side: 16)
        for y in 0..<16 {
            for x in 0..<16 { #expect(result.luma[y * 16 + x] == Float(frame.planes.y[y * frame.planes.yStride + x])) }
        }
    }

    /// A ramp is interpolated exactly, so a sample tells its own position.
    @Test(arguments: [
        vp_affine(xx: 0.5, xy: 0, x0: 10.25, yx: 0, yy: 0.5, y0: 7.5),
        vp_affine(xx: 0.8, xy: -0.6, x0: 60, yx: 0.6, yy: 0.8, y0: 12),
        vp_affine(xx: 0, xy: -1, x0: 90, yx: 1, yy: 0, y0: 5),
    ])
    func samplesWhereTheMapSays(map: vp_affine) {
        let across = SyntheticFrame.make(width: 128, height: 128, luma: { x, _ in UInt8(2 * x) })
        let down = SyntheticFrame.make(width: 128, height: 128, luma: { _, y in UInt8(2 * y) })
        let x = warp(across, map, side: 48).luma
        let y = warp(down, map, side: 48).luma
        for row in 0..<48 {
            for column in 0..<48 {
                let c = Float(column)
                let r = Float(row)
                #expect(abs(x[row * 48 + column] - 2 * (map.xx * c + map.xy * r + map.x0)) < 1e-2)
                #expect(abs(y[row * 48 + column] - 2 * (map.yx * c + map.yy * r + map.y0)) < 1e-2)
            }
        }
    }

    @Test func isBlackOutsideThePicture() {
        let white = SyntheticFrame.make(width: 32, height: 32, luma: { _, _ in 235 })
        let map = vp_affine(xx: 1, xy: 0, x0: -8.5, yx: 0, yy: 1, y0: -8)
        let rgb = warp(white, map, side: 64).rgb
        #expect(rgb[12 * 64 + 4] == 0)  // left of it
        #expect(abs(rgb[12 * 64 + 8] - 127.5) < 0.1)  // half on the border
        #expect(abs(rgb[12 * 64 + 12] - 255) < 0.1)
        #expect(rgb[2 * 64 + 30] == 0)
        #expect(rgb[60 * 64 + 60] == 0)
    }

    @Test(arguments: [
        vp_affine(xx: 0.9, xy: -0.4, x0: 10, yx: 0.4, yy: 0.9, y0: 3),
        vp_affine(xx: 1.7, xy: 0.2, x0: -30, yx: -0.2, yy: 1.7, y0: -20),
        vp_affine(xx: 0.1, xy: 0, x0: 50, yx: 0, yy: 0.1, y0: 60),
        vp_affine(xx: 1e7, xy: 0, x0: -1e9, yx: 0, yy: 1e7, y0: 1e9),
    ])
    func vectorAndPortableAgree(map: vp_affine) {
        let frame = SyntheticFrame.noise(width: 97, height: 83, seed: 11)
        let fast = warp(frame, map, side: 112)
        let slow = warp(frame, map, side: 112, vp_warp_portable)
        // Positions are rounded differently in the last bit, and noise is as steep as pictures get.
        #expect(zip(fast.rgb, slow.rgb).allSatisfy { abs($0 - $1) < 0.05 })
        #expect(zip(fast.luma, slow.luma).allSatisfy { abs($0 - $1) < 0.05 })
    }

    private func warp(
        _ frame: Frame, _ map: vp_affine, side: Int,
        _ kernel: (
            UnsafePointer<vp_picture>, UnsafePointer<vp_colour>, UnsafePointer<vp_layout>, UnsafePointer<vp_affine>,
            Int32,
            UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?
        ) -> Void = vp_warp
    ) -> (rgb: [Float], luma: [Float]) {
        var picture = frame.kernel
        var colour = frame.colorimetry.kernel
        var layout = Self.plain.kernel
        var map = map
        var rgb = [Float](repeating: .nan, count: 3 * side * side)
        var luma = [Float](repeating: .nan, count: side * side)
        kernel(&picture, &colour, &layout, &map, Int32(side), &rgb, &luma)
        return (rgb, luma)
    }
}

@Suite struct FaceAlignerTests {
    /// A bright dot on every landmark must come to lie on the template, whatever the size of the face.
    @Test(arguments: [Float(0.5), 1, 1.9, 2.4, 5, 9.7])
    func bringsLandmarksToTheTemplate(scale: Float) throws {
        let landmarks = FaceAligner.template.transformed(scale: scale, dx: 37, dy: 21)
        let side = Int(130 * scale) + 60
        let radius = max(1.5, 2.5 * scale)
        let frame = SyntheticFrame.make(
            width: side, height: side,
            luma: { x, y in
                let near = landmarks.points.contains { distance($0, Point(x: Float(x), y: Float(y))) < radius }
                return near ? 235 : 60
            })
        var luma = [Float](repeating: 0, count: FaceAligner.side * FaceAligner.side)
        try FaceAligner().align(
            landmarks, in: frame, layout: InputLayout(mean: 0, scale: 1, order: .rgb), target: nil, luma: &luma)
        for point in FaceAligner.template.points {
            var weight: Float = 0
            var x: Float = 0
            var y: Float = 0
            for row in Int(point.y) - 6...Int(point.y) + 7 {
                for column in Int(point.x) - 6...Int(point.x) + 7 {
                    let value = luma[row * FaceAligner.side + column] - 60
                    weight += value
                    x += value * Float(column)
                    y += value * Float(row)
                }
            }
            #expect(distance(Point(x: x / weight, y: y / weight), point) < 0.5)
        }
    }

    /// Stripes of one pixel would alias if pixels were skipped; averaged they are grey.
    @Test func averagesLargeFaces() throws {
        let landmarks = FaceAligner.template.transformed(scale: 4, dx: 16, dy: 16)
        let frame = SyntheticFrame.make(width: 480, height: 480, luma: { x, _ in x % 2 == 0 ? 200 : 100 })
        var luma = [Float](repeating: 0, count: FaceAligner.side * FaceAligner.side)
        try FaceAligner().align(
            landmarks, in: frame, layout: InputLayout(mean: 0, scale: 1, order: .rgb), target: nil, luma: &luma)
        #expect(luma.allSatisfy { abs($0 - 150) <= 1 })
    }

    @Test(arguments: [Float(1), 3])
    func refusesAFaceOutsideThePicture(scale: Float) {
        let frame = SyntheticFrame.make(width: 64, height: 64, luma: { _, _ in 100 })
        let landmarks = FaceAligner.template.transformed(scale: scale, dx: 5000, dy: 0)
        var luma = [Float](repeating: 0, count: FaceAligner.side * FaceAligner.side)
        let error = #expect(throws: VisionError.self) {
            try FaceAligner().align(
                landmarks, in: frame, layout: InputLayout(mean: 0, scale: 1, order: .rgb), target: nil, luma: &luma)
        }
        #expect(error?.code == .landmarksUnusable)
    }

    /// Faces at every border, corner and size: nothing is read outside the planes (the sanitizer would tell) and
    /// nothing traps.
    @Test func survivesFacesAnywhere() throws {
        let frame = SyntheticFrame.noise(width: 61, height: 47, seed: 5)
        let aligner = FaceAligner()
        var generator = SeededGenerator(seed: 42)
        var rgb = [Float](repeating: 0, count: 3 * FaceAligner.side * FaceAligner.side)
        for _ in 0..<500 {
            func random() -> Point {
                Point(x: .random(in: -60...120, using: &generator), y: .random(in: -60...110, using: &generator))
            }
            let face = Landmarks(
                leftEye: random(), rightEye: random(), nose: random(), leftMouth: random(), rightMouth: random())
            do {
                try aligner.align(
                    face, in: frame, layout: InputLayout(mean: 0, scale: 1, order: .rgb), target: &rgb, luma: nil)
                #expect(rgb.allSatisfy { (0...255).contains($0) })
            } catch let error as VisionError {
                #expect(error.code == .landmarksUnusable)
            }
        }
    }
}
