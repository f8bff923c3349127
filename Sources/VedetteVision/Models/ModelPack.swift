import Foundation

/// A detector and an embedder that go together, with what is needed to use them and to know where they come from.
///
/// A pack is a folder with the model files and their description, `pack.json`. A folder as InsightFace distributes them
/// has no description; ``open(_:runtime:)`` makes one up from the models themselves.
package struct ModelPack: Sendable, Hashable, Codable {
    package enum DetectorKind: String, Sendable, Hashable, Codable, CaseIterable {
        case scrfd
        case yunet
    }

    /// A model file, relative to the pack's folder, and its SHA-256 in hexadecimal.
    package struct File: Sendable, Hashable, Codable {
        package var file: String
        package var sha256: String
    }

    package struct Detector: Sendable, Hashable, Codable {
        package var kind: DetectorKind
        package var file: String
        package var sha256: String?
        package var input: InputLayout
        package var license: String
        package var origin: String
        /// The same detector with 8-bit weights and activations, about 1.7 times as fast.
        package var int8: File?
    }

    package struct Embedder: Sendable, Hashable, Codable {
        package struct Input: Sendable, Hashable, Codable {
            /// Pixels of the aligned face's side.
            package var size: Int
            package var mean: Float
            package var scale: Float
            package var order: InputLayout.Order

            package var layout: InputLayout { InputLayout(mean: mean, scale: scale, order: order) }
        }

        /// Stored beside every embedding: embeddings of different names are never compared.
        package var name: String
        package var file: String
        package var sha256: String?
        package var input: Input
        /// Numbers in an embedding.
        package var length: Int
        package var license: String
        package var origin: String
    }

    package struct Recognition: Sendable, Hashable, Codable {
        /// A measured point: the share of pairs of different people that are at least this similar.
        package struct Impostors: Sendable, Hashable, Codable {
            package var rate: Double
            package var similarity: Float

            package init(rate: Double, similarity: Float) {
                self.rate = rate
                self.similarity = similarity
            }
        }

        /// Similarity from which two pictures are taken for the same person. Raising it refuses more strangers and
        /// misses more of the enrolled; lowering it does the reverse.
        package var threshold: Float
        /// Falling rates with rising similarities; empty when nobody has measured the model.
        package var impostors: [Impostors]
    }

    package var name: String
    package var description: String
    package var detector: Detector
    package var embedder: Embedder
    package var recognition: Recognition

    /// Where the files are; not part of the description.
    package private(set) var folder = ""

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, description, detector, embedder, recognition
    }

    /// The absolute path of one of the pack's files.
    package func path(of file: String) -> String { folder + "/" + file }

    init(
        name: String, description: String, detector: Detector, embedder: Embedder, recognition: Recognition,
        folder: String
    ) {
        self.name = name
        self.description = description
        self.detector = detector
        self.embedder = embedder
        self.recognition = recognition
        self.folder = folder
    }

    /// Reads a pack's folder: its `pack.json`, or, where there is none, an InsightFace pack.
    ///
    /// - Parameter runtime: asked for only when the models themselves have to be looked into.
    /// - Throws: ``VisionError`` `modelMissing`, `packInvalid`, and what the runtime throws.
    package static func open(_ folder: String, runtime: () throws -> any InferenceRuntime) throws -> ModelPack {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory), isDirectory.boolValue else {
            throw VisionError(
                .modelMissing, "the model pack '\(folder)' is not a folder",
                remedy: "`vedette models list` shows the packs")
        }
        let description = folder + "/pack.json"
        guard FileManager.default.fileExists(atPath: description) else {
            return try insightFace(folder: folder, runtime: try runtime())
        }
        guard let json = FileManager.default.contents(atPath: description) else {
            throw VisionError(.modelMissing, "'\(description)' cannot be read", remedy: "check its permissions")
        }
        return try ModelPack(json: json, folder: folder)
    }

    /// The folders in `folder` that hold a `pack.json`, by name.
    package static func list(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/pack.json") }.sorted()
    }
}
