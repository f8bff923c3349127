import Foundation
import HTTPTypes
import Testing

@testable import VedetteServer

@Suite struct ConsoleTests {
    /// A folder that is removed with the value.
    private final class Folder {
        let url = FileManager.default.temporaryDirectory.appending(path: "vedette-console-\(UUID().uuidString)")

        init(_ files: [String: String]) throws {
            for (path, text) in files {
                let file = url.appending(path: path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
        }

        deinit { try? FileManager.default.removeItem(at: url) }
    }

    @Test func servesThePageAndWhatItNeeds() async throws {
        try await Harness().test { client in
            let page = try await client.get("/")
            #expect(page.status == .ok)
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
            #expect(page.headers[.cacheControl] == "no-cache")
            // Every file that the page or a module of it names is there.
            var wanted = Set(page.text.matches(of: /(?:src|href)="(\/[^"#]+)"/).map { String($0.1) })
            var seen: Set<String> = []
            var size = page.text.utf8.count
            while let path = wanted.popFirst() {
                guard seen.insert(path).inserted else { continue }
                let file = try await client.get(path)
                #expect(file.status == .ok, "\(path)")
                size += file.text.utf8.count
                let folder = path.prefix(through: path.lastIndex(of: "/")!)
                for name in file.text.matches(of: /from '\.\/([^']+)'/) { wanted.insert("\(folder)\(name.1)") }
            }
            #expect(seen.contains("/app/texts.js"))
            #expect(size < 150_000)
        }
    }

    @Test func nothingOfThePageNeedsAnotherHostOrInlineCode() async throws {
        let root = URL(fileURLWithPath: Harness.console)
        let names = try #require(FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String })
        for name in names where [".html", ".js", ".css"].contains(where: name.hasSuffix) {
            let text = try String(contentsOf: root.appending(path: name), encoding: .utf8)
            let addresses = text.replacing("http://www.w3.org/2000/svg", with: "").replacing("http://…", with: "")
            #expect(
                !addresses.contains("http://") && !addresses.contains("https://") && !addresses.contains("//cdn"),
                "\(name)")
            #expect(!text.contains("innerHTML") && !text.contains("insertAdjacentHTML"), "\(name)")
            if name.hasSuffix(".html") {
                #expect(!text.contains("style=") && !text.contains("<style"))
                #expect(text.firstMatch(of: /\son[a-z]+=/) == nil)
                #expect(text.firstMatch(of: /<script(?![^>]*\ssrc=)/) == nil)
            }
        }
    }

    @Test func sendsAFileOnlyWhenItChanged() async throws {
        try await Harness().test { client in
            let tag = try #require(try await client.get("/style.css").headers[.eTag])
            let again = try await client.get("/style.css", headers: [.ifNoneMatch: tag])
            #expect(again.status == .notModified)
            #expect(again.text.isEmpty)
            #expect(try await client.get("/style.css", headers: [.ifNoneMatch: "\"other\""]).status == .ok)
        }
    }

    @Test func setsSecurityHeadersOnEverything() async throws {
        try await Harness().test { client in
            for path in ["/", "/app.js", "/api/v1/cameras", "/nothing", "/api/v1/people/.."] {
                let headers = try await client.get(path).headers
                let policy = try #require(headers[.contentSecurityPolicy])
                #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe"))
                #expect(headers[.xContentTypeOptions] == "nosniff")
                #expect(headers[HTTPField.Name("Referrer-Policy")!] == "no-referrer")
                #expect(headers[HTTPField.Name("Cross-Origin-Resource-Policy")!] == "same-origin")
            }
        }
    }

    @Test(arguments: [
        "/../secret.js", "/%2e%2e/secret.js", "/..%2fsecret.js", "/app/../../secret.js", "/app/%2e%2e/%2e%2e/secret.js",
        "//secret.js", "/./../secret.js", "/%2e%2e%5csecret.js", "/link.js", "/linked/secret.js", "/notes.txt",
        "/.hidden.swp",
        "/secret.js%00.css", "/etc/passwd",
    ])
    func nothingOutsideTheFolderIsServed(path: String) async throws {
        let outside = try Folder(["secret.js": "SECRET"])
        let inside = try Folder(["index.html": "page", "app/a.js": "a", "notes.txt": "SECRET", ".hidden.swp": "SECRET"])
        try FileManager.default.createSymbolicLink(
            at: inside.url.appending(path: "link.js"), withDestinationURL: outside.url.appending(path: "secret.js"))
        try FileManager.default.createSymbolicLink(
            at: inside.url.appending(path: "linked"), withDestinationURL: outside.url)
        let harness = Harness(options: ServerOptions(consoleFolder: inside.url.path))
        try await harness.test { client in
            #expect(try await client.get("/app/a.js").text == "a")
            let answer = try await client.get(path)
            #expect(answer.status == .notFound || answer.status == .badRequest)
            #expect(!answer.text.contains("SECRET"))
        }
    }

    @Test func findsTheFolderByNameEnvironmentOrPlace() throws {
        let named = try Folder(["index.html": ""])
        let other = try Folder(["Console/index.html": "", "bin/debug/vedette": ""])
        let empty = try Folder(["x": ""])
        let path = named.url.path
        func find(
            _ option: String?, _ environment: [String: String], _ directory: Folder, _ program: String?
        ) throws -> String? {
            try ConsoleFolder.find(
                named: option, environment: environment, workingDirectory: directory.url.path, executable: program)?
                .standardizedFileURL.path
        }
        let beside = other.url.appending(path: "Console").standardizedFileURL.path
        #expect(try find(path, ["VEDETTE_CONSOLE": "/nowhere"], empty, nil) == path)
        #expect(try find(nil, ["VEDETTE_CONSOLE": path], empty, nil) == path)
        #expect(try find(nil, [:], other, nil) == beside)
        #expect(
            try find(nil, [:], empty, other.url.appending(path: "bin/debug/vedette").path)?.hasSuffix("/Console")
                == true)
        #expect(try find(nil, [:], empty, nil) == nil)
        #expect(throws: ServerError.self) { try find("/nowhere", [:], other, nil) }
        #expect(throws: ServerError.self) { try find(nil, ["VEDETTE_CONSOLE": empty.url.path], other, nil) }
    }
}
