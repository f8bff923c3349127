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
        var generator = SplitMix(state: seed)
        return make(
            width: width, height: height, colorimetry: colorimetry,
            luma: { _, _ in UInt8.random(in: 0...255, using: &generator) },
            chroma: { _, _ in
                (UInt8.random(in: 0...255, using: &generator), UInt8.random(in: 0...255, using: &generator))
            })
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
