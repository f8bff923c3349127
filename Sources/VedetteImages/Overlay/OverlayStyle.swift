import CImages
import Glibc
package import VedetteCore

extension OverlayFace.Style {
    /// The colour of box and plate as `#rrggbb`, for legends beside the picture.
    package var hex: String {
        switch self {
        case .sure: "#22c55e"
        case .likely: "#facc15"
        case .weak: "#fb923c"
        case .unknown: "#dc2626"
        }
    }

    /// The line around the face. Each style has its own, because one man in twelve cannot tell green, orange and red
    /// apart.
    enum Stroke {
        case solid
        /// Solid, with heavy corners.
        case cornered
        /// Corners only.
        case brackets
        case dashed
    }

    var stroke: Stroke {
        switch self {
        case .sure: .solid
        case .likely: .cornered
        case .weak: .brackets
        case .unknown: .dashed
        }
    }

    var colour: vi_colour { vi_colour(Self.channels(hex)) }

    /// Black or white, whichever stands out more from the plate (WCAG 2.2, relative luminance).
    var ink: vi_colour {
        let channels = Self.channels(hex).map { value -> Double in
            let share = Double(value) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        let luminance = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
        let black = (luminance + 0.05) / 0.05
        let white = 1.05 / (luminance + 0.05)
        return vi_colour(black >= white ? [0, 0, 0] : [255, 255, 255])
    }

    private static func channels(_ hex: String) -> [Int] {
        let value = Int(hex.dropFirst(), radix: 16) ?? 0
        return [value >> 16 & 255, value >> 8 & 255, value & 255]
    }
}

extension vi_colour {
    /// Red, green and blue, 0...255, in full-range BT.601.
    fileprivate init(_ rgb: [Int]) {
        let (red, green, blue) = (Double(rgb[0]), Double(rgb[1]), Double(rgb[2]))
        let luma = 0.299 * red + 0.587 * green + 0.114 * blue
        self.init(
            y: UInt8(luma.rounded()), u: UInt8(min(255, (128 + (blue - luma) / 1.772).rounded())),
            v: UInt8(min(255, (128 + (red - luma) / 1.402).rounded())))
    }
}
