import VedetteGallery

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
    /// What a face must reach above the pack's threshold for one pair, whatever the gallery's size: faces up to 60 pixels high and
    /// from 90 on, in between in proportion. A track is judged many times, and its evidence is of many pictures: the right person is
    /// far above, and a look-alike just below. Raising it keeps more look-alikes unnamed, lowering it names more people enrolled
    /// with one poor photo.
    package var smallFaceHeadroom: Float = 0.05
    package var clearFaceHeadroom: Float = 0.09

    /// From this similarity to a person's photos on, the way they look now is remembered for the next camera: far above what look-alikes
    /// reach. Raising it remembers fewer people; lowering it lets one wrong name go on to the next camera.
    package var rememberSimilarity: Float = 0.65

    // MARK: Doubt

    /// Looks taken at once when two faces met, or one was found again or back from the border of the picture, since the tracker may
    /// have mixed them up. Raising it notices a change sooner and costs embeddings; 0 leaves it to ``recheckSeconds``.
    package var doubtLooks = 3
    /// Weight that old evidence keeps in doubt: two looks of this total quality that show another face overrule it.
    package var doubtWeight: Float = 1.2
    /// Similarity to the evidence of a track below which a look is another face's, -1...1. Raising it notices more changes of face,
    /// and takes more poor looks of the same face for one.
    package var sameFaceSimilarity: Float = 0.3
    /// The same as ``sameFaceSimilarity`` while it is in doubt that the face is still the same.
    package var doubtfulSimilarity: Float = 0.4

    // MARK: Return

    /// A face that comes back to its camera within so many seconds goes on with the number, the evidence and the name it had.
    /// Raising it bridges longer absences; lowering it keeps fewer faces of passers-by in memory. 0 forgets at once.
    package var returnSeconds: Double = 300
    /// Within so many seconds it goes on with its sighting, too: one row of the log rather than two.
    package var sameSightingSeconds: Double = 10
    /// Similarity that a first look at a face that came back must have to what is remembered; with more looks less is asked, down to
    /// the pack's threshold. Raising it leaves more returns unnoticed until they are recognised; lowering it mixes people up.
    package var returnSimilarity: Float = 0.5
    /// Lead over the second of the lost faces.
    package var returnMargin: Float = 0.06

    // MARK: Anonymous people

    /// Whether unknown faces become anonymous people.
    package var remembersUnknown = true
    /// The least quality (0...1) of a track's best face that makes somebody of it. Raising it makes fewer, better anonymous people;
    /// lowering it makes some of blurred faces, who are not found again.
    package var anonymousQuality: Float = 0.3
    /// Looks beyond ``looksNeeded(height:)`` before an unknown face is taken for nobody enrolled.
    package var anonymousExtraLooks = 1
    /// While the nearest enrolled person is at most this far below what a name takes, the face is looked at twice as often before
    /// it is called unknown.
    package var nearMiss: Float = 0.06
    /// Somebody unknown who was seen before, and whom the face resembles more, becomes somebody enrolled only when the similarity is
    /// this much above what is asked: a look-alike who comes again is still the look-alike. Raising it keeps such people apart;
    /// lowering it corrects sooner when somebody enrolled was first taken for unknown.
    package var knownStrangerHeadroom: Float = 0.06
    /// Seconds out of view for which a track still defends its name against one in view.
    package var defenceSeconds = 0.5

    package init() {}

    /// See ``smallFaceHeadroom``. The similarity of small faces is lower, that of strangers as well as that of the right person.
    package func headroom(height: Float) -> Float {
        smallFaceHeadroom + (clearFaceHeadroom - smallFaceHeadroom) * min(1, max(0, (height - 60) / 30))
    }

    /// Looks that a name takes, by the height of the face in pixels: small faces resemble each other.
    package func looksNeeded(height: Float) -> Int {
        switch height {
        case 80...: 2
        case 40..<80: 3
        default: 4
        }
    }

    var fusion: EmbeddingFusion.Options {
        var options = EmbeddingFusion.Options()
        options.minimumSimilarity = sameFaceSimilarity
        return options
    }
}
