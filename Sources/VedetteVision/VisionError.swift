import VedetteCore

/// What can go wrong between a model file and a face.
package struct VisionError: DescribedError {
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// The inference library is not there, or is not what its name says.
        case runtimeUnavailable
        /// A model file or a pack is not there or cannot be read.
        case modelMissing
        /// A pack's description is malformed or does not fit its files.
        case packInvalid
        /// A model file is damaged or of another kind than it is used for.
        case modelInvalid
        /// A model file differs from the one its pack describes.
        case hashMismatch
        /// The runtime failed while computing.
        case inferenceFailed
        /// The face has no usable landmarks: none, all in one place, or outside the picture.
        case landmarksUnusable
        /// A setting out of its range.
        case settingInvalid
    }

    package var code: Code
    package var message: String
    package var remedy: String?
    package var isRetriable: Bool { code == .inferenceFailed }

    package init(_ code: Code, _ message: String, remedy: String? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }
}
