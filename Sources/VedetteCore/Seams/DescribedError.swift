/// An error that a person can act on: every error that leaves a module is one.
package protocol DescribedError: Error, CustomStringConvertible {
    /// What went wrong with what, in one sentence without secrets.
    var message: String { get }
    /// What the reader can do about it; nil when there is nothing to do.
    var remedy: String? { get }
    /// Whether the same call may work later without anybody changing anything.
    var isRetriable: Bool { get }
}

extension DescribedError {
    package var description: String { remedy.map { "\(message) (\($0))" } ?? message }
}
