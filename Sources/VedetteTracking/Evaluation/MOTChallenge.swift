import VedetteCore

/// The text format of MOTChallenge: `frame,id,x,y,width,height,confidence` and columns that are ignored, a row per box.
package enum MOTChallenge {
    /// What a text is read as.
    package enum Kind: Sendable {
        /// Ids do not matter.
        case detections
        /// Ground truth or tracks: ids are 0 or more, and none stands twice in a frame.
        case tracks
    }

    /// Reads a text; rows may be in any order, lines may end the Windows way, empty lines are skipped.
    ///
    /// - Parameter name: what errors call the text: a file's name.
    /// - Returns: the rows in order of frame, otherwise as they stood.
    /// - Throws: ``MOTFormatError`` at the first row that is wrong.
    package static func parse(_ text: String, as kind: Kind, name: String) throws(MOTFormatError) -> [MOTRecord] {
        var records: [MOTRecord] = []
        var seen: [Appearance: Int] = [:]
        var number = 0
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            if line.allSatisfy({ $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) {
                continue
            }
            let record: MOTRecord
            do {
                record = try self.record(Substring(line))
            } catch {
                throw MOTFormatError(name: name, line: number, reason: error.reason)
            }
            if kind == .tracks {
                guard record.id >= 0 else {
                    throw MOTFormatError(name: name, line: number, reason: "id \(record.id) is not 0 or more")
                }
                if let before = seen.updateValue(number, forKey: Appearance(frame: record.frame, id: record.id)) {
                    let reason = "id \(record.id) stands twice in frame \(record.frame), first in line \(before)"
                    throw MOTFormatError(name: name, line: number, reason: reason)
                }
            }
            records.append(record)
        }
        // The standard library's sort is stable, so rows of a frame keep their order.
        records.sort { $0.frame < $1.frame }
        return records
    }

    /// Writes rows as `frame,id,x,y,width,height,confidence,-1,-1,-1`, with two decimals for pixels and four for
    /// scores.
    package static func format(_ records: some Sequence<MOTRecord>) -> String {
        var text = ""
        for record in records {
            text += "\(record.frame),\(record.id),"
            for value in [record.x, record.y, record.width, record.height] { text += decimal(value, digits: 2) + "," }
            text += decimal(record.confidence, digits: 4) + ",-1,-1,-1\n"
        }
        return text
    }

    private struct Appearance: Hashable {
        var frame: Int
        var id: Int
    }

    private struct Fault: Error {
        var reason: String
    }

    private static func record(_ line: Substring) throws(Fault) -> MOTRecord {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count >= 7 else { throw Fault(reason: "\(fields.count) columns instead of at least 7") }
        let names = ["frame", "id", "x", "y", "width", "height", "confidence"]
        var values: [Double] = []
        for (name, field) in zip(names, fields) {
            let trimmed = field.drop { $0.isWhitespace }
            let end = trimmed.lastIndex { !$0.isWhitespace }.map { trimmed.index(after: $0) } ?? trimmed.startIndex
            guard let value = Double(trimmed[..<end]), value.isFinite else {
                throw Fault(reason: "\(name) '\(field.prefix(20))' is not a number")
            }
            values.append(value)
        }
        guard let frame = Int(exactly: values[0]), frame >= 1 else {
            throw Fault(reason: "frame \(values[0]) is not a whole number from 1")
        }
        guard let id = Int(exactly: values[1]) else { throw Fault(reason: "id \(values[1]) is not a whole number") }
        guard values[4] >= 0, values[5] >= 0 else {
            throw Fault(reason: "size \(values[4]) x \(values[5]) is negative")
        }
        return MOTRecord(
            frame: frame, id: id, x: values[2], y: values[3], width: values[4], height: values[5],
            confidence: values[6])
    }

    /// Fixed decimals without a locale; trailing zeros are left out.
    private static func decimal(_ value: Double, digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let rounded = (value * scale).rounded()
        guard let units = Int64(exactly: rounded) else { return "\(value)" }
        let sign = units < 0 ? "-" : ""
        let whole = units.magnitude / UInt64(scale)
        let rest = String(units.magnitude % UInt64(scale))
        var fraction = String(repeating: "0", count: digits - rest.count) + rest
        while fraction.last == "0" { fraction.removeLast() }
        return fraction.isEmpty ? "\(sign)\(whole)" : "\(sign)\(whole).\(fraction)"
    }
}

/// A row of MOTChallenge text that cannot be read.
package struct MOTFormatError: DescribedError {
    /// The text's name, usually a file's.
    package let name: String
    /// From 1.
    package let line: Int
    package let reason: String

    package var message: String { "\(name), line \(line): \(reason)" }
    package var remedy: String? { "a row is frame,id,x,y,width,height,confidence" }
    package var isRetriable: Bool { false }
}
