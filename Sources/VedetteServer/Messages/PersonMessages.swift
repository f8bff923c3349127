import Foundation
import VedetteCore

/// Somebody who is enrolled.
struct PersonMessage: Encodable, Sendable {
    var id: PersonID
    var name: String
    var createdAt: Date
    var updatedAt: Date
    var faceCount: Int
    /// Whether nobody has named this person yet.
    var anonymous: Bool
    /// Of the merge that the request made; see `/people/{id}/merges` for all.
    var merge: MergeID?
    /// The samples; in a list only with `include=faces`.
    var faces: [FaceMessage]?
    /// What became of each picture that came with the request.
    var results: [EnrolmentResultMessage]?

    init(_ person: Person, faces: [FaceSample]? = nil, results: [EnrolmentResultMessage]? = nil) {
        id = person.id
        name = person.name
        createdAt = person.createdAt
        updatedAt = person.updatedAt
        faceCount = person.sampleCount
        anonymous = person.isAnonymous
        self.faces = faces?.map(FaceMessage.init)
        self.results = results
    }
}

/// One enrolled picture of a person. Its crop is at `/people/{person}/faces/{id}/image.jpg`.
struct FaceMessage: Encodable, Sendable {
    var id: SampleID
    var person: PersonID
    /// The embedding model that made the sample.
    var model: String
    /// 0...1.
    var quality: Float
    /// Where it came from, as told at enrolment.
    var source: String
    var createdAt: Date

    init(_ sample: FaceSample) {
        id = sample.id
        person = sample.person
        model = sample.model
        quality = sample.quality
        source = sample.source
        createdAt = sample.createdAt
    }
}

/// What became of one picture of a request: a face, or the reason why not.
struct EnrolmentResultMessage: Encodable, Sendable {
    /// The picture's place in the request, from 0.
    var index: Int
    var filename: String
    @OrNull var face: FaceMessage?
    @OrNull var error: Refusal?

    struct Refusal: Encodable, Sendable {
        /// `no-face`, `several-faces`, `face-too-small`, `face-too-poor`, `not-a-picture` or `unsupported-media-type`.
        var code: String
        var message: String
        @OrNull var remedy: String?
    }
}

/// The answer to pictures for an existing person.
struct EnrolmentMessage: Encodable, Sendable {
    var person: PersonMessage
    var results: [EnrolmentResultMessage]
}

struct LastSeenMessage: Encodable, Sendable {
    var person: PersonMessage
    /// Null when the person was never seen.
    @OrNull var sighting: SightingMessage?
}
