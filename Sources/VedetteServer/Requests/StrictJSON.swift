import Foundation
import Hummingbird

/// The body of a request in JSON. Every key is listed, so that a misspelt one is refused instead of ignored.
protocol JSONBody: Decodable, Sendable {
    associatedtype CodingKeys: CodingKey & CaseIterable
}

/// Reads ``JSONBody``s and explains what is wrong with a body that is none.
enum StrictJSON {
    /// The largest body of JSON that any route needs.
    static let limit = 64 << 10

    /// - Throws: ``Problem`` `malformed-body` when it is not JSON, `invalid-value` when it is not what is asked for.
    static func decode<Body: JSONBody>(_ type: Body.Type, from bytes: some Sequence<UInt8>) throws -> Body {
        let data = Data(bytes)
        do {
            return try JSONDecoder().decode(Checked<Body>.self, from: data).body
        } catch let error as DecodingError {
            throw explain(error, in: data)
        }
    }

    private struct Checked<Body: JSONBody>: Decodable {
        let body: Body

        init(from decoder: any Decoder) throws {
            let known = Body.CodingKeys.allCases.map(\.stringValue)
            for key in try decoder.container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
                throw Problem(
                    .invalidValue, "unknown key '\(key.stringValue.prefix(64))'",
                    remedy: "known are \(known.joined(separator: ", "))")
            }
            body = try Body(from: decoder)
        }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static func explain(_ error: DecodingError, in data: Data) -> Problem {
        switch error {
        case .keyNotFound(let key, _): Problem(.invalidValue, "'\(key.stringValue)' is missing")
        case .valueNotFound(_, let context): Problem(.invalidValue, "\(place(context)) must not be null")
        case .typeMismatch(let type, let context):
            Problem(.invalidValue, "\(place(context)) must be \(name(of: type))")
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            Problem(.invalidValue, "\(place(context)): \(context.debugDescription)")
        case .dataCorrupted: Problem(.malformedBody, "the body is not valid JSON: \(syntaxError(in: data))")
        @unknown default: Problem(.malformedBody, "the body could not be read")
        }
    }

    /// Where the syntax is broken. On Linux the decoder keeps that to itself; Foundation's older parser tells it.
    private static func syntaxError(in data: Data) -> String {
        do {
            _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
            return "it cannot be read"
        } catch {
            return (error as NSError).userInfo["NSDebugDescription"] as? String ?? "it cannot be read"
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        return path.isEmpty ? "the body" : "'\(path)'"
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is any Collection.Type: "an object"
        default: "of another type"
        }
    }
}
