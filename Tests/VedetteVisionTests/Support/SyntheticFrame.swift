import VedetteCore

/// Frames whose every pixel a test chooses.
enum SyntheticFrame {
    /// `luma` gives Y at (x, y); `chroma` U and V at (x, y) of the half-size planes.
    static func make(
        width: Int, height: Int, colorimetry: Colorimetry = .limited601, luma: (Int, Int) -> UInt8,
        chroma: (Int, Int) -> (u: UInt8, v: UInt8) = { _, _ in (128, 128) }
    ) -> Frame {
        FramePool(width: width, height: height).frame(
            colorimetry: colorimetry, captureTime: CaptureTime(wall: 0, monotonic: 0), sequence: 0
        ) { planes in
            for y in 0..<height {
                for x in 0..<width { planes.y[y * planes.yStride + x] = luma(x, y) }
            }
            for y in 0..<(height + 1) / 2 {
                for x in 0..<(width + 1) / 2 {
                    let value = chroma(x, y)
                    planes.u[y * planes.uStride + x] = value.u
                    planes.v[y * planes.vStride + x] = value.v
                }
            }
        }
    }

    static func noise(width: Int, height: Int, seed: UInt64, colorimetry: Colorimetry = .limited601) -> Frame {
        var generator = SeededGenerator(seed: seed)
        return make(
            width: width, height: height, colorimetry: colorimetry,
            luma: { _, _ in UInt8.random(in: 0...255, using: &generator) },
            chroma: { _, _ in
                (UInt8.random(in: 0...255, using: &generator), UInt8.random(in: 0...255, using: &generator))
            })
    }
}
