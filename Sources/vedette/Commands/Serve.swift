import ArgumentParser
import Foundation
import Logging
import Metrics
import ServiceLifecycle
import VedetteCore
import VedetteGallery
import VedetteImages
import VedetteMedia
import VedettePipeline
import VedetteServer
import VedetteStore

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch cameras: analyse, show in the browser, record.",
        discussion: """
            Examples:
              vedette serve --demo
              vedette serve --camera rtsp://user:password@192.0.2.10/stream1 --camera /dev/video0
              vedette serve --config vedette.yaml

            The console is on http://127.0.0.1:8080. SIGTERM and Ctrl-C end it in good order.
            """)

    @Flag(help: "Add demo cameras that look at a photograph, and enrol some of the people in it.")
    var demo = false

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("Add a camera; may be given several times.", valueName: "uri"))
    var camera: [String] = []

    @Option(help: "Port to listen on; 0 takes any free one.")
    var port: Int?

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard port.map({ (0...65535).contains($0) }) ?? true else {
            throw ValidationError("--port must be from 0 to 65535.")
        }
    }

    func run() async throws {
        try await CommandRunner.run {
            var configuration = try shared.load()
            if let port { configuration.server.port = port }
            configuration.cameras += camera.enumerated().compactMap { index, uri in
                CameraID("camera-\(index + 1)").map {
                    Configuration.DeclaredCamera(id: $0, name: "Camera \(index + 1)", uri: SourceURI(uri))
                }
            }
            if demo { configuration.cameras += DemoSetup.cameras }
            let ids = configuration.cameras.map(\.id)
            guard Set(ids).count == ids.count else {
                throw ConfigurationError(
                    message: "two cameras have the same id",
                    remedy: "camera-1, camera-2 ... and demo-1, demo-2 are taken by --camera and --demo")
            }
            try await Server(configuration, isDemo: demo).run()
        }
    }
}
