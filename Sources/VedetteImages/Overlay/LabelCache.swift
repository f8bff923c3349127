import CImages
import Synchronization
import VedetteCore

/// Labels as they stand in the picture, plate and text, ready to be copied row by row.
///
/// Setting a line of text takes some fifty microseconds and a lock, a copy one or two: the labels of one frame are
/// nearly always those of the frame before.
final class LabelCache: Sendable {
    struct Key: Hashable {
        var text: String
        var style: OverlayFace.Style
        /// Height of the letters' em square.
        var fontPixels: Int
        /// The plate's greatest width.
        var maximumWidth: Int
    }

    private struct State {
        var patches: [Key: (patch: LabelPatch, lastUse: UInt64)] = [:]
        var bytes = 0
        var clock: UInt64 = 0
    }

    private let state = Mutex(State())
    private let writer = LabelWriter()
    /// What the kept patches may take together; a label at 720p has about 8 KB.
    private let maximumBytes: Int

    init(maximumBytes: Int = 4 << 20) { self.maximumBytes = maximumBytes }

    /// - Returns: nil when there is nothing to write or no room to write it.
    func patch(for key: Key) -> LabelPatch? {
        let known = state.withLock { state -> LabelPatch? in
            state.clock += 1
            guard let entry = state.patches[key] else { return nil }
            state.patches[key]?.lastUse = state.clock
            return entry.patch
        }
        if let known { return known }
        guard let patch = writer.write(key) else { return nil }
        state.withLock { state in
            if let old = state.patches.updateValue((patch, state.clock), forKey: key) {
                state.bytes -= old.patch.byteCount
            }
            state.bytes += patch.byteCount
            if state.bytes > maximumBytes { discardOldest(&state) }
        }
        return patch
    }

    var count: Int { state.withLock { $0.patches.count } }

    /// Down to half the limit at once, so that a stream of new labels does not sort at every one.
    private func discardOldest(_ state: inout State) {
        for (key, entry) in state.patches.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
            guard state.bytes > maximumBytes / 2 else { return }
            state.patches[key] = nil
            state.bytes -= entry.patch.byteCount
        }
    }
}

/// One label in I420, of even size. `@unchecked Sendable`: written once, then only read.
final class LabelPatch: @unchecked Sendable {
    private var picture: vi_picture

    fileprivate init(owning picture: vi_picture) { self.picture = picture }

    deinit { vi_picture_free(&picture) }

    var view: vi_view { vi_view(picture.planes) }
    var width: Int { Int(picture.planes.width) }
    var height: Int { Int(picture.planes.height) }
    var byteCount: Int { Int(picture.planes.y_stride) * height * 3 / 2 }
}

/// Pango behind a lock: a layout is for one thread at a time.
private final class LabelWriter: Sendable {
    private struct Handle: @unchecked Sendable {
        // Only touched while the lock around it is held.
        var pointer: OpaquePointer?
    }

    /// Made at the first label: loading the fonts takes tens of milliseconds, which a program that draws nothing saves.
    private let handle = Mutex(Handle(pointer: nil))

    deinit { handle.withLock { vi_writer_free($0.pointer) } }

    func write(_ key: LabelCache.Key) -> LabelPatch? {
        let text = Self.printable(key.text)
        guard !text.isEmpty, key.fontPixels > 0 else { return nil }
        let side = max(2, key.fontPixels * 2 / 5)
        let top = max(1, key.fontPixels / 8)
        let room = key.maximumWidth - 2 * side
        guard room >= 2 * key.fontPixels else { return nil }
        return handle.withLock { handle in
            if handle.pointer == nil { handle.pointer = vi_writer_new() }
            guard let writer = handle.pointer else { return nil }
            var mask = vi_mask()
            var text = text
            let status = text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) {
                    vi_write(writer, $0.baseAddress, Int32($0.count), Int32(key.fontPixels), Int32(room), &mask)
                }
            }
            guard status == VI_OK else { return nil }
            let width = (Int(mask.width) + 2 * side + 1) & ~1
            let height = (Int(mask.height) + 2 * top + 1) & ~1
            var picture = vi_picture()
            guard vi_picture_init(&picture, Int32(width), Int32(height)) == VI_OK else { return nil }
            vi_ink(
                picture.planes, key.style.colour, key.style.ink, mask.pixels, mask.stride, mask.width, mask.height,
                Int32(side), Int32(top))
            return LabelPatch(owning: picture)
        }
    }

    /// The text in one line without control characters, its middle left out when it is long: the end holds the
    /// similarity.
    ///
    /// Counted in scalars, because a thousand accents may sit on one character.
    static func printable(_ text: String) -> String {
        let head = 120
        let tail = 40
        var scalars = Array(text.unicodeScalars.prefix(head + tail + 1))
        if scalars.count > head + tail {
            scalars = scalars.prefix(head) + ["\u{2026}"] + text.unicodeScalars.suffix(tail)
        }
        var line = String.UnicodeScalarView()
        for scalar in scalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .surrogate: line.append(" ")
            default: line.append(scalar)
            }
        }
        return String(line)
    }
}
