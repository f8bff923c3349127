import VedetteCore

@testable import VedetteImages

/// Red, green and blue, 0...255.
struct RGB: Equatable, CustomStringConvertible {
    var red: Double
    var green: Double
    var blue: Double

    init(_ red: Double, _ green: Double, _ blue: Double) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// From full-range BT.601.
    init(y: UInt8, u: UInt8, v: UInt8) {
        let (luma, cb, cr) = (Double(y), Double(u) - 128, Double(v) - 128)
        red = luma + 1.402 * cr
        green = luma - 0.344136 * cb - 0.714136 * cr
        blue = luma + 1.772 * cb
    }

    func isNear(_ other: RGB, within tolerance: Double) -> Bool {
        abs(red - other.red) <= tolerance && abs(green - other.green) <= tolerance
            && abs(blue - other.blue) <= tolerance
    }

    var description: String { "(\(Int(red)), \(Int(green)), \(Int(blue)))" }
}

extension Frame {
    func colour(x: Int, y: Int) -> RGB {
        RGB(
            y: planes.y[y * planes.yStride + x], u: planes.u[y / 2 * planes.uStride + x / 2],
            v: planes.v[y / 2 * planes.vStride + x / 2])
    }

    /// A picture whose samples are computed.
    static func made(
        width: Int, height: Int, colorimetry: Colorimetry = .full601,
        _ sample: (_ x: Int, _ y: Int) -> (y: UInt8, u: UInt8, v: UInt8)
    ) -> Frame {
        FramePool(width: width, height: height).frame(
            colorimetry: colorimetry, captureTime: CaptureTime(wall: 0, monotonic: 0), sequence: 0
        ) { planes in
            for y in 0..<height {
                for x in 0..<width { planes.y[y * planes.yStride + x] = sample(x, y).y }
            }
            for y in 0..<(height + 1) / 2 {
                for x in 0..<(width + 1) / 2 {
                    planes.u[y * planes.uStride + x] = sample(2 * x, 2 * y).u
                    planes.v[y * planes.vStride + x] = sample(2 * x, 2 * y).v
                }
            }
        }
    }

    static func grey(width: Int, height: Int, luma: UInt8 = 128, colorimetry: Colorimetry = .full601) -> Frame {
        made(width: width, height: height, colorimetry: colorimetry) { _, _ in (luma, 128, 128) }
    }

    /// Every visible sample, for comparisons.
    var samples: [UInt8] {
        var all: [UInt8] = []
        for y in 0..<height { all += UnsafeBufferPointer(start: planes.y + y * planes.yStride, count: width) }
        for y in 0..<chromaHeight {
            all += UnsafeBufferPointer(start: planes.u + y * planes.uStride, count: chromaWidth)
            all += UnsafeBufferPointer(start: planes.v + y * planes.vStride, count: chromaWidth)
        }
        return all
    }
}
