import Foundation
import Testing
import VedetteCore

@testable import VedetteImages

@Suite struct DecodingTests {
    let codec = ImageCodec()

    static let quarters: [(x: Int, y: Int, colour: RGB)] = [
        (12, 8, RGB(220, 30, 30)), (36, 8, RGB(30, 200, 30)), (12, 24, RGB(30, 30, 220)), (36, 24, RGB(240, 240, 240)),
    ]

    @Test(arguments: Fixture.coloured) func everyWayToStoreColourComesOutUprightAndRight(_ fixture: Fixture) throws {
        let frame = try codec.decode(fixture.bytes)
        #expect(frame.width == 48 && frame.height == 32)
        #expect(frame.colorimetry == .full601)
        for quarter in Self.quarters where !(fixture.name.contains("lpha") && quarter.x == 36 && quarter.y == 24) {
            let colour = frame.colour(x: quarter.x, y: quarter.y)
            #expect(colour.isNear(quarter.colour, within: 10), "\(colour) instead of \(quarter.colour)")
        }
    }

    @Test(arguments: Fixture.grey) func greyStaysGrey(_ fixture: Fixture) throws {
        let frame = try codec.decode(fixture.bytes)
        #expect(frame.width == 48 && frame.height == 32)
        for quarter in Self.quarters where !(fixture.name.contains("lpha") && quarter.x == 36 && quarter.y == 24) {
            let luma = 0.299 * quarter.colour.red + 0.587 * quarter.colour.green + 0.114 * quarter.colour.blue
            let colour = frame.colour(x: quarter.x, y: quarter.y)
            #expect(colour.isNear(RGB(luma, luma, luma), within: 5), "\(colour) instead of \(luma)")
        }
    }

    @Test(arguments: ["pngAlpha", "pngGreyAlpha", "webpAlpha"]) func transparencyBecomesWhite(_ name: String) throws {
        let colour = try codec.decode(Fixture.named(name).bytes).colour(x: 36, y: 24)
        #expect(colour.isNear(RGB(255, 255, 255), within: 3), "\(colour)")
    }

    @Test(arguments: [
        ("gif", "GIF"), ("bmp", "BMP"), ("tiff", "TIFF"), ("webpAnimated", "animated WebP"),
    ]) func aForeignFormatIsNamed(_ name: String, _ word: String) {
        expect(.unsupportedFormat, saying: word, decoding: Fixture.named(name).bytes)
    }

    @Test(arguments: [
        ("\0\0\0\u{18}ftypheic\0\0\0\0mif1", "HEIC"), ("\0\0\0\u{18}ftypavif\0\0\0\0mif1", "AVIF"),
        ("\0\0\0\u{18}ftypisom\0\0\0\0mp41", "video"), ("%PDF-1.7\n", "PDF"),
    ]) func aForeignFormatIsNamedFromItsFirstBytes(_ start: String, _ word: String) {
        expect(.unsupportedFormat, saying: word, decoding: Array(start.utf8))
    }

    @Test func nothingIsEmpty() { expect(.empty, saying: "0 bytes", decoding: []) }

    @Test(arguments: ["hello", "BMW is a car maker", "name,x,y\n1,2,3\n", "Grüße aus Köln \u{1F600}", "\u{FEFF}{}"])
    func textIsNoPicture(_ text: String) { expect(.notAnImage, saying: "text", decoding: Array(text.utf8)) }

    @Test func noiseIsNoPicture() {
        expect(.notAnImage, saying: "not a picture", decoding: [0x00, 0xFF, 0x01, 0x02, 0x80, 0x90, 0xFE])
    }

    @Test(arguments: Fixture.coloured + Fixture.grey) func everyPicturePartIsTruncated(_ fixture: Fixture) {
        for count in 12..<fixture.bytes.count {
            let error = #expect(throws: ImageError.self) { try codec.decode(Array(fixture.bytes.prefix(count))) }
            #expect(error?.code == .truncated, "\(count) of \(fixture.bytes.count) bytes: \(String(describing: error))")
        }
        for count in 2..<12 {
            #expect(throws: ImageError.self) { try codec.decode(Array(fixture.bytes.prefix(count))) }
        }
    }

    // A picture that ends within a scan although the file has an end marker: as cameras write after an error.
    @Test func aPictureWithAnEndButWithoutItsMiddleIsTruncated() throws {
        let picture = try codec.jpeg(
            of: .made(width: 320, height: 240) { x, y in
                (UInt8(truncatingIfNeeded: x * 7 + y * 13), 128, 128)
            }, faces: [], maximumWidth: nil, quality: 90)
        expect(.truncated, saying: "truncated", decoding: picture.prefix(picture.count / 2) + [0xFF, 0xD9])
    }

