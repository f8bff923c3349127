import VedetteCore
import VedetteGallery
import VedettePipeline
import VedetteStore

/// Where a command takes the enrolled people from: a folder of photos, or the data folder.
struct GallerySource {
    private let folder: String?

    init(_ folder: String?) { self.folder = folder }

    func load(_ engine: Engine, _ configuration: Configuration) async throws -> GallerySnapshot {
        if let folder {
            let enroller = engine.enroller(configuration, pool: BlockingPool(width: engine.workers))
            return try await GalleryFolder.read(folder, enroller: enroller).snapshot
        }
        let store = try DataFolder.reading(configuration)
        let contents = try await store.galleryContents(model: engine.embedder.model)
        try await store.close()
        return GallerySnapshot(contents: contents)
    }
}
