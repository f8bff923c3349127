import VedetteCore
import VedettePipeline
import VedetteTracking

/// What one face did while it was followed without interruption: from the first sight of a track, or from the moment at which
/// another face took it, to its end.
struct AnalysedTrack: Sendable {
    struct Row: Sendable {
        var frame: Int
        var time: Double
        var box: Box
        var score: Float
        /// Who it was said to be at this moment.
        var person: PersonID?
    }

    /// The number of the face at its camera; nil before it is confirmed.
    var face: Int?
    var rows: [Row] = []
    var person: PersonID?
    var name: String?
    /// Whether the person is one nobody has named.
    var isAnonymous = false
    var similarity: Float?

    var firstFrame: Int { rows.first?.frame ?? 0 }
    var lastFrame: Int { rows.last?.frame ?? 0 }

    /// Takes over who it is now.
    ///
    /// - Returns: whom it was said to be before, when that is another.
    mutating func take(_ identity: TrackIdentity) -> (changed: Bool, before: String?) {
        let changed = identity.person != person
        let before = changed && person != nil ? name : nil
        face = identity.face
        person = identity.person
        name = identity.name
        isAnonymous = identity.isAnonymous
        similarity = identity.similarity
        return (changed, before)
    }

    /// Takes the rows from `time` on out, for another face.
    mutating func cut(from time: Double) -> [Row] {
        let kept = rows.prefix { $0.time < time }.count
        defer { rows.removeLast(rows.count - kept) }
        return Array(rows[kept...])
    }

    /// Numbers for tracks of one camera: tracks of one face, and of one person, have the same, that of the longest of them, unless
    /// both are in one frame.
    static func numbers(_ tracks: [AnalysedTrack]) -> [Int] {
        var numbers = [Int](repeating: 0, count: tracks.count)
        var frames: [Int: Set<Int>] = [:]
        var ofPerson: [PersonID: Int] = [:]
        var next = (tracks.compactMap(\.face).max() ?? 0) + 1
        // Long tracks have more to lose.
        for index in tracks.indices.sorted(by: { (tracks[$0].rows.count, $1) > (tracks[$1].rows.count, $0) }) {
            let track = tracks[index]
            let own = Set(track.rows.map(\.frame))
            let wanted = track.person.flatMap { ofPerson[$0] } ?? track.face ?? next
            let isFree = frames[wanted].map { $0.isDisjoint(with: own) } ?? true
            let number = isFree ? wanted : next
            if number == next { next += 1 }
            numbers[index] = number
            frames[number, default: []].formUnion(own)
            if let person = track.person, ofPerson[person] == nil { ofPerson[person] = number }
        }
        return numbers
    }
}
