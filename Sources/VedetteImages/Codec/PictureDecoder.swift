import CImages
import VedetteCore

/// Decodes one picture at a time; a pool of them serves several threads.
///
/// `@unchecked Sendable`: ``HandlePool`` hands it to one caller at a time.
final class PictureDecoder: @unchecked Sendable {
    private let handle: OpaquePointer

    init() throws(ImageError) {
        guard let handle = vi_decoder_new() else { throw ImageError(.failed, "no memory for a JPEG decoder") }
        self.handle = handle
    }

    deinit { vi_decoder_free(handle) }

    /// - Returns: the upright picture in full-range BT.601.
    func decode(_ bytes: UnsafeRawBufferPointer, limits: ImageLimits) throws(ImageError) -> PictureMemory {
        let reader = ByteReader(bytes: bytes)
        let format = try PictureFormat(reader)
        try limits.check(bytes: bytes.count)
        let header: PictureHeader
        switch format {
        case .jpeg: header = try JPEGHeader.read(reader)
        case .png: header = try PNGHeader.read(reader)
        case .webp: header = try WebPHeader.read(reader)
        case .foreign(let name):
            throw ImageError(.unsupportedFormat, "this is \(name), which cannot be read", remedy: PictureFormat.remedy)
        }
        try limits.check(width: header.width, height: header.height)
        guard header.isWhole else {
            throw ImageError(.truncated, "the \(format.name) is truncated: its end is missing")
        }
        return try upright(try pixels(bytes, format: format, header: header), orientation: header.orientation)
    }

    private func pixels(
        _ bytes: UnsafeRawBufferPointer, format: PictureFormat, header: PictureHeader
    ) throws(ImageError) -> vi_picture {
        var picture = vi_picture()
        var message = vi_message()
        let base = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
        let width = Int32(header.width)
        let height = Int32(header.height)
        let status =
            switch format {
            case .jpeg:
                vi_decode_jpeg(
                    handle, base, bytes.count, width, height, Int32(header.components), header.isAdobe, &picture,
                    &message)
            case .png: vi_decode_png(base, bytes.count, width, height, &picture, &message)
            case .webp: vi_decode_webp(base, bytes.count, width, height, &picture, &message)
            case .foreign: VI_UNSUPPORTED
            }
        guard status == VI_OK else { throw ImageError(status, "the \(format.name)", detail: message.string) }
        return picture
    }

    private func upright(_ stored: vi_picture, orientation: Int) throws(ImageError) -> PictureMemory {
        guard orientation != 1 else { return PictureMemory(owning: stored) }
        var stored = stored
        defer { vi_picture_free(&stored) }
        var picture = vi_picture()
        let status = vi_upright(&stored, Int32(orientation), &picture)
        guard status == VI_OK else { throw ImageError(status, "the picture", detail: "") }
        return PictureMemory(owning: picture)
    }
}

extension PictureFormat {
    fileprivate var name: String {
        switch self {
        case .jpeg: "JPEG"
        case .png: "PNG"
        case .webp: "WebP"
        case .foreign(let name): name
        }
    }
}

extension ImageError {
    /// - Parameters:
    ///   - subject: "the JPEG".
    ///   - detail: the library's own words, or nothing.
    init(_ status: vi_status, _ subject: String, detail: String) {
        let because = detail.isEmpty ? "" : ": \(detail)"
        switch status {
        case VI_TRUNCATED: self.init(.truncated, "\(subject) is truncated\(because)")
        case VI_CORRUPT: self.init(.corrupt, "\(subject) is damaged\(because)")
        case VI_UNSUPPORTED: self.init(.unsupportedFormat, "\(subject) is of a kind that cannot be read\(because)")
        case VI_NO_MEMORY: self.init(.failed, "there is no memory for \(subject)")
        default: self.init(.failed, "\(subject) could not be processed\(because)")
        }
    }
}
