import Glibc
import VedetteCore

/// The way of the demo camera over its photograph: from the whole group to single faces and on, in a loop.
///
/// Between two views it moves with the ease of a hand that starts and stops softly (the quintic 6t^5 - 15t^4 + 10t^3),
/// never faster than a tracker can follow.
struct DemoPath: Sendable {
    /// What the camera sees: a rectangle of the picture's shape around a centre, all in pixels of the photograph.
    struct View: Equatable, Sendable {
        var x: Double
        var y: Double
        var width: Double
    }

    private struct Leg: Sendable {
        var start: Double
        var move: Double
        var from: View
        var to: View
    }

    private let legs: [Leg]
    /// Seconds of one loop.
    let duration: Double

    /// Seconds that the camera rests on a view.
    static let rest = 1.2
    /// Greatest mean speed of the picture's content, in shares of the picture's width per second; the peak is 1.875
    /// times that.
    static let speed = 0.05
    /// Greatest mean change of the zoom, as a logarithm per second.
    static let zoomSpeed = 0.22

    /// - Parameters:
    ///   - photo: width and height of the photograph.
    ///   - output: width and height of the frames.
    ///   - faces: where the faces are; empty when nobody knows: then the path goes over the middle of a group
    ///     photograph.
    init(photo: (width: Double, height: Double), output: (width: Double, height: Double), faces: [Box]) {
        let views = Self.views(photo: photo, output: output, faces: faces)
        var legs: [Leg] = []
        var time = 0.0
        for index in views.indices {
            let from = views[index]
            let to = views[(index + 1) % views.count]
            let move = Self.seconds(from: from, to: to)
            legs.append(Leg(start: time, move: move, from: from, to: to))
            time += Self.rest + move
        }
        self.legs = legs
        duration = time
    }

    /// The view at `time` seconds, which wraps around ``duration``.
    func view(at time: Double) -> View {
        let wrapped = time - (time / duration).rounded(.down) * duration
        let leg = legs.last { $0.start <= wrapped } ?? legs[0]
        let elapsed = wrapped - leg.start - Self.rest
        guard elapsed > 0, leg.move > 0 else { return leg.from }
        return Self.between(leg.from, leg.to, share: Self.ease(min(elapsed / leg.move, 1)))
    }

    private static func ease(_ t: Double) -> Double { t * t * t * (t * (6 * t - 15) + 10) }

    /// The zoom in even steps; the centre so that one point of the photograph stays where it is while the camera zooms.
    private static func between(_ a: View, _ b: View, share: Double) -> View {
        let width = a.width * pow(b.width / a.width, share)
        let zoomed = abs(a.width - b.width) > 0.02 * max(a.width, b.width)
        let travelled = zoomed ? (a.width - width) / (a.width - b.width) : share
        return View(x: a.x + (b.x - a.x) * travelled, y: a.y + (b.y - a.y) * travelled, width: width)
    }

    private static func seconds(from a: View, to b: View) -> Double {
        let distance = hypot(b.x - a.x, b.y - a.y) / min(a.width, b.width)
        return max(distance / speed, abs(log(b.width / a.width)) / zoomSpeed)
    }

    private static func views(
        photo: (width: Double, height: Double), output: (width: Double, height: Double), faces: [Box]
    ) -> [View] {
        let widest = min(photo.width, photo.height * output.width / output.height)
        let stops = faces.isEmpty ? guesses(photo) : chosen(faces)
        /// A view in which a face of `width` photo pixels becomes `target` pixels wide, of at most 2.5 times
        /// enlargement.
        func view(of stop: Box, target: Double) -> View {
            let width = min(max(Double(stop.width) * output.width / target, output.width / 2.5), widest)
            let height = width * output.height / output.width
            func inside(_ centre: Float, _ size: Double, _ limit: Double) -> Double {
                min(max(Double(centre), size / 2), max(limit - size / 2, size / 2))
            }
            return View(
                x: inside(stop.center.x, width, photo.width), y: inside(stop.center.y, height, photo.height),
                width: width)
        }
        var views: [View] = []
        for (index, stop) in stops.enumerated() {
            views.append(view(of: stop, target: 90))
            // Not every face from near: the eye wants the group as well.
            if index % 2 == 0 {
                views.append(view(of: stop, target: 190))
                views.append(view(of: stop, target: 110))
            }
        }
        // Back over everybody at the smallest size that is still well recognised.
        views += stops.reversed().enumerated().filter { $0.offset % 3 == 0 }.map { view(of: $0.element, target: 62) }
        return views.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    /// Up to eight of the faces from left to right, spread evenly.
    private static func chosen(_ faces: [Box]) -> [Box] {
        let sorted = faces.sorted { $0.center.x < $1.center.x }
        guard sorted.count > 8 else { return sorted }
        return (0..<8).map { sorted[$0 * (sorted.count - 1) / 7] }
    }

    /// Where the heads of a group in two rows commonly are.
    private static func guesses(_ photo: (width: Double, height: Double)) -> [Box] {
        let width = photo.width / 28
        return (0..<6).map { index in
            let x = photo.width * (0.12 + 0.152 * Double(index))
            let y = photo.height * (index % 2 == 0 ? 0.4 : 0.55)
            return Box(x: Float(x - width / 2), y: Float(y - width / 2), width: Float(width), height: Float(width))
        }
    }
}
