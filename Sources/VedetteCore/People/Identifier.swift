/// A textual id that cannot be mixed up with the id of another kind of thing.
///
/// Ids that Vedette makes are UUIDv7 (RFC 9562): they sort by the time they were made. Cameras named in the configuration
/// keep the name given there, so an id is any 1 to 64 characters of `a-z A-Z 0-9 - _`; nothing else is accepted,
/// and so no id can be a path or a piece of SQL.
package struct Identifier<Kind>: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let rawValue: String

    package init?(_ text: String) {
        guard (1...64).contains(text.utf8.count) else { return nil }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                continue
            default: return nil
            }
        }
        rawValue = text
    }

    private init(trusted: String) { rawValue = trusted }

    /// A new id, unique, and in order after those made in earlier milliseconds.
    package static func make() -> Identifier { Identifier(trusted: uuidv7(milliseconds: Clock.wall() / 1_000_000)) }

    package var description: String { rawValue }

    package static func < (left: Identifier, right: Identifier) -> Bool { left.rawValue < right.rawValue }
}

extension Identifier: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = Identifier(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not an id: 1 to 64 of a-z A-Z 0-9 - _")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

package typealias PersonID = Identifier<Person>
package typealias SampleID = Identifier<FaceSample>
package typealias CameraID = Identifier<Camera>
package typealias SightingID = Identifier<Sighting>

/// RFC 9562, section 5.7: 48 bits of Unix time in milliseconds, then random bits around version and variant.
func uuidv7(milliseconds: Int64) -> String {
    var generator = SystemRandomNumberGenerator()
    let high = UInt64(bitPattern: milliseconds) << 16 | 0x7000 | generator.next() & 0x0FFF
    let low = 0x8000_0000_0000_0000 | generator.next() >> 2
    let digits = Array("0123456789abcdef".utf8)
    return String(unsafeUninitializedCapacity: 36) { text in
        var at = 0
        for nibble in 0..<32 {
            if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                text[at] = UInt8(ascii: "-")
                at += 1
            }
            let word = nibble < 16 ? high : low
            text[at] = digits[Int(word >> UInt64(60 - 4 * (nibble % 16)) & 15)]
            at += 1
        }
        return at
    }
}
