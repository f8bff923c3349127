/// Reads the RIFF structure of a WebP file (RFC 9649, section 2).
enum WebPHeader {
    static func read(_ reader: ByteReader) throws(ImageError) -> PictureHeader {
        guard let size = reader.little(at: 4, length: 4) else { throw truncated }
        let end = 8 + size
        var header: PictureHeader?
        var orientation = 1
        var offset = 12
        while offset < min(end, reader.count), let length = reader.little(at: offset + 4, length: 4) {
            let start = offset + 8
            if header == nil { header = try picture(reader, chunk: offset, at: start) }
            if reader.hasText("EXIF", at: offset), let data = reader.part(at: start, length: length) {
                // Some writers keep the six bytes that JPEG puts before the structure.
                let prefix = data.hasText("Exif\0", at: 0) ? 6 : 0
                orientation = data.part(at: prefix, length: length - prefix).map(ExifOrientation.read(tiff:)) ?? 1
            }
            offset = start + length + length % 2
        }
        guard var header else { throw truncated }
        header.orientation = orientation
        header.isWhole = end <= reader.count
        return header
    }

    private static var truncated: ImageError {
        ImageError(.truncated, "the WebP is truncated: it ends before its picture begins")
    }

    private static func picture(_ reader: ByteReader, chunk: Int, at start: Int) throws(ImageError) -> PictureHeader? {
        if reader.hasText("VP8X", at: chunk) {
            guard let flags = reader.byte(at: start), let width = reader.little(at: start + 4, length: 3),
                let height = reader.little(at: start + 7, length: 3)
            else { throw truncated }
            guard flags & 0x02 == 0 else {
                throw ImageError(
                    .unsupportedFormat, "the picture is an animated WebP; only still ones can be read",
                    remedy: "save one of its pictures as JPEG or PNG")
            }
            return PictureHeader(width: width + 1, height: height + 1, isWhole: false)
        }
        if reader.hasText("VP8 ", at: chunk) {
            guard let width = reader.little(at: start + 6, length: 2),
                let height = reader.little(at: start + 8, length: 2)
            else { throw truncated }
            return PictureHeader(width: width & 0x3FFF, height: height & 0x3FFF, isWhole: false)
        }
        if reader.hasText("VP8L", at: chunk) {
            guard let bits = reader.little(at: start + 1, length: 4) else { throw truncated }
            return PictureHeader(width: bits & 0x3FFF + 1, height: bits >> 14 & 0x3FFF + 1, isWhole: false)
        }
        return nil
    }
}
