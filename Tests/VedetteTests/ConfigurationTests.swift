import Foundation
import Testing
import VedetteCore
import Yams

@testable import vedette

@Suite struct ConfigurationTests {
    private func read(_ yaml: String) throws -> Configuration {
        var configuration = Configuration()
        try configuration.read(yaml: yaml, file: "test.yaml")
        return configuration
    }

    private func refusal(_ yaml: String) -> String? {
        do {
            _ = try read(yaml)
            return nil
        } catch {
            return (error as? ConfigurationError)?.description ?? "another error: \(error)"
        }
    }

    @Test func theReferenceFileHoldsEveryKeyWithItsDefault() throws {
        let yaml = try String(contentsOfFile: "vedette.yaml", encoding: .utf8)
        #expect(try read(yaml) == Configuration())
        let root = try #require(try Yams.compose(yaml: yaml)?.mapping)
        for setting in Setting.all {
            var node: Node? = .mapping(root)
            for part in setting.key.split(separator: ".") { node = node?.mapping?[String(part)] }
            let value = try #require(node?.scalar?.string, "\(setting.key) is missing in vedette.yaml")
            var configuration = Configuration()
            #expect(setting.take(&configuration, value))
            #expect(setting.show(configuration) == setting.show(Configuration()), "\(setting.key)")
        }
    }

    @Test(arguments: [
        ("server:\n  prot: 80", "test.yaml, line 2: there is no key 'server.prot' (did you mean 'server.port'?)"),
        (
            "server:\n  port: 80000",
            "test.yaml, line 2: 'server.port' is '80000' but must be a whole number from 0 to 65535"
        ),
        ("server: 5", "test.yaml, line 1: 'server' must hold keys, not a value"),
        ("sever: {}", "test.yaml, line 1: there is no key 'sever' (did you mean 'server'?)"),
        (
            "models:\n  precision: int4",
            "test.yaml, line 2: 'models.precision' is 'int4' but must be one of auto, fp32, int8"
        ),
        ("cameras: [{uri: x}]", "test.yaml, line 1: 'cameras.id' is '' but must be 1 to 64 of a-z A-Z 0-9 - _"),
        (
            "cameras: [{id: ../x, uri: x}]",
            "test.yaml, line 1: 'cameras.id' is '../x' but must be 1 to 64 of a-z A-Z 0-9 - _"
        ),
        ("cameras: [{id: a}]", "test.yaml, line 1: camera 'a' must have a 'uri'"),
        ("cameras: [{id: a, uri: x}, {id: a, uri: y}]", "test.yaml, line 1: 'cameras.id' 'a' stands twice"),
        ("- 1", "test.yaml must be a list of keys with values, such as 'server: {port: 8080}'"),
    ])
    func refusesWithKeyValueAndRule(yaml: String, message: String) {
        #expect(refusal(yaml) == message)
    }

    @Test func refusesWhatIsNotYAML() {
        #expect(refusal("server: [")?.hasPrefix("test.yaml is not YAML") == true)
    }

    @Test(arguments: ["", "# nothing", "cameras: []", "server:"])
    func anEmptyFileIsTheDefaults(yaml: String) throws {
        #expect(try read(yaml) == Configuration())
    }

    @Test func readsCameras() throws {
        let configuration = try read("cameras:\n  - id: door\n    uri: rtsp://u:p@h/x\n    enabled: false")
        let camera = try #require(configuration.cameras.first)
        #expect(camera.id.rawValue == "door" && camera.name == "door" && !camera.enabled)
        #expect(camera.uri.secret == "rtsp://u:p@h/x")
    }

    @Test func theEnvironmentWinsAndIsChecked() throws {
        let configuration = try Configuration.load(
            path: nil,
            environment: ["VEDETTE_SERVER_PORT": "9000", "VEDETTE_DATA": "/x", "PATH": "y", "VEDETTE_HOME": "z"])
        #expect(configuration.server.port == 9000 && configuration.data == "/x")
        #expect(throws: ConfigurationError.self) {
            try Configuration.load(path: nil, environment: ["VEDETTE_SERVER_PROT": "1"])
        }
        #expect(throws: ConfigurationError.self) {
            try Configuration.load(path: nil, environment: ["VEDETTE_SERVER_PORT": "x"])
        }
        #expect(throws: ConfigurationError.self) { try Configuration.load(path: "/no/such/file", environment: [:]) }
    }
}
