import VedetteCore
import VedetteTracking

/// One key of the configuration: where it goes, and what may stand there.
struct Setting {
    /// As written in the file, levels joined by dots: `server.port`.
    let key: String
    /// What a value must be, completing "must be ...".
    var rule: String
    /// Takes over a value; false when it breaks the rule.
    var take: (inout Configuration, String) -> Bool
    /// The value of a configuration, as it would be written.
    let show: (Configuration) -> String

    /// The environment variable that overrides the key: `VEDETTE_SERVER_PORT`.
    var variable: String { "VEDETTE_" + key.uppercased().replacing(".", with: "_") }

    static func text(
        _ key: String, _ path: WritableKeyPath<Configuration, String>, rule: String = "a text",
        allowed: [String]? = nil, isRequired: Bool = false
    ) -> Setting {
        let rule = allowed.map { "one of " + $0.joined(separator: ", ") } ?? rule
        return Setting(key: key, rule: rule) { configuration, value in
            if let allowed, !allowed.contains(value) { return false }
            // A bare ~ is YAML for "nothing", not a folder.
            if isRequired, value.isEmpty || value == "~" { return false }
            configuration[keyPath: path] = value
            return true
        } show: {
            $0[keyPath: path]
        }
    }

    static func whole(
        _ key: String, _ path: WritableKeyPath<Configuration, Int>, _ range: ClosedRange<Int>
    ) -> Setting {
        Setting(key: key, rule: "a whole number from \(range.lowerBound) to \(range.upperBound)") {
            configuration, value in
            guard let number = Int(value), range.contains(number) else { return false }
            configuration[keyPath: path] = number
            return true
        } show: {
            String($0[keyPath: path])
        }
    }

    static func number(
        _ key: String, _ path: WritableKeyPath<Configuration, Double>, _ range: ClosedRange<Double>
    ) -> Setting {
        Setting(key: key, rule: "a number from \(range.lowerBound) to \(range.upperBound)") { configuration, value in
            guard let number = Double(value), range.contains(number) else { return false }
            configuration[keyPath: path] = number
            return true
        } show: {
            String($0[keyPath: path])
        }
    }

    /// A number from a range, or 0 for "no limit".
    static func limit(
        _ key: String, _ path: WritableKeyPath<Configuration, Double>, _ range: ClosedRange<Double>
    ) -> Setting {
        var setting = number(key, path, 0...range.upperBound)
        let take = setting.take
        setting.rule = "0, or a number from \(range.lowerBound) to \(range.upperBound)"
        setting.take = { configuration, value in
            guard let number = Double(value), number == 0 || range.contains(number) else { return false }
            return take(&configuration, value)
        }
        return setting
    }

    static func flag(_ key: String, _ path: WritableKeyPath<Configuration, Bool>) -> Setting {
        Setting(key: key, rule: "true or false") { configuration, value in
            guard let flag = Bool(value.lowercased()) else { return false }
            configuration[keyPath: path] = flag
            return true
        } show: {
            String($0[keyPath: path])
        }
    }

    /// Every key but `cameras`, which is a list.
    static var all: [Setting] {
        [
            .text("data", \.data, rule: "the name of a folder", isRequired: true),
            .text("server.host", \.server.host, rule: "an address or host name"),
            .whole("server.port", \.server.port, 0...65535),
            .text("server.allowed_hosts", \.server.allowedHosts, rule: "host names separated by commas"),
            .text("server.console", \.server.console, rule: "a folder"),
            .text("models.pack", \.models.pack, rule: "the name of a pack or its folder"),
            .text("models.precision", \.models.precision, allowed: ["auto", "fp32", "int8"]),
            .whole("analysis.workers", \.analysis.workers, 0...256),
            .whole("analysis.detection_size", \.analysis.detectionSize, 128...2048),
            .number("analysis.minimum_score", \.analysis.minimumScore, 0.01...0.99),
            .limit("analysis.rate", \.analysis.rate, 0.01...240),
            .number("analysis.idle_interval", \.analysis.idleInterval, 0...60),
            .number("analysis.motion_threshold", \.analysis.motionThreshold, 0...255),
            .limit("analysis.detection_rate", \.analysis.detectionRate, 0.1...240),
            .text("tracking.tracker", \.tracking.tracker, allowed: TrackerKind.allCases.map(\.rawValue)),
            .text("tracking.appearance", \.tracking.appearance, allowed: ["off", "doubt", "always"]),
            .number("tracking.appearance_weight", \.tracking.appearanceWeight, 0...1),
            .number("tracking.high_score", \.tracking.highScore, 0.05...0.99),
            .number("tracking.lost_seconds", \.tracking.lostSeconds, 0.1...60),
            .number("recognition.false_positive_rate", \.recognition.falsePositiveRate, 0.000001...0.5),
            .number("recognition.margin", \.recognition.margin, 0...0.5),
            .number("recognition.minimum_quality", \.recognition.minimumQuality, 0...1),
            .whole("recognition.retry_frames", \.recognition.retryFrames, 1...1000),
            .number("recognition.recheck_seconds", \.recognition.recheckSeconds, 0.1...3600),
            .whole("recognition.maximum_per_frame", \.recognition.maximumPerFrame, 1...100),
            .flag("identity.remember_unknown", \.identity.rememberUnknown),
            .number("identity.anonymous_quality", \.identity.anonymousQuality, 0...1),
            .number("identity.return_seconds", \.identity.returnSeconds, 0...86400),
            .whole("identity.anonymous_days", \.identity.anonymousDays, 0...3650),
            .whole("enrolment.minimum_width", \.enrolment.minimumWidth, 16...1000),
            .number("enrolment.minimum_quality", \.enrolment.minimumQuality, 0...1),
            .whole("live.width", \.live.width, 160...7680),
            .whole("live.quality", \.live.quality, 1...100),
            .number("camera.stall_after", \.camera.stallAfter, 0.5...600),
            .number("camera.connect_timeout", \.camera.connectTimeout, 1...600),
            .number("camera.maximum_delay", \.camera.maximumDelay, 0.5...3600),
            .flag("camera.loop_files", \.camera.loopFiles),
            .text(
                "log.level", \.log.level, allowed: ["trace", "debug", "info", "notice", "warning", "error", "critical"]),
        ]
    }
}
