import Foundation

/// The rendered scene of two cameras, with exact ground truth.
struct Scene {
    struct Visit {
        var person: Int
        var name: String
        var isKnown: Bool
        var camera: Int
        var frames: ClosedRange<Int>
    }

    /// A person's change from one camera to another.
    struct Change {
        var person: Int
        var name: String
        var from: Int
        var to: Int
        /// Frames out of view.
        var frames: Int
    }

    /// A face in a frame, or a row of results.
    struct Row {
        var frame: Int
        var id: Int
        var x: Double
        var y: Double
        var width: Double
        var height: Double

        func overlap(_ other: Row) -> Double {
            let across = max(0, min(x + width, other.x + other.width) - max(x, other.x))
            let down = max(0, min(y + height, other.y + other.height) - max(y, other.y))
            return across * down / (width * height + other.width * other.height - across * down)
        }
    }

    static let folder = Surroundings.data + "/scene_example"
    static let gallery = folder + "/gallery"
    static let isHere =
        Surroundings.hasModels && FileManager.default.fileExists(atPath: folder + "/scene.json")
    static let absence =
        "skipped: needs models ('make setup') and scene_example in the folder that VEDETTE_TEST_DATA names"

    /// Frames a second of the films.
    static let rate = 15.0

    let visits: [Visit]
    let changes: [Change]

    init() throws {
        visits = try Self.table("identities.csv").compactMap { fields in
            guard fields.count >= 7, let person = Int(fields[0]), let camera = Int(fields[3]),
                let first = Int(fields[5]), let last = Int(fields[6])
            else { return nil }
            return Visit(
                person: person, name: fields[1], isKnown: fields[2] == "1", camera: camera, frames: first...last)
        }
        changes = try Self.table("handovers.csv").compactMap { fields in
            guard fields.count >= 6, let person = Int(fields[0]), let from = Int(fields[2]), let last = Int(fields[3]),
                let to = Int(fields[4]), let first = Int(fields[5])
            else { return nil }
            return Change(person: person, name: fields[1], from: from, to: to, frames: first - last)
        }
    }

    func film(_ camera: Int) -> String { "\(Self.folder)/cam\(camera).mp4" }

    /// Faces of the ground truth.
    func truth(_ camera: Int) throws -> [Row] {
        try Self.rows(String(contentsOfFile: "\(Self.folder)/gt_cam\(camera).txt", encoding: .utf8))
    }

    /// MOTChallenge text. Nil where a line is none.
    static func rows(_ text: String) throws -> [Row] {
        try text.split(separator: "\n").map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            let numbers = fields.compactMap { Double($0) }
            guard fields.count >= 7, numbers.count == fields.count, let frame = Int(fields[0]), let id = Int(fields[1])
            else { throw Malformed(line: String(line)) }
            return Row(frame: frame, id: id, x: numbers[2], y: numbers[3], width: numbers[4], height: numbers[5])
        }
    }

    struct Malformed: Error {
        var line: String
    }

    /// The fields of each line but the first.
    private static func table(_ name: String) throws -> [[String]] {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).split(separator: "\n").dropFirst()
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }
}
