import Synchronization

/// Library handles that are used again: as many at once as there are callers, at most `maximumIdle` kept between calls.
final class HandlePool<Handle: Sendable>: Sendable {
    private let idle = Mutex<[Handle]>([])
    private let maximumIdle: Int
    private let make: @Sendable () throws -> Handle

    init(maximumIdle: Int, make: @escaping @Sendable () throws -> Handle) {
        self.maximumIdle = maximumIdle
        self.make = make
    }

    /// - Parameter keep: asked after `body`, which may have made the handle too large to keep.
    func with<Result>(keep: (Handle) -> Bool = { _ in true }, _ body: (Handle) throws -> Result) throws -> Result {
        let handle = try idle.withLock { $0.popLast() } ?? make()
        defer {
            if keep(handle) {
                idle.withLock { if $0.count < maximumIdle { $0.append(handle) } }
            }
        }
        return try body(handle)
    }
}
