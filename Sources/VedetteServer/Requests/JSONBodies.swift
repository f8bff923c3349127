import VedetteCore

/// `POST /people`: a new person, with the best face of a sighting if one is named.
struct NewPerson: JSONBody {
    var name: String
    var sighting: SightingID?

    enum CodingKeys: String, CodingKey, CaseIterable { case name, sighting }
}

/// `PATCH /people/{id}`
struct PersonChange: JSONBody {
    var name: String

    enum CodingKeys: String, CodingKey, CaseIterable { case name }
}

/// `POST /people/{id}/faces`: the best face of a sighting, which becomes the person's.
struct FaceOfSighting: JSONBody {
    var sighting: SightingID

    enum CodingKeys: String, CodingKey, CaseIterable { case sighting }
}

/// `POST /people/{id}/merge`: the person whose samples and sightings move to `{id}`, and who is then removed.
struct MergeSource: JSONBody {
    var source: PersonID

    enum CodingKeys: String, CodingKey, CaseIterable { case source }
}

/// `POST /people/{id}/split`: the merge to undo.
struct MergeToUndo: JSONBody {
    var merge: MergeID

    enum CodingKeys: String, CodingKey, CaseIterable { case merge }
}

/// `PATCH /sightings/{id}`: whose it is; null for nobody's.
struct SightingChange: JSONBody {
    var person: PersonID?

    enum CodingKeys: String, CodingKey, CaseIterable { case person }

    /// The key must be there: an empty body is no way to say "nobody".
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard container.contains(.person) else {
            throw DecodingError.keyNotFound(
                CodingKeys.person, .init(codingPath: container.codingPath, debugDescription: "no key"))
        }
        person = try container.decodeIfPresent(PersonID.self, forKey: .person)
    }
}

/// `POST /sightings/{id}/reject`: who it is not.
struct FaceToReject: JSONBody {
    var person: PersonID

    enum CodingKeys: String, CodingKey, CaseIterable { case person }
}

/// `POST /cameras`
struct NewCamera: JSONBody {
    var name: String
    /// The whole address, password included: `rtsp://user:password@host/path`.
    var uri: String
    /// True when absent.
    var enabled: Bool?
    /// `sort`, `bytetrack`, `ocsort` or `deepsort`; the configured one when absent.
    var tracker: String?

    enum CodingKeys: String, CodingKey, CaseIterable { case name, uri, enabled, tracker }
}

/// `PATCH /cameras/{id}`: what is absent stays.
struct CameraChange: JSONBody {
    var name: String?
    var uri: String?
    var enabled: Bool?
    /// Empty for the configured one.
    var tracker: String?

    enum CodingKeys: String, CodingKey, CaseIterable { case name, uri, enabled, tracker }
}
