/// Numbers out of bytes nobody vouches for: a read beyond the end gives nil.
struct ByteReader {
    let bytes: UnsafeRawBufferPointer

    var count: Int { bytes.count }

    func byte(at offset: Int) -> Int? {
        offset >= 0 && offset < bytes.count ? Int(bytes[offset]) : nil
    }

    /// `length` bytes, the most significant first.
    func big(at offset: Int, length: Int) -> Int? {
        guard holds(offset, length) else { return nil }
        return (0..<length).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }

    /// `length` bytes, the least significant first.
    func little(at offset: Int, length: Int) -> Int? {
        guard holds(offset, length) else { return nil }
        return (0..<length).reversed().reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }

    func hasText(_ text: StaticString, at offset: Int) -> Bool {
        guard holds(offset, text.utf8CodeUnitCount) else { return false }
        return (0..<text.utf8CodeUnitCount).allSatisfy { bytes[offset + $0] == text.utf8Start[$0] }
    }

    func part(at offset: Int, length: Int) -> ByteReader? {
        guard holds(offset, length) else { return nil }
        return ByteReader(bytes: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]))
    }

    private func holds(_ offset: Int, _ length: Int) -> Bool {
        offset >= 0 && length >= 0 && offset <= bytes.count && length <= bytes.count - offset
    }
}
