/// What kind of file some bytes are, told by how they begin and never by a name.
enum PictureFormat: Equatable {
    case jpeg, png, webp
    /// A picture or a video that is recognised in order to say so.
    case foreign(String)

    /// - Throws: ``ImageError`` with code `empty` or `notAnImage`.
    init(_ reader: ByteReader) throws(ImageError) {
        guard reader.count > 0 else { throw ImageError(.empty, "the picture is empty: it has 0 bytes") }
        if reader.big(at: 0, length: 3) == 0xFFD8FF {
            self = .jpeg
        } else if reader.big(at: 0, length: 4) == 0x8950_4E47, reader.big(at: 4, length: 4) == 0x0D0A_1A0A {
            self = .png
        } else if reader.hasText("RIFF", at: 0), reader.hasText("WEBP", at: 8) {
            self = .webp
        } else if let name = Self.foreignName(reader) {
            self = .foreign(name)
        } else if Self.isCutSignature(reader) {
            throw ImageError(.truncated, "the picture is truncated after \(reader.count) bytes")
        } else if Self.isText(reader) {
            throw ImageError(.notAnImage, "this is text, not a picture", remedy: Self.remedy)
        } else {
            throw ImageError(.notAnImage, "this is not a picture of any known format", remedy: Self.remedy)
        }
    }

    static let remedy = "give a JPEG, PNG or WebP picture"

    private static func foreignName(_ reader: ByteReader) -> String? {
        if reader.hasText("ftyp", at: 4) {
            switch reader.big(at: 8, length: 4).map(brand) {
            case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1": return "a HEIC picture"
            case "avif", "avis": return "an AVIF picture"
            default: return "an MP4 or QuickTime video"
            }
        }
        if reader.hasText("GIF87a", at: 0) || reader.hasText("GIF89a", at: 0) { return "a GIF picture" }
        if reader.hasText("II*\0", at: 0) || reader.hasText("MM\0*", at: 0) { return "a TIFF picture" }
        // Two letters alone begin many a text: the reserved words of the header are zero.
        if reader.hasText("BM", at: 0), reader.little(at: 6, length: 4) == 0 { return "a BMP picture" }
        if reader.big(at: 0, length: 2) == 0xFF0A || reader.hasText("JXL ", at: 4) { return "a JPEG XL picture" }
        if reader.hasText("jP  ", at: 4) || reader.big(at: 0, length: 4) == 0xFF4F_FF51 { return "a JPEG 2000 picture" }
        if reader.hasText("8BPS", at: 0) { return "a Photoshop document" }
        if reader.hasText("%PDF", at: 0) { return "a PDF document" }
        if reader.hasText("<svg", at: 0) { return "an SVG drawing" }
        if reader.hasText("RIFF", at: 0), reader.hasText("AVI ", at: 8) { return "an AVI video" }
        if reader.big(at: 0, length: 4) == 0x1A45_DFA3 { return "a Matroska or WebM video" }
        return nil
    }

    private static func brand(_ code: Int) -> String {
        String(decoding: [24, 16, 8, 0].map { UInt8(code >> $0 & 0xFF) }, as: UTF8.self)
    }

    /// The first bytes of a readable format and then nothing.
    private static func isCutSignature(_ reader: ByteReader) -> Bool {
        let signatures: [[UInt8]] = [[0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]]
        return signatures.contains { reader.count >= 2 && reader.count < $0.count && $0.starts(with: reader.bytes) }
            || reader.hasText("RIFF", at: 0) && reader.count < 12
    }

    private static func isText(_ reader: ByteReader) -> Bool {
        let start = reader.bytes.prefix(512)
        guard start.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) else {
            return false
        }
        // The prefix may end within a character of up to four bytes.
        return (0...3).contains { String(validating: start.dropLast($0), as: UTF8.self) != nil }
    }
}
