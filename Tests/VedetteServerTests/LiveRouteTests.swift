import Foundation
import HTTPTypes
import NIOCore
import Testing
import VedetteCore
import VedettePipeline

@testable import VedetteServer

@Suite struct LiveRouteTests {
    @Test func givesTheNewestPictureOnce() async throws {
        let harness = Harness()
        let camera = try await harness.addCamera("yard")
        try harness.publish(1, on: camera.id)
        try harness.publish(2, on: camera.id)
        try await harness.test { client in
            let first = try await client.get("/api/v1/cameras/yard/frame.jpg")
            #expect(first.status == .ok)
            #expect(first.headers[.contentType] == "image/jpeg")
            #expect(first.headers[.cacheControl] == "no-store")
            #expect(first.text == "jpeg 2")
            let tag = try #require(first.headers[.eTag])
            let again = try await client.get("/api/v1/cameras/yard/frame.jpg", headers: [.ifNoneMatch: tag])
            #expect(again.status == .notModified)
            try harness.publish(3, on: camera.id)
            let next = try await client.get("/api/v1/cameras/yard/frame.jpg", headers: [.ifNoneMatch: tag])
            #expect(next.text == "jpeg 3")
        }
    }

    @Test func tellsWhyThereIsNoPicture() async throws {
        let harness = Harness()
        try await harness.addCamera("yard", live: false)
        harness.hub.setState(.stalled, reason: "no frame for 5 s", of: CameraID("yard")!)
        try await harness.test { client in
            let answer = try await client.get("/api/v1/cameras/yard/frame.jpg")
            #expect(answer.status == .serviceUnavailable)
            #expect(answer.problem == "no-picture")
            #expect(answer.detail.contains("no frame for 5 s"))
            #expect(try await client.get("/api/v1/cameras/none/frame.jpg").problem == "not-found")
            #expect(try await client.get("/api/v1/cameras/none/stream.mjpeg").problem == "not-found")
            #expect(try await client.get("/api/v1/cameras/none/tracks").problem == "not-found")
        }
    }

    @Test func aPartOfTheStreamEndsWithTheBoundaryOfTheNext() {
        let frame = EncodedFrame(
            jpeg: [1, 2, 3], sequence: 4, captureTime: CaptureTime(wall: 1_700_000_000_000_450_000, monotonic: 0),
            width: 2,
            height: 2)
        let text = String(buffer: MJPEGStream.part(frame))
        #expect(
            text == """
                Content-Type: image/jpeg\r\nContent-Length: 3\r\nX-Timestamp: 1700000000.000450\r\n\r\n\u{1}\u{2}\u{3}\r\n--frame\r\n
                """)
    }

    @Test func limitsViewersAndGivesPlacesBack() {
        let limit = ViewerLimit(maximum: 2)
        let camera = CameraID("yard")!
        var places = [limit.place(at: camera), limit.place(at: camera)]
        #expect(places.allSatisfy { $0 != nil })
        #expect(limit.place(at: camera) == nil)
        #expect(limit.place(at: CameraID("other")!) != nil)
        places.removeLast()
        #expect(limit.place(at: camera) != nil)
    }
}
