import CImages
package import VedetteCore

/// Still pictures in and out, over libturbojpeg, libpng and libwebp.
///
/// Thread-safe: every call takes handles from a pool, and a label that was drawn once is kept. Calls block for as long
/// as the work takes (2 ms for a 720p JPEG); keep them off the cooperative threads.
package struct ImageCodec: PictureCodec {
    package let limits: ImageLimits
    private let decoders = HandlePool(maximumIdle: 8) { try PictureDecoder() }
    private let encoders = HandlePool(maximumIdle: 8) { try JPEGEncoder() }
    private let painter = OverlayPainter()

    /// An encoder that grew beyond this (about 4K) is freed after use, so that one huge photo is not paid for ever
    /// after.
    private static let keptEncoderBytes = 64 << 20

    package init(limits: ImageLimits = ImageLimits()) { self.limits = limits }

    package func decode(_ bytes: [UInt8]) throws -> Frame { StillFrame(try memory(bytes)) }

    /// Reads and decodes a file.
    ///
    /// - Throws: ``ImageError``; code `unreadable` when it is missing, no regular file, or not ours to read.
    package func decode(file path: String) throws -> Frame { StillFrame(try memory(file: path)) }

    package func jpeg(of frame: Frame, faces: [OverlayFace], maximumWidth: Int?, quality: Int) throws -> [UInt8] {
        let width = min(frame.width, max(maximumWidth ?? frame.width, 1))
        let height = width == frame.width ? frame.height : scaled(frame.height, by: width, over: frame.width)
        return try encode(
            vi_view(frame), of: frame, width: width, height: height, faces: faces, quality: quality)
    }

    package func jpeg(cropping box: Box, of frame: Frame, maximumSide: Int, quality: Int) throws -> [UInt8] {
        let part = box.clipped(width: frame.width, height: frame.height)
        guard [box.x, box.y, box.width, box.height].allSatisfy(\.isFinite), part.width > 0, part.height > 0 else {
            throw ImageError(.empty, "the part asked for lies outside the picture")
        }
        let x = min(Int(part.x), frame.width - 1) & ~1
        let y = min(Int(part.y), frame.height - 1) & ~1
        let right = min(max(Int(part.maxX.rounded(.up)), x + 1), frame.width)
        let bottom = min(max(Int(part.maxY.rounded(.up)), y + 1), frame.height)
        let view = vi_view(frame).part(x: x, y: y, width: right - x, height: bottom - y)
        let side = max(right - x, bottom - y)
        let wanted = min(side, max(maximumSide, 1))
        return try encode(
            view, of: frame, width: scaled(right - x, by: wanted, over: side),
            height: scaled(bottom - y, by: wanted, over: side), faces: [], quality: quality)
    }

    func memory(_ bytes: [UInt8]) throws -> PictureMemory {
        try bytes.withUnsafeBytes { bytes in try decoders.with { try $0.decode(bytes, limits: limits) } }
    }

    func memory(file path: String) throws -> PictureMemory {
        try memory(PictureFile.read(path, limits: limits))
    }

    /// Encodes `view`, a part of `frame`, at `width` x `height`. Goes through a canvas only where pixels must change:
    /// the frame is shared and stays as it is.
    private func encode(
        _ view: vi_view, of frame: Frame, width: Int, height: Int, faces: [OverlayFace], quality: Int
    ) throws -> [UInt8] {
        // The planes belong to the frame; its last use would otherwise be the reading of its addresses.
        try withExtendedLifetime(frame) {
            try encoders.with(keep: { $0.footprint <= Self.keptEncoderBytes }) { encoder in
                let isScaled = width != Int(view.width) || height != Int(view.height)
                let isEven = (width | height) & 1 == 0
                if frame.colorimetry == .full601, !isScaled, isEven, faces.isEmpty {
                    return try encoder.encode(view, quality: quality)
                }
                let canvas = try encoder.canvas(width: width, height: height)
                if isScaled {
                    let status = vi_scale(view, canvas)
                    guard status == VI_OK else {
                        throw ImageError(status, "the picture", detail: "it cannot be scaled")
                    }
                    if frame.colorimetry != .full601 {
                        vi_to_full_range(vi_view(canvas), frame.colorimetry.code, canvas)
                    }
                } else {
                    vi_to_full_range(view, frame.colorimetry.code, canvas)
                }
                painter.draw(faces, on: canvas, scale: Float(width) / Float(view.width))
                return try encoder.encode(vi_view(canvas), quality: quality)
            }
        }
    }

    private func scaled(_ length: Int, by numerator: Int, over denominator: Int) -> Int {
        max(1, (length * numerator + denominator / 2) / denominator)
    }
}
