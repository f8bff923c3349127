import ArgumentParser
import Foundation

/// A moment given on the command line, in RFC 3339.
enum TimeArgument {
    static func date(_ text: String) -> Date? {
        (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }

    /// - Parameter options: name and value, nil where the option was not given.
    /// - Throws: `ValidationError` for the first that is no time.
    static func check(_ options: KeyValuePairs<String, String?>) throws {
        for (name, text) in options {
            guard let text, date(text) == nil else { continue }
            throw ValidationError("\(name) must be a time such as 2026-11-20T08:00:00Z, not '\(text)'.")
        }
    }

    /// As the HTTP API writes it.
    static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
