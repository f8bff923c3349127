import Foundation
import VedetteCore
import VedetteGallery
import VedettePipeline

/// A gallery made from a folder with one sub-folder of photos per person, without any database.
struct GalleryFolder {
    var snapshot: GallerySnapshot
    var people: Int
    var photos: Int
    /// Photos that could not be used.
    var refused: Int

    /// Reads every photo; those that cannot be used are complained about on standard error and left out.
    static func read(_ path: String, enroller: Enroller) async throws -> GalleryFolder {
        var entries: [GalleryContents.Entry] = []
        var photos = 0
        var refused = 0
        var people = 0
        for folder in try Files.folders(in: path) {
            let id = PersonID.make()
            var count = 0
            let name: String
            let pictures: [String]
            do {
                name = try Person.validated(name: folder.name)
                pictures = try Files.pictures(in: folder.path)
            } catch {
                refused += 1
                Console.complain(folder.path, error)
                continue
            }
            for photo in pictures {
                photos += 1
                do {
                    let face = try await enroller.face(in: try Files.read(photo))
                    entries.append(.init(person: id, name: name, embedding: face.embedding))
                    count += 1
                } catch {
                    refused += 1
                    Console.complain(photo, error)
                }
            }
            if count > 0 { people += 1 }
        }
        guard !entries.isEmpty else {
            throw Files.Failure(
                message: "\(path): nobody could be enrolled from it", remedy: "one sub-folder of photos per person")
        }
        return GalleryFolder(
            snapshot: GallerySnapshot(contents: GalleryContents(version: 1, entries: entries)), people: people,
            photos: photos, refused: refused)
    }
}
