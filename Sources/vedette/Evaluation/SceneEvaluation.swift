import VedetteCore
import VedetteTracking

/// How well people are told apart over the cameras of a rendered scene with exact ground truth.
///
/// All counts are of face boxes in frames unless said otherwise, and two scores add up.
struct SceneEvaluation {
    /// A visit of a person to a camera, from the scene's `identities.csv`.
    struct Visit {
        var person: Int
        var name: String
        var isKnown: Bool
        var camera: Int
        var firstFrame: Int
        /// Not before ``firstFrame``.
        var lastFrame: Int
    }

    /// One face of the ground truth.
    struct Truth {
        var record: MOTRecord
        /// Share of the face that nothing hides, 0...1.
        var visibility: Double
    }

    struct Camera {
        var truth: [Truth]
        var analysis: Analysis
        /// Frames a second.
        var rate: Double
    }

    /// Faces of which at least this share is seen are well visible.
    static let wellVisible = 0.8

    private(set) var idf1: [Double] = []
    /// Faces that were followed, one a frame each.
    private(set) var faces = 0
    /// Well visible faces of people in the gallery, later than a second after they came into view.
    private(set) var known = 0
    private(set) var named = 0
    private(set) var misnamed = 0
    private(set) var takenForUnknown = 0
    private(set) var strangers = 0
    private(set) var strangersNamed = 0
    /// Visits of strangers who had a name in more than two frames.
    private(set) var strangerVisitsNamed = 0
    private(set) var strangerVisits = 0
    /// Changes of strangers from one camera to another, and those over which they stayed one anonymous person.
    private(set) var handOvers = 0
    private(set) var handOversKept = 0
    /// Anonymous people who are said to be two or more people.
    private(set) var merged = 0

    mutating func add(_ cameras: [Camera], visits: [Visit], names: [PersonID: String]) {
        var majority: [Int: PersonID] = [:]
        var shownAs: [PersonID: [Int: Int]] = [:]
        for (number, camera) in cameras.enumerated() {
            let score = TrackingEvaluation(ignoresRegions: true)
                .score(groundTruth: camera.truth.map(\.record), results: camera.analysis.rows())
            idf1.append(score.idf1)
            faces += camera.analysis.tracks.lazy.filter { $0.face != nil }.reduce(0) { $0 + $1.rows.count }
            let found = Self.match(camera)
            for (index, visit) in visits.enumerated() where visit.camera == number + 1 {
                let faces = camera.truth.indices.filter { at in
                    let record = camera.truth[at].record
                    return record.id == visit.person && record.confidence != 0
                        && record.frame >= visit.firstFrame && record.frame <= visit.lastFrame
                }
                judge(visit, faces, found, camera, names)
                var finally: [PersonID: Int] = [:]
                for at in faces {
                    guard let hit = found[at], let person = camera.analysis.tracks[hit.track].person else { continue }
                    finally[person, default: 0] += 1
                    if names[person] == nil { shownAs[person, default: [:]][visit.person, default: 0] += 1 }
                }
                majority[index] = finally.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
            }
        }
        // Some frames of a crossing may belong to either.
        merged += shownAs.values.count { people in people.values.count { $0 >= 8 } > 1 }
        judgeHandOvers(visits, majority, names)
    }

    private mutating func judge(
        _ visit: Visit, _ faces: [Int], _ found: [Int: (track: Int, row: Int)], _ camera: Camera,
        _ names: [PersonID: String]
    ) {
        var framesNamed = 0
        for at in faces {
            let truth = camera.truth[at]
            let shown = found[at].flatMap { camera.analysis.tracks[$0.track].rows[$0.row].person }
            let name = shown.flatMap { names[$0] }
            if !visit.isKnown {
                strangers += 1
                if name != nil {
                    strangersNamed += 1
                    framesNamed += 1
                }
                continue
            }
            guard truth.visibility >= Self.wellVisible,
                Double(truth.record.frame - visit.firstFrame) >= camera.rate
            else { continue }
            known += 1
            if name == visit.name {
                named += 1
            } else if name != nil {
                misnamed += 1
            } else if shown != nil {
                takenForUnknown += 1
            }
        }
        guard !visit.isKnown else { return }
        strangerVisits += 1
        // While two people cross, the box of one may lie on the other for a frame or two.
        if framesNamed > 2 { strangerVisitsNamed += 1 }
    }

    private mutating func judgeHandOvers(_ visits: [Visit], _ majority: [Int: PersonID], _ names: [PersonID: String]) {
        for person in Set(visits.filter { !$0.isKnown }.map(\.person)) {
            let own = visits.indices.filter { visits[$0].person == person }
                .sorted { visits[$0].firstFrame < visits[$1].firstFrame }
            for (one, next) in zip(own, own.dropFirst()) where visits[one].camera != visits[next].camera {
                handOvers += 1
                guard let before = majority[one], names[before] == nil else { continue }
                if majority[next] == before { handOversKept += 1 }
            }
        }
    }

    /// For each face of the ground truth the row that shows it: the one that overlaps most, by half or more.
    private static func match(_ camera: Camera) -> [Int: (track: Int, row: Int)] {
        var rows: [Int: [(track: Int, row: Int, box: Box)]] = [:]
        for (index, track) in camera.analysis.tracks.enumerated() where track.face != nil {
            for (at, row) in track.rows.enumerated() { rows[row.frame, default: []].append((index, at, row.box)) }
        }
        var found: [Int: (track: Int, row: Int)] = [:]
        for (index, truth) in camera.truth.enumerated() {
            let box = truth.record.box
            let best = rows[truth.record.frame]?.max {
                $0.box.intersectionOverUnion(box) < $1.box.intersectionOverUnion(box)
            }
            if let best, best.box.intersectionOverUnion(box) >= 0.5 { found[index] = (best.track, best.row) }
        }
        return found
    }
}
