import CGStreamer
import Glibc
package import VedetteCore

/// Writes pictures to a video file: H.264 in MP4.
///
/// It is written beside its place, as `NAME.partial`, and takes its place only when it is whole, after ``finish()``: what was
/// there before is not lost to a run that fails. Used by one thread at a time.
package final class VideoWriter {
    private let path: String
    private var writer: OpaquePointer?
    private var lastTime: Int64 = -1
    private static let partial = ".partial"

    /// - Throws: ``SourceFailure`` when the file cannot be made or no encoder is installed.
    package init(path: String) throws(SourceFailure) {
        self.path = path
        var problem: UnsafeMutablePointer<CChar>?
        writer = vg_writer_new(path + Self.partial, &problem)
        guard writer != nil else { throw Self.failure(path, Self.take(problem)) }
    }

    deinit {
        if let writer {
            vg_writer_text_free(vg_writer_finish(writer))
            unlink(path + Self.partial)
        }
    }

    /// Adds a picture. Blocks while the encoder is behind.
    ///
    /// - Parameter time: seconds from the start; one that does not rise is moved on by a millisecond.
    package func write(jpeg: [UInt8], width: Int, height: Int, time: Double) throws(SourceFailure) {
        guard let writer else { return }
        lastTime = max(lastTime + 1_000_000, Int64(time * 1e9))
        guard vg_writer_push(writer, jpeg, Int64(jpeg.count), Int32(width), Int32(height), lastTime) else {
            self.writer = nil
            defer { unlink(path + Self.partial) }
            throw Self.failure(path, Self.take(vg_writer_finish(writer)))
        }
    }

    /// Completes the file.
    package func finish() throws(SourceFailure) {
        guard let writer else { return }
        self.writer = nil
        let problem = Self.take(vg_writer_finish(writer))
        guard problem == nil, lastTime >= 0 else {
            unlink(path + Self.partial)
            throw Self.failure(path, problem ?? "there was no picture")
        }
        guard rename(path + Self.partial, path) == 0 else {
            throw Self.failure(path, String(cString: strerror(errno)))
        }
    }

    private static func take(_ text: UnsafeMutablePointer<CChar>?) -> String? {
        defer { vg_writer_text_free(text) }
        return text.map { String(cString: $0) }
    }

    private static func failure(_ path: String, _ problem: String?) -> SourceFailure {
        SourceFailure(
            .other, "the video \(path) cannot be written: \(problem ?? "unknown")",
            remedy: "check the folder and the space on the disk", isRetriable: false)
    }
}
