import CImages
import VedetteCore

extension vi_view {
    init(_ planes: vi_planes) {
        self.init(
            y: planes.y, u: planes.u, v: planes.v, y_stride: planes.y_stride, u_stride: planes.u_stride,
            v_stride: planes.v_stride, width: planes.width, height: planes.height)
    }

    /// The pixels of a frame; valid while the frame lives.
    init(_ frame: Frame) {
        self.init(
            y: frame.planes.y, u: frame.planes.u, v: frame.planes.v, y_stride: Int32(frame.planes.yStride),
            u_stride: Int32(frame.planes.uStride), v_stride: Int32(frame.planes.vStride), width: Int32(frame.width),
            height: Int32(frame.height))
    }

    /// A part of the picture; `x` and `y` are even, because two pixels share a chroma sample.
    func part(x: Int, y: Int, width: Int, height: Int) -> vi_view {
        vi_view(
            y: self.y + y * Int(y_stride) + x, u: u + y / 2 * Int(u_stride) + x / 2,
            v: v + y / 2 * Int(v_stride) + x / 2, y_stride: y_stride, u_stride: u_stride, v_stride: v_stride,
            width: Int32(width), height: Int32(height))
    }
}

extension vi_planes {
    init(_ planes: MutablePlanes, width: Int, height: Int) {
        self.init(
            y: planes.y, u: planes.u, v: planes.v, y_stride: Int32(planes.yStride), u_stride: Int32(planes.uStride),
            v_stride: Int32(planes.vStride), width: Int32(width), height: Int32(height))
    }
}

extension Colorimetry {
    var code: vi_colorimetry {
        switch self {
        case .limited601: VI_LIMITED_601
        case .limited709: VI_LIMITED_709
        case .full601: VI_FULL_601
        }
    }
}

extension vi_message {
    init() {
        self = withUnsafeTemporaryAllocation(of: vi_message.self, capacity: 1) { memory in
            memory[0].text.0 = 0
            return memory[0]
        }
    }

    var string: String {
        withUnsafeBytes(of: text) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
