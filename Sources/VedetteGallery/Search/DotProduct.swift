import VedetteCore

/// The inner loop of a search.
enum DotProduct {
    /// Of rows in memory: a cache line, which is also the widest vector register.
    static let alignment = 64
    /// Bytes that are taken at once.
    private static let block = 128

    /// Room for `count` floats in whole blocks.
    static func paddedBytes(count: Int) -> Int {
        (count * MemoryLayout<Float>.size + block - 1) / block * block
    }

    /// Calls `body` with the probe as an aligned row of `bytes`, whole blocks that hold it, filled up with zeros.
    @inline(__always)
    static func withRow<Value>(_ probe: Embedding, bytes: Int, _ body: (UnsafeRawPointer) -> Value) -> Value {
        withUnsafeTemporaryAllocation(byteCount: bytes, alignment: alignment) { row in
            row.initializeMemory(as: UInt8.self, repeating: 0)
            probe.values.withUnsafeBytes { row.copyMemory(from: $0) }
            return body(UnsafeRawPointer(row.baseAddress!))
        }
    }

    /// Sum of the products of two aligned rows of `bytes`, whole blocks.
    ///
    /// Four sums run side by side, so that an addition need not wait for the one before. Without fused multiply-add: on
    /// processors that no compiler flag asks for it would be a library call per number.
    @inline(__always)
    static func of(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, bytes: Int) -> Float {
        var first = SIMD8<Float>.zero
        var second = SIMD8<Float>.zero
        var third = SIMD8<Float>.zero
        var fourth = SIMD8<Float>.zero
        var at = 0
        while at < bytes {
            first += product(left + at, right + at)
            second += product(left + at + 32, right + at + 32)
            third += product(left + at + 64, right + at + 64)
            fourth += product(left + at + 96, right + at + 96)
            at += block
        }
        return ((first + second) + (third + fourth)).sum()
    }

    @inline(__always)
    private static func product(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> SIMD8<Float> {
        left.load(as: SIMD8<Float>.self) * right.load(as: SIMD8<Float>.self)
    }
}
