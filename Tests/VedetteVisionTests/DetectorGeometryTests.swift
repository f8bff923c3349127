import Testing
import VedetteCore

@testable import VedetteVision

@Suite struct DetectorGeometryTests {
    @Test(arguments: [
        // frame, long side, content, input
        (1920, 1080, 640, 640, 360, 640, 384),
        (1280, 720, 640, 640, 360, 640, 384),
        (640, 480, 640, 640, 480, 640, 480),
        (480, 640, 640, 480, 640, 480, 640),
        (1024, 1024, 640, 640, 640, 640, 640),
        // Smaller than the long side: about its own size, at least 320.
        (250, 250, 640, 320, 320, 320, 320),
        (500, 400, 640, 512, 410, 512, 416),
        (480, 270, 640, 480, 270, 480, 288),
        (1, 1, 640, 320, 320, 320, 320),
        // A long side off the grid is rounded up; one below 320 is obeyed.
        (1920, 1080, 600, 608, 342, 608, 352),
        (1920, 1080, 128, 128, 72, 128, 96),
        (250, 250, 128, 128, 128, 128, 128),
        // Extreme shapes keep at least a row.
        (10000, 3, 640, 640, 1, 640, 32),
    ])
    func keepsTheShapeOfTheFrame(
        width: Int, height: Int, longSide: Int, contentWidth: Int, contentHeight: Int, inputWidth: Int, inputHeight: Int
    ) {
        let geometry = DetectorGeometry(frameWidth: width, frameHeight: height, longSide: longSide)
        #expect([geometry.contentWidth, geometry.contentHeight] == [contentWidth, contentHeight])
        #expect([geometry.inputWidth, geometry.inputHeight] == [inputWidth, inputHeight])
    }

    @Test func fitsAFixedInput() {
        let geometry = DetectorGeometry(frameWidth: 1280, frameHeight: 720, inputWidth: 640, inputHeight: 640)
        #expect([geometry.contentWidth, geometry.contentHeight] == [640, 360])
        let tall = DetectorGeometry(frameWidth: 100, frameHeight: 1000, inputWidth: 640, inputHeight: 640)
        #expect([tall.contentWidth, tall.contentHeight] == [64, 640])
    }

    @Test func mapsBackToTheFrame() {
        let geometry = DetectorGeometry(frameWidth: 1920, frameHeight: 1080, longSide: 640)
        let point = Point(x: 20, y: 30)
        let mapped = geometry.frameDetection(
            Detection(
                box: Box(x: 10, y: 20, width: 30, height: 40), score: 0.5, landmarks: Landmarks(at: point)))
        #expect(mapped.box == Box(x: 30, y: 60, width: 90, height: 120))
        #expect(mapped.landmarks?.nose == Point(x: 60, y: 90))
        #expect(mapped.score == 0.5)
    }
}
