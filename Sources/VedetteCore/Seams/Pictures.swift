/// Still pictures in and out. Implemented by VedetteImages; thread-safe.
package protocol PictureCodec: Sendable {
    /// Decodes JPEG, PNG or WebP into an upright frame.
    ///
    /// - Throws: a ``DescribedError`` for anything that is not such a picture or larger than the limit, found before
    ///   its pixels are decoded.
    func decode(_ bytes: [UInt8]) throws -> Frame
    /// The frame as JPEG.
    ///
    /// - Parameters:
    ///   - faces: drawn over the picture: box, label, in the colour of their style.
    ///   - maximumWidth: wider frames are scaled down, keeping their shape; nil keeps the size.
    ///   - quality: 1...100.
    func jpeg(of frame: Frame, faces: [OverlayFace], maximumWidth: Int?, quality: Int) throws -> [UInt8]
    /// The part of the frame inside `box`, clipped to it, as JPEG of at most `maximumSide` pixels a side.
    func jpeg(cropping box: Box, of frame: Frame, maximumSide: Int, quality: Int) throws -> [UInt8]
}
