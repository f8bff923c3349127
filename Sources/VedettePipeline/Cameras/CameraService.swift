package import VedetteCore

/// Cameras as operators manage them: written to the store and started or stopped at once.
package protocol CameraService: Sendable {
    /// - Throws: `SourceFailure` for an address that cannot be one, `StoreError` for an unusable name or an unknown tracker.
    func create(name: String, uri: SourceURI, enabled: Bool, tracker: String?) async throws -> Camera
    /// Changes what is not nil; the camera restarts when more than its name changed.
    ///
    /// - Parameter tracker: a tracker's name, or empty for the one that is configured for all.
    /// - Throws: `StoreError` `notFound`, `invalid`, and `conflict` for a camera of the configuration.
    func update(_ id: CameraID, name: String?, uri: SourceURI?, enabled: Bool?, tracker: String?) async throws -> Camera
    func delete(_ id: CameraID) async throws
}
