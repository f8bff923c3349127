import Foundation
import VedetteCore

/// Standard output and standard error, as the command line promises: results to the one, everything else to the other.
enum Console {
    static func print(_ line: String) { write(line + "\n", to: .standardOutput) }

    /// A message for the person at the terminal.
    static func note(_ line: String) { write(line + "\n", to: .standardError) }

    /// One input that could not be used.
    static func complain(_ input: String, _ error: any Error) { note("vedette: \(input): \(describe(error))") }

    static func describe(_ error: any Error) -> String {
        (error as? any DescribedError)?.description ?? String(describing: error)
    }

    /// A value as one line of JSON with a fixed order of keys.
    static func printJSON(_ value: some Encodable, pretty: Bool = false) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    private static func write(_ text: String, to handle: FileHandle) {
        // A reader that went away (`| head`) ends the output, not the program with a trap.
        try? handle.write(contentsOf: Data(text.utf8))
    }
}

/// Progress on standard error: one line that is rewritten on a terminal, a line now and then elsewhere.
struct Progress {
    private let what: String
    private let total: Int?
    private var done = 0
    private var shownAt = Int64(0)
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let startedAt = Clock.monotonic()

    init(_ what: String, total: Int?) {
        self.what = what
        self.total = total
    }

    mutating func advance(by count: Int = 1) {
        done += count
        let now = Clock.monotonic()
        let pause: Int64 = isTerminal ? 100_000_000 : 5_000_000_000
        guard now - shownAt >= pause, now - startedAt >= pause else { return }
        shownAt = now
        show(end: isTerminal ? "" : "\n")
    }

    /// Clears the line on a terminal.
    func finish() {
        if isTerminal, shownAt > 0 { write("\r\u{1B}[K") }
    }

    private func show(end: String) {
        let share = total.map { " of \($0)" } ?? ""
        let rate = Double(done) / max(0.001, Clock.seconds(since: startedAt))
        write("\(isTerminal ? "\r\u{1B}[K" : "")\(what): \(done)\(share), \(Int(rate.rounded())) a second\(end)")
    }

    private func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
