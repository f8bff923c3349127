/// What is drawn over one face in a picture for viewers.
package struct OverlayFace: Sendable, Hashable {
    /// Colours after how sure the name is (MISSION E5).
    package enum Style: String, Sendable, Hashable, Codable, CaseIterable {
        /// Known, similarity at least 0.7: green.
        case sure
        /// Known, 0.5 to 0.7: yellow.
        case likely
        /// Known, below 0.5: orange.
        case weak
        /// Nobody enrolled, or not decided yet: red.
        case unknown

        package init(similarity: Float?) {
            switch similarity {
            case .some(0.7...): self = .sure
            case .some(0.5..<0.7): self = .likely
            case .some: self = .weak
            case nil: self = .unknown
            }
        }
    }

    package var box: Box
    package var label: String
    package var style: Style

    package init(box: Box, label: String, style: Style) {
        self.box = box
        self.label = label
        self.style = style
    }
}
