package import Foundation
import Glibc

/// When a picture was taken, on both clocks. The wall clock can be shown and stored; only the monotonic one
/// may be subtracted.
package struct CaptureTime: Sendable, Hashable {
    /// Nanoseconds since 1970-01-01 UTC.
    package var wall: Int64
    /// Nanoseconds of CLOCK_MONOTONIC.
    package var monotonic: Int64

    package init(wall: Int64, monotonic: Int64) {
        self.wall = wall
        self.monotonic = monotonic
    }

    /// The wall clock's reading, for showing and storing.
    package var date: Date { Date(timeIntervalSince1970: Double(wall) / 1e9) }

    package static func now() -> CaptureTime {
        CaptureTime(wall: Clock.wall(), monotonic: Clock.monotonic())
    }

    /// A moment of the monotonic clock, with the wall clock reading that belongs to it.
    package static func at(monotonic: Int64) -> CaptureTime {
        let now = now()
        return CaptureTime(wall: now.wall - (now.monotonic - monotonic), monotonic: monotonic)
    }
}

/// The two system clocks in nanoseconds: cheap enough to be read for every frame and stage.
package enum Clock {
    package static func monotonic() -> Int64 { read(CLOCK_MONOTONIC) }
    package static func wall() -> Int64 { read(CLOCK_REALTIME) }

    /// Seconds since `start`, a reading of ``monotonic()``.
    package static func seconds(since start: Int64) -> Double { Double(monotonic() - start) / 1e9 }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
