import Logging

enum LogSetup {
    /// Logs to standard error at the configured level.
    static func bootstrap(_ configuration: Configuration) -> Logger {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        return quiet(configuration)
    }

    static func quiet(_ configuration: Configuration) -> Logger {
        var logger = Logger(label: "vedette", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = Logger.Level(rawValue: configuration.log.level) ?? .info
        return logger
    }
}
