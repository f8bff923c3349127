import Synchronization

/// Memory for frames of one size, used again instead of freed.
///
/// A pool grows to as many buffers as were alive at once and keeps them until it is freed itself.
package final class FramePool: Sendable {
    package let width: Int
    package let height: Int
    /// Bytes from one row of luma to the next: the width rounded up to 64, so that every row starts a cache line.
    package let yStride: Int
    package let chromaStride: Int
    package var byteCount: Int { yStride * height + 2 * chromaStride * ((height + 1) / 2) }
    private let free = Mutex<[Buffer]>([])

    package init(width: Int, height: Int) {
        precondition(width > 0 && height > 0, "a frame has at least one pixel")
        self.width = width
        self.height = height
        yStride = (width + 63) / 64 * 64
        chromaStride = yStride / 2
    }

    /// A frame whose planes `fill` has written. The planes hold anything before: `fill` writes every pixel.
    package func frame(
        colorimetry: Colorimetry, captureTime: CaptureTime, sequence: UInt64, mediaTime: Double? = nil,
        fill: (MutablePlanes) throws -> Void
    ) rethrows -> Frame {
        let buffer = free.withLock { $0.popLast() } ?? Buffer(byteCount: byteCount)
        let planes = planes(of: buffer)
        do {
            try fill(planes)
        } catch {
            give(back: buffer)
            throw error
        }
        return PooledFrame(
            pool: self, buffer: buffer,
            planes: Frame.Planes(
                y: UnsafePointer(planes.y), u: UnsafePointer(planes.u), v: UnsafePointer(planes.v),
                yStride: yStride, uStride: chromaStride, vStride: chromaStride),
            colorimetry: colorimetry, captureTime: captureTime, sequence: sequence, mediaTime: mediaTime)
    }

    private func planes(of buffer: Buffer) -> MutablePlanes {
        let chroma = chromaStride * ((height + 1) / 2)
        let y = buffer.bytes
        return MutablePlanes(
            y: y, u: y + yStride * height, v: y + yStride * height + chroma,
            yStride: yStride, uStride: chromaStride, vStride: chromaStride)
    }

    fileprivate func give(back buffer: Buffer) {
        free.withLock { $0.append(buffer) }
    }
}

/// The planes of a frame that is still being written.
package struct MutablePlanes {
    package var y: UnsafeMutablePointer<UInt8>
    package var u: UnsafeMutablePointer<UInt8>
    package var v: UnsafeMutablePointer<UInt8>
    package var yStride: Int
    package var uStride: Int
    package var vStride: Int
}

/// One block of memory. `@unchecked Sendable`: it has one owner at a time, the pool or a frame.
private final class Buffer: @unchecked Sendable {
    let bytes: UnsafeMutablePointer<UInt8>

    init(byteCount: Int) {
        let raw = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
        bytes = raw.bindMemory(to: UInt8.self, capacity: byteCount)
    }

    deinit { UnsafeMutableRawPointer(bytes).deallocate() }
}

private final class PooledFrame: Frame, @unchecked Sendable {
    private let pool: FramePool
    private let buffer: Buffer

    init(
        pool: FramePool, buffer: Buffer, planes: Frame.Planes, colorimetry: Colorimetry, captureTime: CaptureTime,
        sequence: UInt64, mediaTime: Double?
    ) {
        self.pool = pool
        self.buffer = buffer
        super.init(
            width: pool.width, height: pool.height, planes: planes, colorimetry: colorimetry,
            captureTime: captureTime, sequence: sequence, mediaTime: mediaTime)
    }

    deinit { pool.give(back: buffer) }
}
