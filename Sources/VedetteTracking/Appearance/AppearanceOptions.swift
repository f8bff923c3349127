/// When a tracker looks at faces, and how much it believes what it sees. Similarities are cosines, -1...1.
package struct AppearanceOptions: Sendable, Hashable {
    package enum Use: String, Sendable, Hashable, Codable, CaseIterable {
        /// Motion and overlap alone.
        case never
        /// Only where motion and overlap leave a doubt.
        case inDoubt
        /// At every detection that could belong to a track whose face is known: for embeddings that cost nothing.
        case always
    }

    package var use = Use.inDoubt
    /// Share (0...1) of the similarity in the cost of a pair; the rest is overlap. Raise it to follow the face, lower
    /// it to follow the motion when the two disagree.
    package var weight: Float = 0.5
    /// Below this similarity (-1...1) a detection is somebody else than the track, however well it overlaps. For SFace
    /// two photos are of one person from 0.36 on, and 1 in 100 pairs of different people is above 0.31. Raise it against
    /// swaps and against newcomers on a lost track; lower it when blur and turned heads break tracks.
    package var contradiction: Float = 0.3
    /// From this similarity on a face that was looked at counts as a view of its track and is remembered. Raise it
    /// against tracks that learn from somebody else; lower it to remember more different views.
    package var learnable: Float = 0.35
    /// Overlaps within this of each other (0...1) leave a doubt. Raise it to look more often, lower it to look less.
    package var doubtMargin: Float = 0.2
    /// Two tracks whose expected boxes overlap by more than this (0...1) are crossing, which is a doubt. Lower it to
    /// look earlier and longer, raise it to look less.
    package var crossingOverlap: Float = 0.15
    /// Views that are kept of a track (1 or more) beside the mean. Raise it for people who turn their heads; each costs
    /// its comparison.
    package var views: Int = 4

    package init() {}
}
