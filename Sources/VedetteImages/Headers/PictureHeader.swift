/// What a picture says about itself before its pixels, whatever its format.
struct PictureHeader: Equatable {
    /// Pixels as stored, before ``orientation`` is applied.
    var width: Int
    var height: Int
    /// EXIF orientation, 1...8; 1 is upright.
    var orientation = 1
    /// Whether the file reaches its own end.
    var isWhole: Bool
    /// JPEG only: planes of colour, 1, 3 or 4.
    var components = 3
    /// JPEG only: an Adobe marker is present, so CMYK values are stored inverted.
    var isAdobe = false
}

/// The EXIF orientation, from the TIFF structure that JPEG, PNG and WebP all carry (TIFF 6.0, section 2; EXIF 2.32,
/// 4.6.4).
enum ExifOrientation {
    /// - Returns: 1...8; 1 when there is none or the structure is damaged: a picture is worth more than its metadata.
    static func read(tiff reader: ByteReader) -> Int {
        let isLittle: Bool
        if reader.hasText("II", at: 0) {
            isLittle = true
        } else if reader.hasText("MM", at: 0) {
            isLittle = false
        } else {
            return 1
        }
        func number(_ offset: Int, _ length: Int) -> Int? {
            isLittle ? reader.little(at: offset, length: length) : reader.big(at: offset, length: length)
        }
        guard number(2, 2) == 42, let directory = number(4, 4), let count = number(directory, 2) else { return 1 }
        let short = 3
        for entry in 0..<count {
            let offset = directory + 2 + 12 * entry
            guard let tag = number(offset, 2) else { return 1 }
            guard tag == 0x0112 else { continue }
            guard number(offset + 2, 2) == short, let value = number(offset + 8, 2), (1...8).contains(value) else {
                return 1
            }
            return value
        }
        return 1
    }
}
