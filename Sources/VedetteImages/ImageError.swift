import VedetteCore

/// Why a picture could not be read or written.
package struct ImageError: DescribedError, Hashable {
    package enum Code: String, Sendable, Hashable, Codable, CaseIterable {
        /// No bytes at all, or no pixels in the part that was asked for.
        case empty
        /// Text, or something that no known picture format begins with.
        case notAnImage
        /// A picture, but of a format or variant that cannot be read.
        case unsupportedFormat
        /// Beyond one of the ``ImageLimits``; its pixels were not decoded.
        case tooLarge
        /// Ends before its end.
        case truncated
        case corrupt
        /// A file that is missing, no regular file, or not ours to read.
        case unreadable
        /// No memory, or a library that failed for no fault of the picture.
        case failed
    }

    package var code: Code
    package var message: String
    package var remedy: String?
    package var isRetriable: Bool { code == .failed }

    package init(_ code: Code, _ message: String, remedy: String? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }
}

/// What a picture may measure before it is refused. All are checked before a pixel is decoded.
package struct ImageLimits: Sendable, Hashable {
    /// Width times height. Raising it lets one picture take more memory (up to 5.5 bytes a pixel while it is decoded).
    package var maximumPixels: Int
    /// Bytes of the encoded picture.
    package var maximumBytes: Int
    /// Pixels along either side.
    package var maximumSide: Int

    package init(maximumPixels: Int = 50_000_000, maximumBytes: Int = 32 << 20, maximumSide: Int = 16_384) {
        self.maximumPixels = maximumPixels
        self.maximumBytes = maximumBytes
        self.maximumSide = min(maximumSide, 32_767)
    }

    func check(bytes: Int) throws(ImageError) {
        guard bytes <= maximumBytes else {
            throw ImageError(
                .tooLarge, "the picture has \(bytes) bytes; at most \(maximumBytes) are read", remedy: "scale it down")
        }
    }

    func check(width: Int, height: Int) throws(ImageError) {
        guard width > 0, height > 0 else { throw ImageError(.corrupt, "the picture says that it has no pixels") }
        guard width <= maximumSide, height <= maximumSide else {
            throw ImageError(
                .tooLarge, "the picture is \(width)x\(height); a side has at most \(maximumSide) pixels",
                remedy: "scale it down")
        }
        guard width * height <= maximumPixels else {
            throw ImageError(
                .tooLarge, "the picture is \(width)x\(height); at most \(maximumPixels) pixels are decoded",
                remedy: "scale it down")
        }
    }
}
