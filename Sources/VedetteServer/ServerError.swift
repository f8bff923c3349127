import VedetteCore

/// Why the server could not start or run.
package struct ServerError: DescribedError {
    package enum Code: String, Sendable, Hashable {
        /// Another program listens there.
        case portInUse
        /// The system does not let this user listen there.
        case notPermitted
        /// This machine has no such address.
        case addressNotAvailable
        /// The console's folder was named and is not one.
        case noConsole
        case failed
    }

    package var code: Code
    package var message: String
    package var remedy: String?
    /// The system's `errno`, for the log.
    package var underlyingCode: Int?
    package var isRetriable: Bool { code == .portInUse }

    package init(_ code: Code, _ message: String, remedy: String? = nil, underlyingCode: Int? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.underlyingCode = underlyingCode
    }
}
