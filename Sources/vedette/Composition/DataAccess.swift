import VedetteCore
import VedetteStore

/// The data folder, opened as a command needs it.
extension DataFolder {
    /// For commands that only look: works beside a server that is writing.
    static func reading(_ configuration: Configuration) throws -> any Store {
        try SQLiteStore.open(in: try DataFolder.open(at: configuration.data, access: .readOnly))
    }

    /// For commands that change something: nobody else may.
    static func writing(_ configuration: Configuration) throws -> any Store {
        try SQLiteStore.open(in: try DataFolder.open(at: configuration.data))
    }
}
