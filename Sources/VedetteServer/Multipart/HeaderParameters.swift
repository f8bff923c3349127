/// A header of the form `value; name=token; name="quoted string"` (RFC 9110, section 5.6.6).
struct HeaderParameters: Hashable {
    /// In lower case.
    var value: String
    /// Names in lower case.
    var parameters: [String: String] = [:]

    /// Nil when it is not of that form or names a parameter twice.
    init?(_ field: some StringProtocol) {
        var rest = Substring(field)[...]
        value = Self.trimmed(rest.prefix { $0 != ";" }).lowercased()
        guard !value.isEmpty else { return nil }
        rest = rest.dropFirst(rest.prefix { $0 != ";" }.count)
        while rest.first == ";" {
            rest = Self.trimmed(rest.dropFirst())
            if rest.isEmpty || rest.first == ";" { continue }
            let name = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest.dropFirst(name.count)
            guard rest.first == "=", !name.isEmpty else { return nil }
            rest = rest.dropFirst()
            guard let text = rest.first == "\"" ? Self.quoted(&rest) : Self.token(&rest) else { return nil }
            guard parameters.updateValue(text, forKey: Self.trimmed(name).lowercased()) == nil else { return nil }
            rest = Self.trimmed(rest)
        }
        guard rest.isEmpty else { return nil }
    }

    private static func token(_ rest: inout Substring) -> String? {
        let token = rest.prefix { $0 != ";" }
        rest = rest.dropFirst(token.count)
        let text = trimmed(token)
        return text.contains("\"") ? nil : String(text)
    }

    /// Browsers escape a quote as `%22` and leave a backslash alone; others escape both with a backslash. So only those
    /// two are unescaped, and the backslashes of a Windows path stay.
    private static func quoted(_ rest: inout Substring) -> String? {
        var text = ""
        rest = rest.dropFirst()
        while let character = rest.popFirst() {
            switch character {
            case "\"": return text
            case "\\":
                if let next = rest.first, next == "\"" || next == "\\" {
                    text.append(next)
                    rest = rest.dropFirst()
                } else {
                    text.append("\\")
                }
            default: text.append(character)
            }
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text = text.dropLast() }
        return text
    }
}
