import CPixels
import VedetteCore

/// How a model wants its picture: the order of the colour planes and (value - mean) * scale of values 0...255.
package struct InputLayout: Sendable, Hashable, Codable {
    package enum Order: String, Sendable, Hashable, Codable, CaseIterable {
        case rgb = "RGB"
        case bgr = "BGR"
    }

    package var mean: Float
    package var scale: Float
    package var order: Order

    package init(mean: Float, scale: Float, order: Order) {
        self.mean = mean
        self.scale = scale
        self.order = order
    }

    var kernel: vp_layout { vp_layout(mean: mean, scale: scale, blue_first: order == .bgr ? 1 : 0) }
}

extension Colorimetry {
    /// The matrix from Y, U, V to red, green and blue (ITU-R BT.601 and BT.709; limited range is Y 16...235, U and V
    /// 16...240).
    var kernel: vp_colour {
        switch self {
        case .limited601: Self.matrix(red: 0.299, blue: 0.114, limited: true)
        case .limited709: Self.matrix(red: 0.2126, blue: 0.0722, limited: true)
        case .full601: Self.matrix(red: 0.299, blue: 0.114, limited: false)
        }
    }

    /// Derived from the shares of red and blue in luma, as the standards define them.
    private static func matrix(red: Float, blue: Float, limited: Bool) -> vp_colour {
        let green = 1 - red - blue
        let chroma: Float = limited ? 255 / 224 : 1
        return vp_colour(
            black: limited ? 16 : 0, gain: limited ? 255 / 219 : 1, red_v: 2 * (1 - red) * chroma,
            green_u: 2 * (1 - blue) * blue / green * chroma, green_v: 2 * (1 - red) * red / green * chroma,
            blue_u: 2 * (1 - blue) * chroma)
    }
}

extension Frame {
    /// The whole picture, for a pixel kernel. The frame must outlive the call that uses it.
    var kernel: vp_picture {
        vp_picture(
            y: planes.y, u: planes.u, v: planes.v, y_stride: planes.yStride, u_stride: planes.uStride,
            v_stride: planes.vStride, width: Int32(width), height: Int32(height))
    }

    /// A part of the picture whose left and top are even, so that luma and chroma start at the same place.
    func kernel(left: Int, top: Int, width: Int, height: Int) -> vp_picture {
        precondition(left % 2 == 0 && top % 2 == 0, "chroma has half the resolution")
        precondition(left >= 0 && top >= 0 && left + width <= self.width && top + height <= self.height)
        return vp_picture(
            y: planes.y + top * planes.yStride + left, u: planes.u + top / 2 * planes.uStride + left / 2,
            v: planes.v + top / 2 * planes.vStride + left / 2, y_stride: planes.yStride, u_stride: planes.uStride,
            v_stride: planes.vStride, width: Int32(width), height: Int32(height))
    }
}
