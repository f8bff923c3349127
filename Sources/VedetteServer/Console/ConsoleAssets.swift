import Foundation
import Hummingbird

/// The files of the console, read once at the start.
///
/// Each becomes a route of its own, so that nothing of a request's path ever reaches the file system: there is no way
/// out of the folder because there is no way in. Links in the folder that lead out of it are left out.
struct ConsoleAssets: Sendable {
    struct Asset: Sendable {
        /// Below the folder: `app/wall.js`.
        var path: String
        var type: String
        var tag: String
        var bytes: ByteBuffer
    }

    /// The console is small; a folder that is larger is something else.
    private static let limit = 16 << 20
    private static let types = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
        "svg": "image/svg+xml", "png": "image/png", "ico": "image/x-icon", "webmanifest": "application/manifest+json",
    ]

    private(set) var assets: [Asset] = []

    /// - Throws: ``ServerError`` when the folder is larger than the console can be, or a file cannot be read.
    init(folder: URL) throws {
        let root = folder.resolvingSymlinksInPath().path
        var size = 0
        for path in (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []).sorted() {
            guard let type = Self.types[(path as NSString).pathExtension], Self.isPlain(path) else { continue }
            let file = URL(fileURLWithPath: root).appending(path: path).resolvingSymlinksInPath()
            guard file.path.hasPrefix(root + "/"), Self.isFile(file.path) else { continue }
            let bytes: Data
            do {
                bytes = try Data(contentsOf: file)
            } catch {
                throw ServerError(
                    .noConsole, "'\(file.path)' of the console cannot be read",
                    remedy: "give the server leave to read it")
            }
            size += bytes.count
            guard size <= Self.limit else {
                throw ServerError(
                    .noConsole, "'\(root)' is too large to be the console", remedy: "set server.console to its folder")
            }
            assets.append(Asset(path: path, type: type, tag: Self.tag(bytes), bytes: ByteBuffer(bytes: bytes)))
        }
    }

    func add(to router: Router<APIContext>) {
        for asset in assets {
            router.get(RouterPath(asset.path)) { request, _ in Self.answer(asset, to: request) }
            if asset.path == "index.html" { router.get("/") { request, _ in Self.answer(asset, to: request) } }
        }
    }

    private static func answer(_ asset: Asset, to request: Request) -> Response {
        // Asked for anew each time and sent only when it changed: an update of Vedette shows at once.
        let headers: HTTPFields = [.contentType: asset.type, .eTag: asset.tag, .cacheControl: "no-cache"]
        if request.headers[.ifNoneMatch]?.contains(asset.tag) == true {
            return Response(status: .notModified, headers: [.eTag: asset.tag, .cacheControl: "no-cache"])
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: asset.bytes))
    }

    /// Letters that mean nothing to the router.
    private static func isPlain(_ path: String) -> Bool {
        path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_./".utf8.contains(byte)
            }
        }
    }

    private static func isFile(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType == .typeRegular
    }

    /// FNV-1a, 64 bits: tells versions of a file apart, and need not withstand anybody.
    private static func tag(_ bytes: Data) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "\"\(String(hash, radix: 16))\""
    }
}
