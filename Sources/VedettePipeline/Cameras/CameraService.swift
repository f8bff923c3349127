package import VedetteCore

/// Cameras as operators manage them: written to the store and started or stopped at once.
package protocol CameraService: Sendable {
    /// - Throws: `SourceFailure` for an address that cannot be one, `StoreError` for an unusable name.
    func create(name: String, uri: SourceURI, enabled: Bool) async throws -> Camera
    /// Changes what is not nil; the camera restarts when its address changed.
    func update(_ id: CameraID, name: String?, uri: SourceURI?, enabled: Bool?) async throws -> Camera
    func delete(_ id: CameraID) async throws
}
