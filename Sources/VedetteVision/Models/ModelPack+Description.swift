package import Foundation

extension ModelPack {
    /// Reads and checks a `pack.json`.
    ///
    /// - Throws: ``VisionError`` `packInvalid` naming the file, the key and the rule; `modelMissing` when a file it
    ///   names is not there.
    package init(json: Data, folder: String) throws(VisionError) {
        let file = folder + "/pack.json"
        func invalid(_ reason: String) -> VisionError {
            VisionError(.packInvalid, "'\(file)': \(reason)", remedy: "run `make setup` again, or mend the description")
        }
        let object: Any
        do {
            object = try JSONSerialization.jsonObject(with: json)
        } catch {
            throw invalid("it is not JSON")
        }
        guard let object = object as? [String: Any] else { throw invalid("it is not a JSON object") }
        if let key = Self.unknownKey(in: object) { throw invalid("'\(key)' is not a key of a pack") }
        let decoded: ModelPack
        do {
            decoded = try JSONDecoder().decode(ModelPack.self, from: json)
        } catch let error as DecodingError {
            throw invalid(Self.describe(error))
        } catch {
            throw invalid("it cannot be decoded")
        }
        if let problem = decoded.problem { throw invalid(problem) }
        self.init(
            name: decoded.name, description: decoded.description, detector: decoded.detector,
            embedder: decoded.embedder,
            recognition: decoded.recognition, folder: folder)
        for name in fileNames where !FileManager.default.fileExists(atPath: path(of: name)) {
            throw VisionError(
                .modelMissing, "'\(file)' names '\(name)', which is not there", remedy: "run `make setup`")
        }
    }

    /// All model files, in the order of the description.
    package var fileNames: [String] {
        [detector.file, embedder.file] + (detector.int8.map { [$0.file] } ?? [])
    }

    /// A rule that the description breaks; nil when it breaks none.
    private var problem: String? {
        if name.isEmpty || name.contains("/") { return "'name' must not be empty or contain a slash" }
        if embedder.name.isEmpty { return "'embedder.name' must not be empty" }
        for name in fileNames
        where name.isEmpty || name.split(separator: "/", omittingEmptySubsequences: false).contains("..")
            || name.hasPrefix("/")
        {
            return "'file' must be the name of a file inside the pack, and is '\(name)'"
        }
        if embedder.input.size != FaceAligner.side {
            return "'embedder.input.size' must be \(FaceAligner.side), and is \(embedder.input.size)"
        }
        if !(8...4096).contains(embedder.length) {
            return "'embedder.length' must be 8 to 4096, and is \(embedder.length)"
        }
        for (key, scale) in [("detector", detector.input.scale), ("embedder", embedder.input.scale)]
        where !(scale > 0 && scale <= 1) {
            return "'\(key).input.scale' must be above 0 and at most 1, and is \(scale)"
        }
        if !(-1...1).contains(recognition.threshold) {
            return "'recognition.threshold' must be between -1 and 1, and is \(recognition.threshold)"
        }
        let points = recognition.impostors
        if points.contains(where: { !($0.rate > 0 && $0.rate <= 1 && (-1...1).contains($0.similarity)) }) {
            return "'recognition.impostors' must have rates above 0 and up to 1, and similarities from -1 to 1"
        }
        for (earlier, later) in zip(points, points.dropFirst())
        where !(later.rate < earlier.rate && later.similarity > earlier.similarity) {
            return "'recognition.impostors' must have falling rates and rising similarities"
        }
        return nil
    }

    /// The keys of a description, by the path of the object they belong to. A wrong key is refused rather than ignored:
    /// it is a misspelt one whose value would silently not count.
    private static let keys: [String: Set<String>] = [
        "": ["name", "description", "detector", "embedder", "recognition"],
        "detector": ["kind", "file", "sha256", "input", "license", "origin", "int8"],
        "detector.input": ["mean", "scale", "order"],
        "detector.int8": ["file", "sha256"],
        "embedder": ["name", "file", "sha256", "input", "length", "license", "origin"],
        "embedder.input": ["size", "mean", "scale", "order"],
        "recognition": ["threshold", "impostors"],
        "recognition.impostors": ["rate", "similarity"],
    ]

    private static func unknownKey(in object: [String: Any], at path: String = "") -> String? {
        guard let allowed = keys[path] else { return nil }
        for (key, value) in object.sorted(by: { $0.key < $1.key }) {
            let full = path.isEmpty ? key : path + "." + key
            guard allowed.contains(key) else { return full }
            let members =
                (value as? [Any])?.compactMap { $0 as? [String: Any] } ?? [value as? [String: Any]].compactMap { $0 }
            for member in members {
                if let unknown = unknownKey(in: member, at: full) { return unknown }
            }
        }
        return nil
    }

    private static func describe(_ error: DecodingError) -> String {
        func path(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
            let keys = context.codingPath + (key.map { [$0] } ?? [])
            return keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context): return "'\(path(context, key))' is missing"
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            return "'\(path(context))' is not \(name(of: type))"
        case .dataCorrupted(let context) where path(context).isEmpty: return "it is not JSON"
        case .dataCorrupted(let context):
            return "'\(path(context))' has a value that is not allowed\(choices(path(context)))"
        @unknown default: return "it cannot be decoded"
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Int.Type: "a whole number"
        case is Float.Type, is Double.Type: "a number"
        default: "an object or list of the right form"
        }
    }

    private static func choices(_ path: String) -> String {
        if path.hasSuffix("kind") {
            return "; it is one of " + DetectorKind.allCases.map(\.rawValue).joined(separator: ", ")
        }
        if path.hasSuffix("order") {
            return "; it is one of " + InputLayout.Order.allCases.map(\.rawValue).joined(separator: ", ")
        }
        return ""
    }
}
