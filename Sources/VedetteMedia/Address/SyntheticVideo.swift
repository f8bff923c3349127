import VedetteCore

/// Size and speed of the test picture: the options of a `test:` address.
///
/// `test:?width=640&height=360&fps=10&frames=100`. Each option may be left out; none may be given twice.
package struct SyntheticVideo: Sendable, Hashable {
    /// Pixels, even, 64...3840.
    package var width = 1280
    /// Pixels, even, 64...2160.
    package var height = 720
    /// 1...120.
    package var framesPerSecond = 25
    /// Ends after so many frames; nil goes on.
    package var frameLimit: Int?

    package init() {}

    /// - Parameters:
    ///   - options: empty, or a question mark and `name=value` pairs joined by `&`.
    ///   - name: what the options belong to, for messages.
    /// - Throws: ``SourceFailure`` with reason `badAddress` that names option, value and rule.
    init(options: Substring, of name: String) throws(SourceFailure) {
        var seen: Set<Substring> = []
        for option in options.dropFirst().split(separator: "&") {
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = parts[0]
            let value = parts.count > 1 ? parts[1] : ""
            guard seen.insert(key).inserted else {
                throw SourceAddress.bad("option '\(key.prefix(40))' of \(name) is given twice")
            }
            switch key {
            case "width": width = try Self.number(value, key, of: name, in: 64...3840, even: true)
            case "height": height = try Self.number(value, key, of: name, in: 64...2160, even: true)
            case "fps": framesPerSecond = try Self.number(value, key, of: name, in: 1...120)
            case "frames": frameLimit = try Self.number(value, key, of: name, in: 1...1_000_000_000)
            default:
                throw SourceAddress.bad(
                    "\(name) has no option '\(key.prefix(40))'", remedy: "the options are width, height, fps and frames"
                )
            }
        }
    }

    private static func number(
        _ text: Substring, _ key: Substring, of name: String, in range: ClosedRange<Int>, even: Bool = false
    ) throws(SourceFailure) -> Int {
        guard let value = Int(text), range.contains(value), !even || value % 2 == 0 else {
            throw SourceAddress.bad(
                "option '\(key)' of \(name) must be \(even ? "an even number" : "a number") of \(range.lowerBound) to "
                    + "\(range.upperBound), not '\(text.prefix(40))'")
        }
        return value
    }
}
