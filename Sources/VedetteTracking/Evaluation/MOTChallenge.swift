package import VedetteCore

/// The text format of MOTChallenge: `frame,id,x,y,width,height,confidence` and columns that are ignored, a row per box.
package enum MOTChallenge {
    /// What a text is read as.
    package enum Kind: Sendable {
        /// Ids do not matter.
        case detections
        /// Ground truth or tracks: ids are 0 or more, and none stands twice in a frame.
        case tracks
    }

    /// Reads a text; rows may be in any order, lines may end the Windows way, empty lines and a byte order mark are
    /// skipped.
    ///
    /// - Parameter name: what errors call the text: a file's name.
    /// - Returns: the rows in order of frame, otherwise as they stood.
    /// - Throws: ``MOTFormatError`` at the first row that is wrong.
    package static func parse(_ text: String, as kind: Kind, name: String) throws(MOTFormatError) -> [MOTRecord] {
        try read(text, as: kind, name: name).records
    }

    /// Reads a text as ``parse(_:as:name:)`` does, with its number of columns and the appearance features that
    /// detections may carry from the eleventh column on.
    package static func read(_ text: String, as kind: Kind, name: String) throws(MOTFormatError) -> MOTText {
        var rows: [Row] = []
        var seen: [Appearance: Int] = [:]
        var result = MOTText()
        var features: Int?
        var number = 0
        for line in lines(of: text) {
            number += 1
            if line.allSatisfy(isBlank) { continue }
            let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            var row: Row
            do throws(Fault) {
                row = Row(record: try record(fields), face: nil)
                if kind == .detections, fields.count > 10 {
                    if let features, fields.count - 10 != features {
                        throw Fault(reason: "\(fields.count - 10) feature columns instead of \(features)")
                    }
                    features = fields.count - 10
                    row.face = try face(fields)
                }
            } catch {
                throw MOTFormatError(name: name, line: number, reason: error.reason)
            }
            if kind == .tracks {
                let record = row.record
                guard record.id >= 0 else {
                    throw MOTFormatError(name: name, line: number, reason: "id \(record.id) is not 0 or more")
                }
                if let before = seen.updateValue(number, forKey: Appearance(frame: record.frame, id: record.id)) {
                    let reason = "id \(record.id) stands twice in frame \(record.frame), first in line \(before)"
                    throw MOTFormatError(name: name, line: number, reason: reason)
                }
            }
            result.columns = max(result.columns, fields.count)
            rows.append(row)
        }
        // The standard library's sort is stable, so rows of a frame keep their order.
        rows.sort { $0.record.frame < $1.record.frame }
        result.records = rows.map(\.record)
        if features != nil { result.faces = rows.map(\.face) }
        return result
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

    private struct Row {
        var record: MOTRecord
        var face: Embedding?
    }

    private static func lines(of text: String) -> [Substring.UTF8View] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let body = text.utf8.starts(with: mark) ? text.utf8.dropFirst(mark.count) : text.utf8[...]
        return body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    private static func number(_ field: Substring.UTF8View, _ name: String) throws(Fault) -> Double {
        let trimmed = field.drop(while: isBlank)
        let end = trimmed.lastIndex { !isBlank($0) }.map { trimmed.index(after: $0) } ?? trimmed.startIndex
        guard let value = Double(Substring(trimmed[..<end])), value.isFinite else {
            throw Fault(reason: "\(name) '\(Substring(field.prefix(20)))' is not a number")
        }
        return value
    }

    private static func record(_ fields: [Substring.UTF8View]) throws(Fault) -> MOTRecord {
        guard fields.count >= 7 else { throw Fault(reason: "\(fields.count) columns instead of at least 7") }
        let frame = try number(fields[0], "frame")
        let id = try number(fields[1], "id")
        let record = MOTRecord(
            frame: Int(exactly: frame) ?? 0, id: Int(exactly: id) ?? 0, x: try number(fields[2], "x"),
            y: try number(fields[3], "y"), width: try number(fields[4], "width"),
            height: try number(fields[5], "height"), confidence: try number(fields[6], "confidence"))
        guard record.frame >= 1 else { throw Fault(reason: "frame \(frame) is not a whole number from 1") }
        guard Int(exactly: id) != nil else { throw Fault(reason: "id \(id) is not a whole number") }
        guard record.width >= 0, record.height >= 0 else {
            throw Fault(reason: "size \(record.width) x \(record.height) is negative")
        }
        return record
    }

    /// Nil when all features are 0: there is none.
    private static func face(_ fields: [Substring.UTF8View]) throws(Fault) -> Embedding? {
        var values: [Float] = []
        values.reserveCapacity(fields.count - 10)
        for index in 10..<fields.count { values.append(Float(try number(fields[index], "feature \(index - 9)"))) }
        return Embedding(normalizing: values)
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

/// What stood in a MOTChallenge text.
package struct MOTText: Sendable {
    /// In order of frame.
    package internal(set) var records: [MOTRecord] = []
    /// The appearance feature of each of ``records``; empty when the text has none.
    package internal(set) var faces: [Embedding?] = []
    /// Columns of its longest row; 0 for a text without rows. MOT15 ground truth has 10, later ground truth has 9.
    package internal(set) var columns = 0

    package init() {}
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
