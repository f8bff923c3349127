import Synchronization
import VedetteCore

/// How many streams of each camera, or of one kind that is no camera's, are open.
final class ViewerLimit: Sendable {
    private let maximum: Int
    private let open = Mutex<[CameraID?: Int]>([:])

    init(maximum: Int) { self.maximum = maximum }

    /// A place at the camera, given back when the value is freed; nil when all are taken.
    func place(at camera: CameraID?) -> Place? {
        let free = open.withLock { open -> Bool in
            guard open[camera, default: 0] < maximum else { return false }
            open[camera, default: 0] += 1
            return true
        }
        return free ? Place(limit: self, camera: camera) : nil
    }

    private func leave(_ camera: CameraID?) {
        open.withLock { open in
            open[camera, default: 1] -= 1
            if open[camera] == 0 { open[camera] = nil }
        }
    }

    /// A class, so that the place is given back however the request ends: also when its answer was never begun.
    final class Place: Sendable {
        private let limit: ViewerLimit
        private let camera: CameraID?

        fileprivate init(limit: ViewerLimit, camera: CameraID?) {
            self.limit = limit
            self.camera = camera
        }

        deinit { limit.leave(camera) }
    }
}
