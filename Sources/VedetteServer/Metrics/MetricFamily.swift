/// All series of one metric, as read at one moment.
package struct MetricFamily: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable { case counter, gauge, histogram }

    package struct Sample: Sendable, Hashable {
        /// Added to the family's name: `_bucket`, `_sum`, `_count` of a histogram.
        var suffix: String
        /// In the order in which they are written.
        var labels: [Label]
        var value: Double

        init(suffix: String = "", labels: [Label] = [], value: Double) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }

        /// - Parameter labels: names and values from bounded sets.
        package init(_ value: Double, labels: KeyValuePairs<String, String> = [:]) {
            self.init(labels: labels.map { Label(name: $0.key, value: $0.value) }, value: value)
        }
    }

    struct Label: Sendable, Hashable {
        var name: String
        var value: String
    }

    /// With the suffix that Prometheus asks for: `_total` of a counter.
    package var name: String
    package var help: String
    package var kind: Kind
    package var samples: [Sample]

    package init(_ name: String, _ kind: Kind, help: String, samples: [Sample]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.samples = samples
    }
}

/// Writes metrics in the text format of Prometheus, version 0.0.4.
enum PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    static func write(_ families: [MetricFamily]) -> String {
        var text = ""
        text.reserveCapacity(families.reduce(0) { $0 + 128 + $1.samples.count * 96 })
        for family in families {
            text += "# HELP \(family.name) \(escaped(family.help, quotes: false))\n"
            text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
            for sample in family.samples { write(sample, of: family.name, to: &text) }
        }
        return text
    }

    private static func write(_ sample: MetricFamily.Sample, of name: String, to text: inout String) {
        text += name
        text += sample.suffix
        if !sample.labels.isEmpty {
            text += "{"
            for (index, label) in sample.labels.enumerated() {
                if index > 0 { text += "," }
                text += label.name
                text += "=\""
                text += escaped(label.value, quotes: true)
                text += "\""
            }
            text += "}"
        }
        text += " "
        text += number(sample.value)
        text += "\n"
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map { String($0) } ?? "\(value)"
    }

    static func escaped(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || quotes && $0 == 0x22 }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// `label` as the name of a metric: other characters become `_`, `http.requests` is `http_requests`.
    static func metricName(_ label: String) -> String { sanitised(label, colons: true) }
    static func labelName(_ name: String) -> String {
        let name = sanitised(name, colons: false)
        // These belong to Prometheus itself.
        return name.hasPrefix("__") || name == "le" ? "label_\(name)" : name
    }

    private static func sanitised(_ text: String, colons: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": result.unicodeScalars.append(scalar)
            case "0"..."9":
                if result.isEmpty { result = "_" }
                result.unicodeScalars.append(scalar)
            case ":" where colons: result.unicodeScalars.append(scalar)
            default: result += "_"
            }
        }
        return result.isEmpty ? "_" : result
    }
}
