/// When a track gets a name, and when it loses it.
package struct IdentityOptions: Sendable {
    /// The least quality (0...1) of a face that is embedded at all. Raising it waits for better frames, lowering it spends time on
    /// faces that say little.
    package var minimumQuality: Float = 0.1
    /// Embeddings taken in quick succession when a track is new; then one every ``retryFrames``.
    package var burst = 4
    /// An undecided track is tried again after this many analysed frames (MISSION A5).
    package var retryFrames = 10
    /// Seconds between two checks of a track that has its name.
    package var recheckSeconds = 3.0
    /// Most embeddings in one frame, nil for no limit. Lowering it keeps the latency of crowded frames down, at the price
    /// of later names.
    package var maximumPerFrame: Int? = 2
    /// A first look suffices when the similarity is this much above what is asked; otherwise the track is looked at again.
    package var singleLookHeadroom: Float = 0.1
    /// A name is dropped when the similarity of the track's whole evidence falls this much below what giving it took.
    package var hysteresis: Float = 0.08

    package init() {}

    /// What a clear face must reach above the pack's threshold for one pair, whatever the gallery's size. Large faces of the right
    /// person are far above it, and a look-alike's are just below: raising it keeps more look-alikes unnamed, lowering it names more
    /// people enrolled with one poor photo.
    package var clearFaceHeadroom: Float = 0.1

    /// The part of ``clearFaceHeadroom`` that a face of this height in pixels must have: none up to 60, all from 90 on. The
    /// similarity of small faces is lower, that of strangers as well as that of the right person.
    package func headroom(height: Float) -> Float { clearFaceHeadroom * min(1, max(0, (height - 60) / 30)) }

    /// Looks that a name takes, by the height of the face in pixels: small faces resemble each other.
    package func looksNeeded(height: Float) -> Int {
        switch height {
        case 80...: 2
        case 40..<80: 3
        default: 4
        }
    }
}
