import Glibc

/// Walks the markers of a JPEG file from its start to its end (ITU-T T.81, annex B) without decoding it.
enum JPEGHeader {
    /// Far beyond what encoders write (about ten); each costs a pass over every coefficient, so a small file of
    /// thousands could keep a core busy for minutes.
    static let maximumScans = 64

    static func read(_ reader: ByteReader) throws(ImageError) -> PictureHeader {
        var header: PictureHeader?
        var orientation: Int?
        var isAdobe = false
        var isWhole = false
        var scans = 0
        var offset = 2
        while let marker = nextMarker(in: reader, from: &offset) {
            if marker == Marker.endOfImage {
                isWhole = true
                break
            }
            if Marker.standalone.contains(marker) || marker == Marker.temporary { continue }
            guard let length = reader.big(at: offset, length: 2), length >= 2,
                let segment = reader.part(at: offset + 2, length: length - 2)
            else { break }
            offset += length
            switch marker {
            case Marker.application1 where orientation == nil && segment.hasText("Exif\0", at: 0):
                orientation = segment.part(at: 6, length: segment.count - 6).map(ExifOrientation.read(tiff:))
            case Marker.application14 where segment.hasText("Adobe", at: 0):
                isAdobe = true
            case Marker.frames where header == nil && !Marker.notFrames.contains(marker):
                header = try frame(marker, segment)
            case Marker.startOfScan:
                scans += 1
                guard scans <= maximumScans else {
                    throw ImageError(.unsupportedFormat, "the JPEG has more than \(maximumScans) scans")
                }
                skipScan(in: reader, from: &offset)
            default: continue
            }
        }
        guard var header else {
            throw ImageError(.truncated, "the JPEG is truncated: it ends before its picture begins")
        }
        header.orientation = orientation ?? 1
        header.isAdobe = isAdobe
        header.isWhole = isWhole
        return header
    }

    private static func frame(_ marker: Int, _ segment: ByteReader) throws(ImageError) -> PictureHeader {
        guard let precision = segment.byte(at: 0), let height = segment.big(at: 1, length: 2),
            let width = segment.big(at: 3, length: 2), let components = segment.byte(at: 5)
        else { throw ImageError(.corrupt, "the JPEG's frame header is damaged") }
        guard Marker.readableFrames.contains(marker) else {
            throw ImageError(
                .unsupportedFormat, "the JPEG is lossless or hierarchical, which cannot be read",
                remedy: "save it as baseline or progressive JPEG")
        }
        guard precision == 8 else {
            throw ImageError(
                .unsupportedFormat, "the JPEG has \(precision) bits a sample; only 8 can be read",
                remedy: "save it with 8 bits")
        }
        guard [1, 3, 4].contains(components) else {
            throw ImageError(.unsupportedFormat, "the JPEG has \(components) colour components; 1, 3 or 4 can be read")
        }
        return PictureHeader(width: width, height: height, isWhole: false, components: components)
    }

    /// Moves behind the next marker, over fill bytes and over junk that some cameras leave between segments.
    private static func nextMarker(in reader: ByteReader, from offset: inout Int) -> Int? {
        while let at = find255(in: reader, from: offset) {
            offset = at + 1
            while reader.byte(at: offset) == 0xFF { offset += 1 }
            guard let marker = reader.byte(at: offset) else { return nil }
            offset += 1
            if marker != 0 { return marker }
        }
        return nil
    }

    /// Moves to the marker that ends the entropy-coded data.
    private static func skipScan(in reader: ByteReader, from offset: inout Int) {
        while let at = find255(in: reader, from: offset) {
            offset = at
            guard let next = reader.byte(at: at + 1) else { break }
            switch next {
            case 0, Marker.restarts: offset = at + 2
            case 0xFF: offset = at + 1
            default: return
            }
        }
        offset = reader.count
    }

    /// By `memchr`: megabytes of entropy-coded data in a fraction of a millisecond.
    private static func find255(in reader: ByteReader, from offset: Int) -> Int? {
        guard offset < reader.count, let base = reader.bytes.baseAddress else { return nil }
        return memchr(base + offset, 0xFF, reader.count - offset).map { UnsafeRawPointer($0) - base }
    }

    private enum Marker {
        static let temporary = 0x01
        static let frames = 0xC0...0xCF
        /// DHT, JPG and DAC stand among the frame markers.
        static let notFrames: Set = [0xC4, 0xC8, 0xCC]
        /// Baseline, extended and progressive, Huffman and arithmetic.
        static let readableFrames: Set = [0xC0, 0xC1, 0xC2, 0xC9, 0xCA]
        static let restarts = 0xD0...0xD7
        static let standalone = 0xD0...0xD8
        static let endOfImage = 0xD9
        static let startOfScan = 0xDA
        static let application1 = 0xE1
        static let application14 = 0xEE
    }
}
