/// Which people a list shows.
package enum PersonKind: String, Sendable, Hashable, Codable, CaseIterable {
    case named, anonymous, all
}
