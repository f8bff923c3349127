import Foundation

/// Moments as whole microseconds since 1970-01-01 UTC: they order and compare exactly in every database.
///
/// Reading back what was written gives the moment to the microsecond; a `Date` that was finer is rounded.
struct Timestamp: Comparable {
    let microseconds: Int64

    /// Years 1 to 9999, what RFC 3339 can write. Moments beyond become the nearest end.
    private static let range: ClosedRange<Double> = -62_135_596_800...253_402_300_799

    init(microseconds: Int64) { self.microseconds = microseconds }

    init(_ date: Date) {
        let seconds = date.timeIntervalSince1970
        let finite = seconds.isNaN ? 0 : min(max(seconds, Timestamp.range.lowerBound), Timestamp.range.upperBound)
        microseconds = Int64((finite * 1e6).rounded())
    }

    static func now() -> Timestamp { Timestamp(Date()) }

    var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1e6) }

    static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }
}
