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

/// `POST /cameras`
struct NewCamera: JSONBody {
    var name: String
    /// The whole address, password included: `rtsp://user:password@host/path`.
    var uri: String
    /// True when absent.
    var enabled: Bool?

    enum CodingKeys: String, CodingKey, CaseIterable { case name, uri, enabled }
}

/// `PATCH /cameras/{id}`: what is absent stays.
struct CameraChange: JSONBody {
    var name: String?
    var uri: String?
    var enabled: Bool?

    enum CodingKeys: String, CodingKey, CaseIterable { case name, uri, enabled }
}
