package import Hummingbird
package import NIOCore
import VedetteCore

/// What travels with one request: where its connection is and what the router found in its path.
package struct APIContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection. Streams set its options and close it.
    package let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The id in the path under `name`.
    ///
    /// - Throws: ``Problem`` 400 when it is not of the form of an id.
    func identifier<Kind>(_ name: String) throws -> Identifier<Kind> {
        guard let id = Identifier<Kind>(parameters.get(name) ?? "") else {
            throw Problem(.invalidIdentifier, "'\(name)' in the path is not an id: 1 to 64 of a-z A-Z 0-9 - _")
        }
        return id
    }
}
