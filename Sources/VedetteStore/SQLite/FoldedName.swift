import Foundation
import VedetteCore

/// A name folded so that upper and lower case, and the ways to write an accent, do not matter. Folded here and not by
/// the database: each database folds differently, and SQLite only the letters of ASCII.
struct FoldedName {
    let key: String

    init(_ name: String) { key = name.precomposedStringWithCanonicalMapping.lowercased() }

    /// A pattern for `LIKE ? ESCAPE '\'` that finds names with this text anywhere; nil when no name can have it.
    var searchPattern: String? {
        guard !key.utf8.contains(0), key.utf8.count <= 16 * Person.maximumNameLength else { return nil }
        let escaped = key.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
        return "%\(escaped)%"
    }
}
