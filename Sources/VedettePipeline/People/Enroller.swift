package import VedetteCore

/// A face that is good enough to be enrolled.
package struct EnrolledFace: Sendable {
    package var embedding: Embedding
    package var quality: FaceQuality
    /// The crop that is kept.
    package var jpeg: [UInt8]
    package var box: Box
}

/// Why a picture was not enrolled: shown to the person who gave it.
package enum EnrolmentRefusal: DescribedError, Hashable {
    case notAPicture(String)
    case noFace
    case severalFaces(Int)
    case tooSmall(pixels: Int, needed: Int)
    case tooPoor(quality: Float, needed: Float, weakest: String)

    package var message: String {
        switch self {
        case .notAPicture(let reason): reason
        case .noFace: "no face was found"
        case .severalFaces(let count): "\(count) faces were found; an enrolment photo shows one"
        case .tooSmall(let pixels, let needed): "the face is only \(pixels) pixels wide; at least \(needed) are needed"
        case .tooPoor(let quality, let needed, let weakest):
            "the face is not clear enough (quality \(hundredths(quality)), needed \(hundredths(needed)); weakest: \(weakest))"
        }
    }

    package var remedy: String? {
        switch self {
        case .notAPicture: nil
        case .noFace: "use a photo with the whole face visible"
        case .severalFaces: "cut the picture to the person"
        case .tooSmall: "use a larger or closer photo"
        case .tooPoor: "use a sharp photo of a face that looks at the camera"
        }
    }

    package var isRetriable: Bool { false }

    /// A stable word for each case, for programs.
    package var code: String {
        switch self {
        case .notAPicture: "not-a-picture"
        case .noFace: "no-face"
        case .severalFaces: "several-faces"
        case .tooSmall: "face-too-small"
        case .tooPoor: "face-too-poor"
        }
    }

    private func hundredths(_ value: Float) -> String { String(Double((value * 100).rounded()) / 100) }
}

/// Finds the one face of an enrolment photo and judges it.
package struct Enroller: Sendable {
    package struct Options: Sendable {
        /// The least detector score of a face. Raising it refuses more photos, lowering it lets in things that are no face.
        package var minimumScore: Float = 0.5
        /// The least width of the face in pixels. Below 40 a face is often mistaken.
        package var minimumWidth: Int = 40
        /// The least quality, 0...1. Raising it keeps the gallery clean; lowering it accepts blurred and turned faces.
        package var minimumQuality: Float = 0.25
        /// A second face counts when it is at least this share of the largest one's height: people far behind are no reason
        /// to refuse a portrait.
        package var secondFaceShare: Float = 0.5
        /// A second face counts when at least this share of it is inside the picture: a neighbour who is cut off at the border
        /// is no reason either.
        package var secondFaceVisible: Float = 0.75

        package init() {}
    }

    private let detector: any FaceDetector
    private let embedder: any FaceEmbedder
    private let codec: any PictureCodec
    private let options: Options
    private let pool: BlockingPool

    package init(
        detector: any FaceDetector, embedder: any FaceEmbedder, codec: any PictureCodec, options: Options = Options(),
        pool: BlockingPool
    ) {
        self.detector = detector
        self.embedder = embedder
        self.codec = codec
        self.options = options
        self.pool = pool
    }

    /// The embedding model whose samples this makes.
    package var model: String { embedder.model }

    /// - Throws: ``EnrolmentRefusal``, or the error of a model that failed.
    package func face(in photo: [UInt8]) async throws -> EnrolledFace {
        try await pool.run {
            let frame: Frame
            do {
                frame = try codec.decode(photo)
            } catch let error as any DescribedError {
                throw EnrolmentRefusal.notAPicture(error.description)
            }
            return try face(in: frame)
        }
    }

    /// The same for a frame that is decoded already. Blocks for the time of a detection and an embedding.
    package func face(in frame: Frame, near point: Point? = nil) throws -> EnrolledFace {
        let found = try detector.detect(in: frame, minimumScore: options.minimumScore)
        let face = try chosen(from: found, in: frame, near: point)
        guard Int(face.box.width) >= options.minimumWidth else {
            throw EnrolmentRefusal.tooSmall(pixels: Int(face.box.width), needed: options.minimumWidth)
        }
        let embedded = try embedder.embed(face, in: frame)
        guard embedded.quality.overall >= options.minimumQuality else {
            throw EnrolmentRefusal.tooPoor(
                quality: embedded.quality.overall, needed: options.minimumQuality, weakest: weakest(embedded.quality))
        }
        let jpeg = try FaceCrop.jpeg(of: face.box, in: frame, codec)
        return EnrolledFace(embedding: embedded.embedding, quality: embedded.quality, jpeg: jpeg, box: face.box)
    }

    private func chosen(from found: [Detection], in frame: Frame, near point: Point?) throws -> Detection {
        if let point {
            func distance(_ box: Box) -> Float {
                let dx = box.center.x - point.x
                let dy = box.center.y - point.y
                return dx * dx + dy * dy
            }
            guard let nearest = found.min(by: { distance($0.box) < distance($1.box) }) else {
                throw EnrolmentRefusal.noFace
            }
            return nearest
        }
        func visibleShare(_ box: Box) -> Float {
            box.clipped(width: frame.width, height: frame.height).area / max(1, box.area)
        }
        let whole = found.filter { visibleShare($0.box) >= options.secondFaceVisible }
        guard let largest = (whole.isEmpty ? found : whole).max(by: { $0.box.height < $1.box.height }) else {
            throw EnrolmentRefusal.noFace
        }
        let rivals = whole.filter { $0.box.height >= largest.box.height * options.secondFaceShare }
        guard rivals.count <= 1 else { throw EnrolmentRefusal.severalFaces(rivals.count) }
        return largest
    }

    private func weakest(_ quality: FaceQuality) -> String {
        [("size", quality.size), ("sharpness", quality.sharpness), ("turned away", quality.frontality)]
            .min { $0.1 < $1.1 }!.0
    }
}

/// How crops of faces are kept: a little more than the face, small.
enum FaceCrop {
    private static let margin: Float = 0.35
    private static let maximumSide = 224
    private static let quality = 85

    static func jpeg(of face: Box, in frame: Frame, _ codec: any PictureCodec) throws -> [UInt8] {
        try codec.jpeg(cropping: face.expanded(by: margin), of: frame, maximumSide: maximumSide, quality: quality)
    }
}
