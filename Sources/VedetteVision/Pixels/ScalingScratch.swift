import CPixels
import Synchronization

/// Memory for scaled-down pictures, used again from call to call.
///
/// A pool holds as many buffers as threads scaled at the same time; each grows to the largest picture it has held.
final class ScalingScratch: Sendable {
    private let idle = Mutex<[Buffer]>([])

    /// Scales `source` and passes the result to `body`. A picture that has the size already is passed as it is.
    ///
    /// - Throws: ``VisionError`` `inferenceFailed` for a size that cannot be scaled, and what `body` throws.
    func withScaled<Result>(
        _ source: vp_picture, width: Int, height: Int, _ body: (vp_picture) throws -> Result
    ) throws -> Result {
        if source.width == width && source.height == height { return try body(source) }
        let chroma = (width + 1) / 2 * ((height + 1) / 2)
        let buffer = idle.withLock { $0.popLast() } ?? Buffer()
        defer { idle.withLock { $0.append(buffer) } }
        let y = buffer.bytes(atLeast: width * height + 2 * chroma)
        let u = y + width * height
        let v = u + chroma
        let status = withUnsafePointer(to: source) { vp_scale($0, y, u, v, Int32(width), Int32(height)) }
        guard status == 0 else {
            throw VisionError(
                .inferenceFailed, "a picture of \(source.width)x\(source.height) cannot be scaled to \(width)x\(height)"
            )
        }
        return try body(
            vp_picture(
                y: y, u: u, v: v, y_stride: width, u_stride: (width + 1) / 2, v_stride: (width + 1) / 2,
                width: Int32(width), height: Int32(height)))
    }

    /// `@unchecked Sendable`: it has one owner at a time, the pool or a call.
    private final class Buffer: @unchecked Sendable {
        private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)

        deinit { memory.deallocate() }

        func bytes(atLeast count: Int) -> UnsafeMutablePointer<UInt8> {
            if memory.count < count {
                memory.deallocate()
                memory = .allocate(byteCount: count, alignment: 64)
            }
            return memory.baseAddress!.assumingMemoryBound(to: UInt8.self)  // count is not zero
        }
    }
}
