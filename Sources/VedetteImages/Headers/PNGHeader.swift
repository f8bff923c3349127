/// Walks the chunks of a PNG file (PNG specification, third edition, section 5) without inflating any.
enum PNGHeader {
    static func read(_ reader: ByteReader) throws(ImageError) -> PictureHeader {
        guard reader.count >= 33 else {
            throw ImageError(.truncated, "the PNG is truncated: it ends within its header")
        }
        guard reader.big(at: 8, length: 4) == 13, reader.hasText("IHDR", at: 12),
            let width = reader.big(at: 16, length: 4), let height = reader.big(at: 20, length: 4)
        else { throw ImageError(.corrupt, "the PNG does not begin with its header") }
        var header = PictureHeader(width: width, height: height, isWhole: false)
        var offset = 8
        while let length = reader.big(at: offset, length: 4), let data = reader.part(at: offset + 8, length: length),
            // The four bytes of the checksum belong to a whole chunk.
            reader.part(at: offset + 8 + length, length: 4) != nil
        {
            if reader.hasText("IEND", at: offset + 4) {
                header.isWhole = true
                break
            }
            if reader.hasText("eXIf", at: offset + 4) { header.orientation = ExifOrientation.read(tiff: data) }
            offset += 12 + length
        }
        return header
    }
}
