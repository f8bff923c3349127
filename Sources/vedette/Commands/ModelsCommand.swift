import ArgumentParser
import Foundation
import VedetteCore
import VedetteVision

struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List, describe and verify model packs.",
        discussion:
            "Example: vedette models verify scrfd-sface. 'make setup' fetches the packs; Docs/Models.md says more.",
        subcommands: [List.self, Info.self, Verify.self], defaultSubcommand: List.self)

    struct Row: Encodable {
        var name: String
        var description: String
        var folder: String
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the packs that are here.")
        @OptionGroup var shared: SharedOptions

        func run() async throws {
            try await CommandRunner.run {
                var failed = 0
                let names = try Packs.names()
                for name in names {
                    do {
                        let pack = try Packs.open(name)
                        let row = Row(name: pack.name, description: pack.description, folder: pack.folder)
                        if shared.json {
                            try Console.printJSON(row)
                        } else {
                            Console.print("\(row.name)  \(row.description)")
                        }
                    } catch {
                        failed += 1
                        Console.complain(name, error)
                    }
                }
                guard !names.isEmpty else {
                    throw Files.Failure(message: "there are no packs", remedy: "run 'make setup'")
                }
                try Outcome.check(failed: failed, of: names.count)
            }
        }
    }

    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Describe a pack: models, inputs, licences, origin, threshold.")
        @Argument(help: "A pack's name or folder.") var name = "scrfd-sface"
        @OptionGroup var shared: SharedOptions

        func run() async throws {
            try await CommandRunner.run {
                let pack = try Packs.open(name)
                if shared.json { return try Console.printJSON(pack, pretty: true) }
                Console.print("\(pack.name): \(pack.description)")
                Console.print(
                    "  detector   \(pack.detector.kind.rawValue), \(pack.detector.license), \(pack.detector.origin)")
                Console.print(
                    "  embedder   \(pack.embedder.name), \(pack.embedder.length) numbers, \(pack.embedder.license), "
                        + pack.embedder.origin)
                Console.print("  threshold  \(pack.recognition.threshold) for one pair; rises with the gallery")
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Compare the files of packs with their SHA-256.")
        @Argument(help: "Names or folders of packs; none for all.") var names: [String] = []
        @OptionGroup var shared: SharedOptions

        struct Check: Encodable {
            var name: String
            var ok: Bool
            var error: String?
        }

        func run() async throws {
            try await CommandRunner.run {
                let wanted = names.isEmpty ? try Packs.names() : names
                var failed = 0
                for name in wanted {
                    do {
                        let pack = try Packs.open(name)
                        try pack.verify()
                        if shared.json {
                            try Console.printJSON(Check(name: pack.name, ok: true))
                        } else {
                            Console.print("\(pack.name): all files are what they should be")
                        }
                    } catch {
                        failed += 1
                        if shared.json {
                            try Console.printJSON(Check(name: name, ok: false, error: Console.describe(error)))
                        }
                        Console.complain(name, error)
                    }
                }
                try Outcome.check(failed: failed, of: wanted.count)
            }
        }
    }
}
