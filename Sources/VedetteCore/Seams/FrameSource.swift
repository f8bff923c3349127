/// One connection to a source of pictures. It opens, delivers and ends; the camera's life cycle makes a new one to
/// connect again.
package protocol FrameSource: Sendable {
    /// Opens the source and delivers its frames until it ends, fails or the task is cancelled.
    ///
    /// - Parameter deliver: called on a media thread, one call at a time. A live source drops frames while a call
    ///   blocks; a file read with ``FramePacing/everyFrame`` waits.
    /// - Returns: when the source ended by itself (end of file; a live server that closed in good order) or the task was cancelled.
    /// - Throws: ``SourceFailure`` with a reason a person understands.
    func run(deliver: @escaping @Sendable (Frame) -> Void) async throws(SourceFailure)
}

/// How fast a recorded source is read.
package enum FramePacing: Sendable, Hashable {
    /// Every frame in order, as fast as the reader takes them.
    case everyFrame
    /// At the recording's own speed, as a camera would.
    case realTime(loop: Bool)
}

/// Why a source could not be opened or stopped.
package struct SourceFailure: DescribedError, Hashable {
    package enum Reason: String, Sendable, Hashable, Codable, CaseIterable {
        case unauthorized, unknownHost, refused, timedOut, notFound, unsupported, corrupt, lost, badAddress,
            missingPlugin
        case other
    }

    package var reason: Reason
    package var message: String
    package var remedy: String?
    /// False when trying again cannot help until somebody changes the address (a file that does not exist still may appear).
    package var isRetriable: Bool

    package init(_ reason: Reason, _ message: String, remedy: String? = nil, isRetriable: Bool = true) {
        self.reason = reason
        self.message = message
        self.remedy = remedy
        self.isRetriable = isRetriable
    }
}

/// Makes sources from addresses. Implemented where sources of several modules meet: in the composition of the program.
package protocol SourceOpener: Sendable {
    /// - Throws: `badAddress` or `notFound` for an address that cannot work; nothing is connected yet.
    func open(_ uri: SourceURI, pacing: FramePacing) throws(SourceFailure) -> any FrameSource
    /// Whether something answers at the address (a TCP port accepts, a file exists), found out in at most half a second.
    /// True where that cannot be told.
    func isReachable(_ uri: SourceURI) async -> Bool
}
