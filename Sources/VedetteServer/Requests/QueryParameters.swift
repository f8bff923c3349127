import Foundation
import Hummingbird
import VedetteCore

/// The query of a request, read strictly: an unknown or repeated parameter is refused, so that a misspelt filter does
/// not silently show everything.
struct QueryParameters {
    private var values: [String: String] = [:]

    /// - Parameter allowed: the names this route knows.
    /// - Throws: ``Problem`` `invalid-query`.
    init(_ request: Request, allowed: Set<String>) throws {
        for pair in (request.uri.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(parts[0]), let value = Self.decode(parts.count > 1 ? parts[1] : "") else {
                throw Problem(.invalidQuery, "the query is not valid percent-encoded UTF-8")
            }
            guard allowed.contains(name) else {
                let known = allowed.isEmpty ? "it takes none" : "known are \(allowed.sorted().joined(separator: ", "))"
                throw Problem(.invalidQuery, "unknown parameter '\(name.prefix(64))'", remedy: known)
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Problem(.invalidQuery, "parameter '\(name)' is given twice")
            }
        }
    }

    /// Nil when absent or empty.
    func text(_ name: String) -> String? {
        values[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    func identifier<Kind>(_ name: String) throws -> Identifier<Kind>? {
        guard let text = text(name) else { return nil }
        guard let id = Identifier<Kind>(text) else {
            throw Problem(.invalidQuery, "'\(name)' is not an id: 1 to 64 of a-z A-Z 0-9 - _")
        }
        return id
    }

    /// A moment in RFC 3339.
    func date(_ name: String) throws -> Date? {
        // An unescaped "+" of an offset arrives as a space.
        guard let text = text(name)?.replacingOccurrences(of: " ", with: "+") else { return nil }
        guard let date = JSONCoding.date(text) else {
            throw Problem(
                .invalidQuery, "'\(name)' is not a time", remedy: "write it as 2026-03-01T12:00:00Z (RFC 3339)")
        }
        return date
    }

    /// One of the words of `Value`; nil when absent.
    func choice<Value: RawRepresentable<String> & CaseIterable>(_ name: String) throws -> Value? {
        guard let text = text(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.invalidQuery, "'\(name)' must be one of \(words)")
        }
        return value
    }

    /// A number of at least 0; nil when absent.
    func number(_ name: String) throws -> Double? {
        guard let text = text(name) else { return nil }
        guard let number = Double(text), number.isFinite, number >= 0 else {
            throw Problem(.invalidQuery, "'\(name)' must be a number, 0 or more")
        }
        return number
    }

    func flag(_ name: String) throws -> Bool? {
        switch text(name) {
        case nil: return nil
        case "true": return true
        case "false": return false
        default: throw Problem(.invalidQuery, "'\(name)' must be true or false")
        }
    }

    /// `cursor` and `limit` of a list.
    func page() throws -> PageRequest {
        var page = PageRequest(cursor: text("cursor"))
        if let limit = text("limit") {
            guard let number = Int(limit), (1...1000).contains(number) else {
                throw Problem(.invalidQuery, "'limit' must be a whole number from 1 to 1000")
            }
            page.limit = number
        }
        return page
    }

    /// Whether `include` names `part`; any other part is refused.
    func includes(_ part: String) throws -> Bool {
        guard let include = text("include") else { return false }
        guard include == part else { throw Problem(.invalidQuery, "'include' must be '\(part)'") }
        return true
    }

    /// Form encoding: "+" is a space.
    private static func decode(_ text: Substring) -> String? {
        text.replacingOccurrences(of: "+", with: " ").removingPercentEncoding
    }
}
