import ArgumentParser
import Foundation
import VedetteCore
import VedetteStore

extension PeopleCommand {
    struct Split: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Undo a merge: the person who went away is there again.",
            discussion: "Without a merge, those that can be undone are listed.")
        @Argument(help: "Id or name of the person that stayed.") var person: String
        @Argument(help: "Id of the merge.") var merge: String?
        @OptionGroup var shared: SharedOptions

        struct Listed: Encodable {
            var merge: MergeID
            var source: PersonID
            var name: String
            var at: String
        }

        func run() async throws {
            try await CommandRunner.run {
                let configuration = try shared.load()
                guard let merge else { return try await list(configuration) }
                let store = try DataFolder.writing(configuration)
                let found = try await store.find(person)
                guard let id = MergeID(merge) else {
                    throw StoreError(
                        .notFound, "there is no merge '\(merge)'", remedy: "see 'vedette people split \(found.id)'")
                }
                let restored = try await store.split(id, of: found.id)
                try await store.close()
                try Row(restored).print(json: shared.json)
            }
        }

        private func list(_ configuration: Configuration) async throws {
            let store = try DataFolder.reading(configuration)
            let merges = try await store.merges(into: try await store.find(person).id)
            try await store.close()
            for merge in merges {
                let listed = Listed(
                    merge: merge.id, source: merge.source, name: merge.sourceName, at: TimeArgument.text(merge.at))
                if shared.json {
                    try Console.printJSON(listed)
                } else {
                    Console.print("\(listed.merge)  \(listed.name)  merged at \(merge.at.ISO8601Format())")
                }
            }
        }
    }
}
