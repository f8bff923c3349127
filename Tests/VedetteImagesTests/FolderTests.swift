import Foundation
import Testing

@testable import VedetteImages

@Suite struct FolderTests {
    @Test func picturesAreListedByNameAndNumber() throws {
        let folder = try TemporaryFolder()
        for name in ["10.jpg", "2.jpg", "b.PNG", "a.webp", "A.jpeg", ".hidden.jpg", "notes.txt", "jpg", "x.gif"] {
            _ = try folder.write([1], as: name)
        }
        try FileManager.default.createDirectory(atPath: folder.path + "/sub.jpg", withIntermediateDirectories: true)
        let names = try PictureFolder(folder.path).pictures().map { ($0 as NSString).lastPathComponent }
        #expect(names == ["2.jpg", "10.jpg", "A.jpeg", "a.webp", "b.PNG"])
        #expect(try PictureFolder(folder.path + "/").pictures().count == names.count)
        #expect(try PictureFolder(folder.path).subfolders() == [folder.path + "/sub.jpg"])
    }

    @Test func linksThatLeadOutAreNotFollowed() throws {
        let outside = try TemporaryFolder()
        let secret = try outside.write([1], as: "secret.jpg")
        let folder = try TemporaryFolder()
        let real = try folder.write([1], as: "real.jpg")
        let files = FileManager.default
        try files.createSymbolicLink(atPath: folder.path + "/out.jpg", withDestinationPath: secret)
        try files.createSymbolicLink(atPath: folder.path + "/alias.jpg", withDestinationPath: real)
        try files.createSymbolicLink(atPath: folder.path + "/dangling.jpg", withDestinationPath: folder.path + "/none")
        try files.createSymbolicLink(atPath: folder.path + "/outside", withDestinationPath: outside.path)
        try files.createSymbolicLink(atPath: folder.path + "/self", withDestinationPath: folder.path)
        // A folder beside this one whose name merely begins the same.
        try files.createDirectory(atPath: folder.path + "-twin", withIntermediateDirectories: true)
        defer { try? files.removeItem(atPath: folder.path + "-twin") }
        try files.createSymbolicLink(atPath: folder.path + "/twin", withDestinationPath: folder.path + "-twin")
        let names = try PictureFolder(folder.path).pictures().map { ($0 as NSString).lastPathComponent }
        #expect(names == ["alias.jpg", "real.jpg"])
        #expect(try PictureFolder(folder.path).subfolders().isEmpty)
    }

    @Test func aFolderThroughALinkIsReadAsItself() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write([1], as: "real.jpg")
        let parent = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(atPath: parent.path + "/link", withDestinationPath: folder.path)
        #expect(try PictureFolder(parent.path + "/link").pictures() == [parent.path + "/link/real.jpg"])
    }

    @Test func aMissingFolderIsSaidSo() throws {
        let error = #expect(throws: ImageError.self) { try PictureFolder("/no/such/folder").pictures() }
        #expect(error?.code == .unreadable)
    }
}
