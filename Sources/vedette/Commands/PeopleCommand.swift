import ArgumentParser
import Foundation
import VedetteCore
import VedetteStore

struct PeopleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "people",
        abstract: "List, show, rename, merge, split and delete people, and tell where they were.",
        discussion:
            "A person is named by id or, where that is clear, by name. Example: vedette people rename \"Ada\" \"Ada Lovelace\"",
        subcommands: [
            List.self, Show.self, Rename.self, Merge.self, Split.self, Journey.self, Delete.self,
        ], defaultSubcommand: List.self)

    struct Row: Encodable {
        var id: PersonID
        var name: String
        var samples: Int
        var anonymous: Bool
        var createdAt: Date

        init(_ person: Person) {
            id = person.id
            name = person.name
            samples = person.sampleCount
            anonymous = person.isAnonymous
            createdAt = person.createdAt
        }

        func print(json: Bool) throws {
            if json {
                try Console.printJSON(self)
            } else {
                Console.print("\(id)  \(name)  \(samples) \(samples == 1 ? "face" : "faces")")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List people by name.")
        @Option(help: "Only names that contain this.") var search: String?
        @Option(help: "Whom to list: named, anonymous (unknown people who are told apart) or all.")
        var kind = PersonKind.named
        @OptionGroup var shared: SharedOptions

        func run() async throws {
            try await CommandRunner.run {
                let store = try DataFolder.reading(try shared.load())
                var page = PageRequest(limit: 500)
                repeat {
                    let people = try await store.people(search: search, kind: kind, page: page)
                    for person in people.items { try Row(person).print(json: shared.json) }
                    page.cursor = people.next
                } while page.cursor != nil
                try await store.close()
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a person's faces and when they were last seen.")
        @Argument(help: "Id or name.") var person: String
        @OptionGroup var shared: SharedOptions

        struct Report: Encodable {
            struct Face: Encodable {
                var id: SampleID
                var source: String
                var model: String
                var quality: Float
                var createdAt: Date
            }
            var person: Row
            var faces: [Face]
            var lastSeen: Date?
            var lastCamera: CameraID?
        }

        func run() async throws {
            try await CommandRunner.run {
                let store = try DataFolder.reading(try shared.load())
                let person = try await store.find(person)
                let samples = try await store.samples(of: person.id)
                let last = try await store.lastSighting(of: person.id)
                try await store.close()
                let report = Report(
                    person: Row(person),
                    faces: samples.map {
                        .init(
                            id: $0.id, source: $0.source, model: $0.model, quality: $0.quality, createdAt: $0.createdAt)
                    },
                    lastSeen: last?.sighting.lastSeen, lastCamera: last?.sighting.camera)
                if shared.json { return try Console.printJSON(report) }
                try report.person.print(json: false)
                for face in report.faces {
                    Console.print("  \(face.id)  \(face.source)  quality \(Int((face.quality * 100).rounded())) %")
                }
                if let last {
                    Console.print("  last seen \(last.sighting.lastSeen.ISO8601Format()) at \(last.sighting.camera)")
                }
            }
        }
    }

    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Give a person another name.")
        @Argument(help: "Id or name.") var person: String
        @Argument(help: "The new name.") var name: String
        @OptionGroup var shared: SharedOptions

        func run() async throws {
            try await CommandRunner.run {
                let store = try DataFolder.writing(try shared.load())
                let renamed = try await store.rename(try await store.find(person).id, to: name)
                try await store.close()
                try Row(renamed).print(json: shared.json)
            }
        }
    }

    struct Merge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make two people one: faces and sightings of the first go to the second.")
        @Argument(help: "Id or name of the person that goes away.") var source: String
        @Argument(help: "Id or name of the person that stays.") var target: String
        @OptionGroup var shared: SharedOptions

        func run() async throws {
            try await CommandRunner.run {
                let store = try DataFolder.writing(try shared.load())
                let merged = try await store.merge(
                    try await store.find(source).id, into: try await store.find(target).id)
                try await store.close()
                try Row(merged).print(json: shared.json)
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase a person: faces, pictures, embeddings, and their name in the log. This cannot be undone.")
        @Argument(help: "Id or name.") var person: String
        @Flag(help: "Do not ask.") var yes = false
        @OptionGroup var shared: SharedOptions

        func run() async throws {
            try await CommandRunner.run {
                let store = try DataFolder.writing(try shared.load())
                let found = try await store.find(person)
                if !yes {
                    Console.note("Erase \(found.name) with \(found.sampleCount) faces? Type yes:")
                    guard readLine()?.lowercased() == "yes" else {
                        throw Files.Failure(message: "nothing was erased", remedy: "answer yes, or give --yes")
                    }
                }
                let report = try await store.delete(found.id)
                try await store.close()
                if shared.json { return try Console.printJSON(report) }
                Console.print(
                    "erased \(found.name): \(report.samples) faces, and the name in \(report.sightings) sightings")
            }
        }
    }
}

extension PersonKind: ExpressibleByArgument {}

extension Store {
    /// A person by id or, when only one has it, by name.
    func find(_ text: String) async throws -> Person {
        if let id = PersonID(text), let person = try await person(id) { return person }
        let named = try await people(named: text)
        guard let first = named.first else { throw StoreError(.notFound, "there is nobody called '\(text)'") }
        guard named.count == 1 else {
            throw StoreError(
                .conflict, "\(named.count) people are called '\(text)'", remedy: "use an id from 'vedette people list'")
        }
        return first
    }
}
