import ArgumentParser
import VedetteCore
import VedetteImages
import VedetteMedia

struct CamerasCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cameras", abstract: "Try out camera addresses.", subcommands: [Probe.self])

    struct Probe: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open an address and say what comes from it.",
            discussion: "Example: vedette cameras probe rtsp://user:password@192.0.2.10/stream1")

        @Argument(help: "The address.") var uri: String
        @Option(help: ArgumentHelp("Give up after this many seconds.", valueName: "s")) var timeout: Double = 10
        @OptionGroup var shared: SharedOptions

        func validate() throws {
            guard (0.5...300).contains(timeout) else { throw ValidationError("--timeout must be from 0.5 to 300.") }
        }

        func run() async throws {
            try await CommandRunner.run {
                let factory = SourceFactory(codec: ImageCodec(), demo: DemoPhotograph.scene())
                let report = try await factory.probe(SourceURI(uri), seconds: timeout)
                if shared.json { return try Console.printJSON(report) }
                let rate = report.framesPerSecond.map { " at \(Int($0.rounded())) pictures a second" } ?? ""
                Console.print("\(report.width)x\(report.height)\(rate), \(report.codec ?? "uncompressed")")
            }
        }
    }
}
