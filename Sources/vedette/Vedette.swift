import ArgumentParser

@main
struct Vedette: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "vedette",
        abstract: "Watches cameras, finds every face, follows it, says whose it is, and records that.",
        discussion: """
            Start with 'vedette serve --demo' and open http://127.0.0.1:8080.

            Results go to standard output, progress and logs to standard error. Exit status: 0 success, 1 failed, \
            2 some inputs failed, 64 wrong usage. Settings come from --config FILE and from variables such as \
            VEDETTE_SERVER_PORT; vedette.yaml describes them all.
            """,
        version: version,
        groupedSubcommands: [
            CommandGroup(name: "Live", subcommands: [Serve.self, CamerasCommand.self]),
            CommandGroup(
                name: "Pictures and video", subcommands: [Detect.self, Embed.self, Recognize.self, Analyze.self]),
            CommandGroup(name: "People", subcommands: [Enroll.self, PeopleCommand.self, SightingsCommand.self]),
            CommandGroup(
                name: "Quality", subcommands: [ModelsCommand.self, TrackCommand.self, Evaluate.self, Bench.self]),
        ])
}
