import Foundation
package import Logging
import ServiceLifecycle

/// Removes anonymous people who were not seen for a while, at start and then every hour.
///
/// Ends at graceful shutdown or cancellation. A failure is logged and tried again an hour later.
package final class AnonymousExpiry: Service {
    private static let period = Duration.seconds(3600)

    private let people: PeopleService
    private let days: Int
    private let logger: Logger

    /// - Parameter days: how long somebody who has no name is remembered after they were last seen; 0 for ever. Raising
    ///   it recognises rare visitors for longer, lowering it keeps less of people who never agreed to be known.
    package init(people: PeopleService, days: Int, logger: Logger) {
        self.people = people
        self.days = days
        self.logger = logger
    }

    package func run() async throws {
        guard days > 0 else {
            try? await gracefulShutdown()
            return
        }
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await expire(at: .now)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.period) }
        }
    }

    func expire(at now: Date) async {
        do {
            let count = try await people.expireAnonymousPeople(
                before: now.addingTimeInterval(-Double(days) * 24 * 3600))
            guard count > 0 else { return }
            logger.notice(
                "erased anonymous people who were not seen any more",
                metadata: ["count": "\(count)", "days": "\(days)"])
        } catch {
            logger.warning(
                "anonymous people who are not seen any more cannot be erased yet", metadata: ["error": "\(error)"])
        }
    }
}
