import VedetteCore

/// What the commands on pictures print: one JSON object per image and line.
struct FaceReport: Encodable {
    struct Face: Encodable {
        var box: Box
        var score: Float
        var landmarks: Landmarks?
        var embedding: Embedding?
        var quality: Float?
        var recognition: Recognition?

        enum CodingKeys: String, CodingKey { case box, score, landmarks, embedding, quality, person, similarity }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(box, forKey: .box)
            try container.encode(score, forKey: .score)
            try container.encodeIfPresent(landmarks, forKey: .landmarks)
            try container.encodeIfPresent(embedding, forKey: .embedding)
            try container.encodeIfPresent(quality, forKey: .quality)
            if let recognition {
                // Present and null when nobody is recognised: a reader need not tell missing from unknown.
                try container.encode(recognition.person, forKey: .person)
                try container.encode(recognition.similarity, forKey: .similarity)
            }
        }
    }

    struct Recognition {
        var person: String?
        var similarity: Float?
    }

    var image: String
    var width: Int
    var height: Int
    var faces: [Face]

    /// A line for people.
    var summary: String {
        let count = faces.count == 1 ? "1 face" : "\(faces.count) faces"
        let list = faces.map { face in
            let place = "\(Int(face.box.width))x\(Int(face.box.height)) at \(Int(face.box.x)),\(Int(face.box.y))"
            let score = "score \(hundredths(face.score))"
            let quality = face.quality.map { ", quality \(hundredths($0))" } ?? ""
            let who = face.recognition.map { ", " + ($0.person.map { name in name } ?? "unknown") } ?? ""
            let similarity = face.recognition?.similarity.map { " \(hundredths($0))" } ?? ""
            return "  \(place), \(score)\(quality)\(who)\(similarity)"
        }
        return ([image + ": " + count] + list).joined(separator: "\n")
    }

    private func hundredths(_ value: Float) -> String { String(Double((value * 100).rounded()) / 100) }
}
