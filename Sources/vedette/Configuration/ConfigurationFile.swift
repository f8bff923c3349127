import Foundation
import VedetteCore
import VedetteTracking
import Yams

/// Why a configuration was refused: names the key, the value and the rule.
struct ConfigurationError: DescribedError {
    var message: String
    var remedy: String?
    var isRetriable: Bool { false }
}

extension Configuration {
    /// The defaults, overridden by the file, overridden by the environment.
    ///
    /// - Parameters:
    ///   - path: of a YAML file; nil for none.
    ///   - environment: variables that start with `VEDETTE_`; others are not looked at.
    static func load(path: String?, environment: [String: String]) throws -> Configuration {
        var configuration = Configuration()
        if let path {
            guard let bytes = FileManager.default.contents(atPath: path) else {
                throw ConfigurationError(
                    message: "\(path) cannot be read", remedy: "name a file that exists: --config FILE")
            }
            try configuration.read(yaml: String(decoding: bytes, as: UTF8.self), file: path)
        }
        try configuration.override(with: environment)
        return configuration
    }

    mutating func read(yaml: String, file: String) throws {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw ConfigurationError(message: "\(file) is not YAML: \(error)")
        }
        guard let root, root != Node("") else { return }
        guard let mapping = root.mapping else {
            throw ConfigurationError(
                message: "\(file) must be a list of keys with values, such as 'server: {port: 8080}'")
        }
        let settings = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.key, $0) })
        for (key, value) in mapping {
            try read(key: key.string ?? "", key.mark ?? value.mark, value, settings, file)
        }
    }

    private mutating func read(
        key: String, _ mark: Mark?, _ node: Node, _ settings: [String: Setting], _ file: String
    ) throws {
        let place = mark.map { "\(file), line \($0.line)" } ?? file
        if key == "cameras" {
            try readCameras(node, file, place)
            return
        }
        if let setting = settings[key] {
            guard let value = node.scalar?.string else {
                throw ConfigurationError(message: "\(place): '\(key)' must be \(setting.rule)")
            }
            guard setting.take(&self, value) else {
                throw ConfigurationError(message: "\(place): '\(key)' is '\(value)' but must be \(setting.rule)")
            }
            return
        }
        let isGroup = settings.keys.contains { $0.hasPrefix(key + ".") }
        let groups = Set(settings.keys.compactMap { $0.split(separator: ".").first.map(String.init) })
        guard isGroup else { throw unknown(key, place, Array(settings.keys) + groups + ["cameras"]) }
        if node.scalar?.string == "" { return }
        guard let group = node.mapping else {
            throw ConfigurationError(message: "\(place): '\(key)' must hold keys, not a value")
        }
        for (inner, value) in group {
            try read(key: key + "." + (inner.string ?? ""), inner.mark ?? value.mark, value, settings, file)
        }
    }

    private mutating func readCameras(_ node: Node, _ file: String, _ place: String) throws {
        if node.scalar?.string == "" { return }
        guard let list = node.sequence else {
            throw ConfigurationError(message: "\(place): 'cameras' must be a list, each with 'id' and 'uri'")
        }
        for entry in list {
            let place = entry.mark.map { "\(file), line \($0.line)" } ?? file
            guard let mapping = entry.mapping else {
                throw ConfigurationError(message: "\(place): a camera must have the keys 'id' and 'uri'")
            }
            var values: [String: String] = [:]
            for (key, value) in mapping {
                let name = key.string ?? ""
                let known = ["id", "name", "uri", "enabled", "tracker"]
                guard known.contains(name) else {
                    throw unknown("cameras." + name, place, known.map { "cameras." + $0 })
                }
                guard let text = value.scalar?.string else {
                    throw ConfigurationError(message: "\(place): 'cameras.\(name)' must be a single value")
                }
                values[name] = text
            }
            guard let id = CameraID(values["id"] ?? "") else {
                throw ConfigurationError(
                    message: "\(place): 'cameras.id' is '\(values["id"] ?? "")' but must be 1 to 64 of a-z A-Z 0-9 - _")
            }
            guard let uri = values["uri"], !uri.isEmpty else {
                throw ConfigurationError(message: "\(place): camera '\(id)' must have a 'uri'")
            }
            guard !cameras.contains(where: { $0.id == id }) else {
                throw ConfigurationError(message: "\(place): 'cameras.id' '\(id)' stands twice")
            }
            let name: String
            do {
                name = try Person.validated(name: values["name"] ?? id.rawValue)
            } catch {
                throw ConfigurationError(message: "\(place): 'cameras.name': \(error.reason)")
            }
            guard let enabled = Bool((values["enabled"] ?? "true").lowercased()) else {
                throw ConfigurationError(message: "\(place): 'cameras.enabled' must be true or false")
            }
            if let tracker = values["tracker"], TrackerKind(rawValue: tracker) == nil {
                throw ConfigurationError(
                    message: "\(place): 'cameras.tracker' is '\(tracker)' but must be one of \(TrackerKind.names)")
            }
            cameras.append(
                DeclaredCamera(
                    id: id, name: name, uri: SourceURI(uri), enabled: enabled, tracker: values["tracker"]))
        }
    }

    /// Variables that mean something else and are not keys of the file.
    static let reservedVariables: Set<String> = [
        "VEDETTE_HOME", "VEDETTE_OPENVINO_LIBRARY", "VEDETTE_TEST_DATA", "VEDETTE_CONSOLE", "VEDETTE_CONFIG",
    ]

    private mutating func override(with environment: [String: String]) throws {
        let settings = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.variable, $0) })
        for (variable, value) in environment.sorted(by: { $0.key < $1.key }) where variable.hasPrefix("VEDETTE_") {
            // Kubernetes tells every container of a service named vedette where it is.
            let isService =
                variable == "VEDETTE_PORT" || variable.hasPrefix("VEDETTE_PORT_")
                || variable.hasPrefix("VEDETTE_SERVICE_")
            if Self.reservedVariables.contains(variable) || isService { continue }
            guard let setting = settings[variable] else {
                throw unknown(variable, "environment", Array(settings.keys))
            }
            guard setting.take(&self, value) else {
                throw ConfigurationError(
                    message: "environment: '\(variable)' is '\(value)' but must be \(setting.rule)")
            }
        }
    }

    private func unknown(_ key: String, _ place: String, _ known: [String]) -> ConfigurationError {
        let nearest = known.min { editDistance($0, key) < editDistance($1, key) }
        return ConfigurationError(
            message: "\(place): there is no key '\(key)'", remedy: nearest.map { "did you mean '\($0)'?" })
    }
}

/// Levenshtein's distance: insertions, deletions and replacements from one text to the other.
private func editDistance(_ first: String, _ second: String) -> Int {
    let first = Array(first.utf8)
    let second = Array(second.utf8)
    var row = Array(0...second.count)
    for (i, a) in first.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, b) in second.enumerated() {
            let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (a == b ? 0 : 1))
            diagonal = row[j + 1]
            row[j + 1] = next
        }
    }
    return row[second.count]
}
