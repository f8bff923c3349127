import ArgumentParser
import Foundation
import VedetteCore
import VedetteGallery
import VedetteImages
import VedettePipeline

/// Arguments of the commands that look at pictures.
struct PictureOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("Pictures, or folders of pictures.", valueName: "image"))
    var images: [String]

    @Option(help: "Least score of a face, 0 to 1.")
    var minScore: Float = 0.5

    @Option(help: ArgumentHelp("Also write each picture with its faces drawn in, into this folder.", valueName: "dir"))
    var draw: String?

    func validate() throws {
        guard (0.01...1).contains(minScore) else { throw ValidationError("--min-score must be from 0.01 to 1.") }
    }

    /// Looks at every picture and prints the reports.
    ///
    /// - Parameter examine: adds to a face what the command is for.
    func run(
        _ engine: Engine, json: Bool,
        _ examine: @escaping @Sendable (Detection, Frame) throws -> (FaceReport.Face, label: String, OverlayFace.Style)
    ) async throws {
        let paths = try Files.expanded(images)
        guard !paths.isEmpty else { throw Files.Failure(message: "no pictures in \(images.joined(separator: ", "))") }
        if let draw { try Files.makeFolder(draw) }
        let minScore = minScore
        let failed = try await PictureBatch(engine: engine).run(paths) { path, frame in
            let found = try engine.detector.detect(in: frame, minimumScore: minScore)
                .sorted { ($0.box.area, $0.score) > ($1.box.area, $1.score) }
            let faces = try found.map { try examine($0, frame) }
            let report = FaceReport(image: path, width: frame.width, height: frame.height, faces: faces.map(\.0))
            var drawing: [UInt8]?
            if draw != nil {
                drawing = try engine.codec.jpeg(
                    of: frame, faces: faces.map { OverlayFace(box: $0.0.box, label: $0.label, style: $0.2) },
                    maximumWidth: nil, quality: 90)
            }
            return (report, drawing)
        } emit: { path, result in
            if json {
                try Console.printJSON(result.0)
            } else {
                Console.print(result.0.summary)
            }
            if let draw, let drawing = result.1 {
                try Files.write(drawing, to: freeName(in: draw, for: path))
            }
        }
        try Outcome.check(failed: failed, of: paths.count)
    }
}

/// A file in `folder` that is not there yet: pictures of the same name, and the originals, are not written over.
private func freeName(in folder: String, for path: String) -> String {
    let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    var candidate = "\(folder)/\(name).jpg"
    var number = 2
    while FileManager.default.fileExists(atPath: candidate) {
        candidate = "\(folder)/\(name)-\(number).jpg"
        number += 1
    }
    return candidate
}

private func percent(_ value: Float) -> String { "\(Int((value * 100).rounded())) %" }

struct Detect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the faces in pictures.",
        discussion: """
            Example: vedette detect party.jpg --json --draw out

            With --json, one object per picture and line: image, width, height, and faces by size, each with box (pixels of the \
            upright picture), score and the five landmarks.
            """)

    @OptionGroup var pictures: PictureOptions
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await CommandRunner.run {
            let engine = try Engine.open(try shared.load())
            try await pictures.run(engine, json: shared.json) { face, _ in
                (
                    FaceReport.Face(box: face.box, score: face.score, landmarks: face.landmarks), percent(face.score),
                    .sure
                )
            }
        }
    }
}

struct Embed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compute the embeddings of the faces in pictures.",
        discussion: """
            Example: vedette embed portrait.jpg --json

            As 'detect', and for each face its embedding (unit length; compare two by their dot product) and its quality, 0 to 1.
            """)

    @OptionGroup var pictures: PictureOptions
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await CommandRunner.run {
            let engine = try Engine.open(try shared.load())
            try await pictures.run(engine, json: shared.json) { face, frame in
                let embedded = try engine.embedder.embed(face, in: frame)
                let report = FaceReport.Face(
                    box: face.box, score: face.score, landmarks: face.landmarks, embedding: embedded.embedding,
                    quality: embedded.quality.overall)
                return (report, "quality \(percent(embedded.quality.overall))", .sure)
            }
        }
    }
}

struct Recognize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say whose faces are in pictures.",
        discussion: """
            Example: vedette recognize group.jpg --gallery staff/ --draw out

            Faces are compared with the people in the data folder or, with --gallery, with a folder that has one sub-folder of \
            photos per person. 'person' and 'similarity' are null for somebody who is not enrolled.
            """)

    @OptionGroup var pictures: PictureOptions

    @Option(help: ArgumentHelp("Folder with one sub-folder of photos per person.", valueName: "dir"))
    var gallery: String?

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await CommandRunner.run {
            let configuration = try shared.load()
            let engine = try Engine.open(configuration)
            let people = try await GallerySource(gallery).load(engine, configuration)
            try await pictures.run(engine, json: shared.json) { face, frame in
                let embedded = try engine.embedder.embed(face, in: frame)
                var recognition = FaceReport.Recognition()
                if let match = engine.policy.decide(people.search(embedded.embedding), galleryCount: people.count).match
                {
                    recognition = FaceReport.Recognition(person: match.name, similarity: match.similarity)
                }
                let report = FaceReport.Face(
                    box: face.box, score: face.score, landmarks: face.landmarks, quality: embedded.quality.overall,
                    recognition: recognition)
                let label = recognition.person.map { "\($0) \(percent(recognition.similarity ?? 0))" } ?? ""
                return (report, label, OverlayFace.Style(similarity: recognition.similarity))
            }
        }
    }
}