    @Test(arguments: [(20_000, 5_000), (10_000, 10_000), (65_535, 65_535), (16_385, 1)])
    func aHugePictureIsRefusedByItsHeader(_ width: Int, _ height: Int) {
        var jpeg = Fixture.named("jpeg420").bytes
        let frame = jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 }!
        jpeg.replaceSubrange(frame + 5..<frame + 9, with: big(height, 2) + big(width, 2))
        var png = Fixture.named("pngRGB").bytes
        png.replaceSubrange(16..<24, with: big(width, 4) + big(height, 4))
        var webp = Fixture.named("webpAlpha").bytes
        webp.replaceSubrange(24..<30, with: big(width - 1, 3).reversed() + big(height - 1, 3).reversed())
        for picture in [jpeg, png, webp] {
            expect(.tooLarge, saying: "\(width)x\(height)", decoding: picture)
            // Its end is not even looked for.
            expect(.tooLarge, saying: "\(width)x\(height)", decoding: Array(picture.prefix(200)))
        }
    }

    @Test func aPictureOfManyBytesIsRefused() {
        let small = ImageCodec(limits: ImageLimits(maximumBytes: 100))
        let error = #expect(throws: ImageError.self) { try small.decode(Fixture.named("jpeg420").bytes) }
        #expect(error?.code == .tooLarge)
    }

    @Test func aSizeOfNothingIsCorrupt() {
        var png = Fixture.named("pngRGB").bytes
        png.replaceSubrange(16..<20, with: [0, 0, 0, 0])
        expect(.corrupt, saying: "no pixels", decoding: png)
    }

    @Test func aHeaderThatContradictsThePictureIsCorrupt() {
        // The canvas says one size, the picture in it another.
        var webp = Fixture.named("webpAlpha").bytes
        webp.replaceSubrange(24..<30, with: big(99, 3).reversed() + big(99, 3).reversed())
        expect(.corrupt, saying: "WebP", decoding: webp)
        var png = Fixture.named("pngRGB").bytes
        png[20] = 1  // the checksum of the header no longer fits
        #expect(throws: ImageError.self) { try codec.decode(png) }
    }

    @Test func aScanBombIsRefused() {
        let jpeg = Fixture.named("jpegProgressive").bytes
        let start = jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xDA }!
        let scan = Array(jpeg[start..<start + 20])
        let bomb = jpeg[..<start] + Array(repeating: scan, count: 100).flatMap { $0 } + [0xFF, 0xD9]
        expect(.unsupportedFormat, saying: "scans", decoding: Array(bomb))
    }

    @Test(
        arguments: [
            [], [0x49, 0x49], Array("II*\0".utf8) + [255, 255, 255, 255], Array("MM\0*".utf8) + [0, 0, 0, 8, 255, 255],
            // A value beyond 8, and one of the wrong type.
            Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 9, 0, 0],
            Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 1, 0x12, 0, 2, 0, 0, 0, 1, 0, 6, 0, 0],
        ] as [[UInt8]]) func damagedMetadataLeavesThePictureAsItIs(_ bytes: [UInt8])
    {
        #expect(bytes.withUnsafeBytes { ExifOrientation.read(tiff: ByteReader(bytes: $0)) } == 1)
    }

    @Test(arguments: [0, 1, 2, 3]) func noMutationCrashes(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let originals = Fixture.coloured + Fixture.grey + Fixture.foreign
        var decoded = 0
        for _ in 0..<600 {
            var bytes = originals.randomElement(using: &random)!.bytes
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...4, using: &random)))
                default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 9)], at: at)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            // Keeps a mutated size from costing seconds; the limits themselves are tested above.
            let codec = ImageCodec(limits: ImageLimits(maximumPixels: 300_000))
            do {
                let frame = try codec.decode(bytes)
                #expect(frame.width * frame.height <= 300_000)
                decoded += 1
            } catch { #expect(error is ImageError) }
        }
        // Without pictures that survive, the decoders proper would not have been reached.
        #expect(decoded > 20)
    }

    @Test func aFileIsJudgedByItsContent() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Fixture.named("jpeg420").bytes, as: "portrait.txt")
        #expect(try codec.decode(file: path).width == 48)
        let text = try folder.write(Array("just text".utf8), as: "picture.jpg")
        #expect(#expect(throws: ImageError.self) { try codec.decode(file: text) }?.code == .notAnImage)
    }

    @Test func aFileThatCannotBeReadIsSaidSo() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.path + "/pipe.jpg"
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in [folder.path + "/missing.jpg", folder.path, pipe, "/dev/zero", "a\0b"] {
            let error = #expect(throws: ImageError.self) { try codec.decode(file: path) }
            #expect(error?.code == .unreadable, "\(path): \(String(describing: error))")
        }
        let empty = try folder.write([], as: "empty.jpg")
        #expect(#expect(throws: ImageError.self) { try codec.decode(file: empty) }?.code == .empty)
    }

    private func expect(_ code: ImageError.Code, saying word: String, decoding bytes: [UInt8]) {
        let error = #expect(throws: ImageError.self) { try codec.decode(bytes) }
        #expect(error?.code == code, "\(String(describing: error))")
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "no error") does not say '\(word)'")
    }

    private func big(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
    }
}

/// A folder that is removed with the value's owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "vedette-images-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ bytes: [UInt8], as name: String) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }
}
