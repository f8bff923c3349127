import Foundation
import VedetteCore

/// The key of the last row of a page, as text that callers hand back unread.
///
/// A page continues behind its key rather than at a row number, so that rows that come or go meanwhile neither repeat
/// nor hide others. The text is base64url (RFC 4648, section 5) of the list's tag and the key's parts, separated by
/// the unit separator, which no id, number or validated name contains.
struct Cursor {
    /// Tells the lists apart, and this form from later ones.
    enum List: String {
        case people = "p1"
        case sightings = "s1"
        case anonymous = "a1"
    }

    private static let separator: Character = "\u{1F}"
    private static let maximumLength = 8192

    let text: String

    init(_ list: List, _ parts: [String]) {
        let joined = ([list.rawValue] + parts).joined(separator: String(Cursor.separator))
        text = Data(joined.utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The parts of a cursor that was made for `list` with as many parts.
    ///
    /// - Throws: ``StoreError`` `invalid` for anything else.
    static func parts(of text: String, list: List, count: Int) throws(StoreError) -> [String] {
        guard text.utf8.count <= maximumLength, !text.contains(where: { "+/=".contains($0) }) else { throw malformed }
        var standard = text.replacing("-", with: "+").replacing("_", with: "/")
        standard += String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: standard), let joined = String(bytes: data, encoding: .utf8) else {
            throw malformed
        }
        let parts = joined.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == count + 1, parts[0] == list.rawValue else { throw malformed }
        return Array(parts.dropFirst())
    }

    static var malformed: StoreError {
        StoreError(.invalid, "the page cursor is malformed", remedy: "start again at the first page, without a cursor")
    }
}

extension PageRequest {
    /// - Throws: ``StoreError`` `invalid` when the limit is outside 1...1000.
    func validatedLimit() throws(StoreError) -> Int {
        guard (1...1000).contains(limit) else {
            throw StoreError(.invalid, "a page has 1 to 1000 entries, not \(limit)")
        }
        return limit
    }
}

extension Page {
    /// From one row more than was asked for: the surplus one only tells that another page follows.
    init(rows: [Item], limit: Int, cursor: (Item) -> Cursor) {
        let items = Array(rows.prefix(limit))
        self.init(items: items, next: rows.count > limit ? items.last.map { cursor($0).text } : nil)
    }
}
