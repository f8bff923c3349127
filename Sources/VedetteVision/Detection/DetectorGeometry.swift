package import VedetteCore

/// Where a frame lies in a detector's input: scaled with its shape kept, at the top left, black to the right and below.
package struct DetectorGeometry: Sendable, Hashable {
    /// Pixels of the model's input.
    package let inputWidth: Int
    package let inputHeight: Int
    /// Pixels of the part that shows the frame.
    package let contentWidth: Int
    package let contentHeight: Int
    private let scaleX: Float
    private let scaleY: Float

    /// Every input is a multiple of this: the coarsest grid of the detectors in use.
    package static let grid = 32
    /// A small picture is enlarged to this long side: below it faces that fill the picture are missed.
    package static let minimumLongSide = 320

    /// An input shaped like the frame, with as little padding as the grid allows.
    ///
    /// - Parameter longSide: pixels of the input's longer side. More finds smaller faces and costs proportionally more
    ///   time; a picture that is smaller is not enlarged to it, which would lose faces, but taken at about its own
    ///   size.
    package init(frameWidth: Int, frameHeight: Int, longSide: Int) {
        let frameLongSide = max(frameWidth, frameHeight)
        let limit = Self.roundedUp(longSide)
        let target = min(max(Self.roundedUp(frameLongSide), min(Self.minimumLongSide, limit)), limit)
        let scale = Float(target) / Float(frameLongSide)
        let content = Self.content(frameWidth: frameWidth, frameHeight: frameHeight, scale: scale)
        self.init(
            frameWidth: frameWidth, frameHeight: frameHeight, contentWidth: content.width,
            contentHeight: content.height,
            inputWidth: Self.roundedUp(content.width), inputHeight: Self.roundedUp(content.height))
    }

    /// The input of a model with a fixed size.
    package init(frameWidth: Int, frameHeight: Int, inputWidth: Int, inputHeight: Int) {
        let scale = min(Float(inputWidth) / Float(frameWidth), Float(inputHeight) / Float(frameHeight))
        let content = Self.content(frameWidth: frameWidth, frameHeight: frameHeight, scale: scale)
        self.init(
            frameWidth: frameWidth, frameHeight: frameHeight, contentWidth: min(content.width, inputWidth),
            contentHeight: min(content.height, inputHeight), inputWidth: inputWidth, inputHeight: inputHeight)
    }

    private init(
        frameWidth: Int, frameHeight: Int, contentWidth: Int, contentHeight: Int, inputWidth: Int, inputHeight: Int
    ) {
        self.inputWidth = inputWidth
        self.inputHeight = inputHeight
        self.contentWidth = contentWidth
        self.contentHeight = contentHeight
        scaleX = Float(frameWidth) / Float(contentWidth)
        scaleY = Float(frameHeight) / Float(contentHeight)
    }

    private static func content(frameWidth: Int, frameHeight: Int, scale: Float) -> (width: Int, height: Int) {
        (max(1, Int((Float(frameWidth) * scale).rounded())), max(1, Int((Float(frameHeight) * scale).rounded())))
    }

    private static func roundedUp(_ pixels: Int) -> Int { max(1, (pixels + grid - 1) / grid) * grid }

    /// From pixels of the input to pixels of the frame.
    package func frameBox(_ box: Box) -> Box {
        Box(x: box.x * scaleX, y: box.y * scaleY, width: box.width * scaleX, height: box.height * scaleY)
    }

    /// From pixels of the input to pixels of the frame.
    package func frameLandmarks(_ landmarks: Landmarks) -> Landmarks {
        func move(_ point: Point) -> Point { Point(x: point.x * scaleX, y: point.y * scaleY) }
        return Landmarks(
            leftEye: move(landmarks.leftEye), rightEye: move(landmarks.rightEye), nose: move(landmarks.nose),
            leftMouth: move(landmarks.leftMouth), rightMouth: move(landmarks.rightMouth))
    }

    package func frameDetection(_ detection: Detection) -> Detection {
        Detection(
            box: frameBox(detection.box), score: detection.score, landmarks: detection.landmarks.map(frameLandmarks))
    }
}
