import VedetteCore
import VedetteVision

/// The model packs on this machine.
enum Packs {
    /// Opens a pack by name or folder.
    static func open(_ name: String) throws -> ModelPack {
        try ModelPack.open(try folder().pack(name)) { try OpenVINORuntime.open(folder: RuntimeFolder.locate()) }
    }

    /// Names of the packs that set-up made.
    static func names() throws -> [String] { ModelPack.list(in: try folder().packs) }

    static func folder() throws -> RuntimeFolder {
        guard let folder = RuntimeFolder.locate() else { throw RuntimeFolder.missing }
        return folder
    }
}
