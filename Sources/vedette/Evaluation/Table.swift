import Foundation
import VedetteCore

/// A small CSV file with a header line, as the evaluation commands read them: commas, no quoting.
struct Table {
    struct Failure: DescribedError {
        var message: String
        var remedy: String?
        var isRetriable: Bool { false }
    }

    let columns: [String]
    let rows: [(line: Int, fields: [String])]
    private let path: String

    init(path: String) throws {
        self.path = path
        let text = String(decoding: try Files.read(path), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        guard let header = lines.first, !header.isEmpty else { throw Failure(message: "\(path) is empty") }
        columns = header.split(separator: ",").map(String.init)
        var rows: [(line: Int, fields: [String])] = []
        for (index, line) in lines.dropFirst().enumerated() where !line.isEmpty {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == columns.count else {
                throw Failure(
                    message: "\(path), line \(index + 2): \(fields.count) fields where the header has \(columns.count)")
            }
            rows.append((index + 2, fields))
        }
        self.rows = rows
    }

    /// The position of a column.
    func column(_ name: String) throws -> Int {
        guard let index = columns.firstIndex(of: name) else {
            throw Failure(message: "\(path) has no column '\(name)'; it has \(columns.joined(separator: ", "))")
        }
        return index
    }

    func number(_ row: (line: Int, fields: [String]), _ column: Int) throws -> Float {
        guard let value = Float(row.fields[column]), value.isFinite else {
            throw Failure(message: "\(path), line \(row.line): '\(row.fields[column])' is not a number")
        }
        return value
    }
}
