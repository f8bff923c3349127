import Foundation
import Glibc
import VedetteCore

/// Standard output and standard error, as the command line promises: results to the one, everything else to the other.
enum Console {
    static func print(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

    /// A message for the person at the terminal.
    static func note(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

    /// One input that could not be used.
    static func complain(_ input: String, _ error: any Error) {
        let text = describe(error)
        note(text.hasPrefix(input) ? "vedette: \(text)" : "vedette: \(input): \(text)")
    }

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

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        let failure: Int32? = text.withUTF8 { bytes in
            var left = UnsafeRawBufferPointer(bytes)
            while !left.isEmpty {
                let count = Glibc.write(descriptor, left.baseAddress, left.count)
                if count < 0, errno == EINTR { continue }
                if count < 0 { return errno }
                left = UnsafeRawBufferPointer(rebasing: left[count...])
            }
            return nil
        }
        // A reader that has enough (`| head`) is no failure; a result that is lost is.
        guard let failure, failure != EPIPE, descriptor == STDOUT_FILENO else { return }
        note("vedette: the output cannot be written: \(String(cString: strerror(failure)))")
        exit(1)
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
