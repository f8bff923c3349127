package import VedetteCore

/// Where a box is and where it is going: a constant-velocity Kalman filter over centre x, centre y, width and height.
///
/// Time is in seconds and given with every prediction, so that the same motion gives the same estimate at any frame
/// rate. Noise is relative to the box height, as in SORT (Bewley et al. 2016) and ByteTrack (Zhang et al. 2022), and
/// scaled so that one step of 1/30 s has exactly their variances. With independent noise per axis the usual
/// eight-dimensional filter is four filters of position and velocity; they are calculated side by side, without
/// matrices and without allocation.
package struct KalmanFilter: Sendable, Hashable {
    /// Standard deviations as fractions of the box height.
    package struct Noise: Sendable, Hashable {
        /// Of a measured centre or side, and of a place after 1/30 s. Raise it for a detector that jitters: boxes move
        /// smoother and later. Lower it and they follow the detector more closely.
        package var position: Float
        /// Of the change of velocity within 1/30 s, in heights per 1/30 s. Raise it for erratic motion: a turn is
        /// followed sooner, and a track without detections becomes uncertain sooner. Lower it for steady motion.
        package var velocity: Float
        /// Of the unknown velocity of a new track, in heights per second. Raise it for fast objects or low frame rates:
        /// the second detection is looked for further away. Lower it in crowds.
        package var initialSpeed: Float

        package init(position: Float = 1 / 20, velocity: Float = 1 / 160, initialSpeed: Float = 300 / 160) {
            self.position = position
            self.velocity = velocity
            self.initialSpeed = initialSpeed
        }
    }

    /// Centre x, centre y, width, height in pixels.
    package private(set) var position: SIMD4<Float>
    /// Their change in pixels per second.
    package private(set) var velocity: SIMD4<Float>
    /// Variance of the position in square pixels; the same for all four axes, because their noise is.
    package private(set) var positionVariance: Float
    private var covariance: Float
    private var velocityVariance: Float
    /// The height that noise is relative to: that of the last correction, so that two predictions in a row are one.
    private var scale: Float
    private let noise: Noise

    package init(_ box: Box, noise: Noise = Noise()) {
        self.noise = noise
        position = Self.measurement(box)
        velocity = .zero
        scale = max(1, box.height)
        let deviation = 2 * noise.position * scale
        positionVariance = deviation * deviation
        covariance = 0
        velocityVariance = noise.initialSpeed * scale * noise.initialSpeed * scale
    }

    /// The estimated box; never smaller than a pixel.
    package var box: Box {
        let width = max(1, position.z)
        let height = max(1, position.w)
        return Box(x: position.x - width / 2, y: position.y - height / 2, width: width, height: height)
    }

    /// Moves the estimate `seconds` (0 or more) ahead. Uncertainty grows with the time, not with the number of calls:
    /// two predictions of half the time are one of the whole.
    package mutating func predict(seconds: Float) {
        position += velocity * seconds
        // White noise on place and on velocity, integrated over the time. At 1/30 s the diagonal is the usual
        // constants.
        let rate: Float = 30
        let perStep = noise.velocity * scale
        let velocityRate = rate * rate * rate * perStep * perStep
        let placeRate =
            rate * scale * scale * max(0, noise.position * noise.position - noise.velocity * noise.velocity / 3)
        let square = seconds * seconds
        positionVariance += 2 * seconds * covariance + square * velocityVariance
        positionVariance += seconds * placeRate + square * seconds * velocityRate / 3
        covariance += seconds * velocityVariance + square * velocityRate / 2
        velocityVariance += seconds * velocityRate
    }

    /// Corrects the estimate by a measured box.
    package mutating func correct(_ box: Box) {
        let deviation = noise.position * max(1, box.height)
        let measured = deviation * deviation
        let total = positionVariance + measured
        let surprise = Self.measurement(box) - position
        position += surprise * (positionVariance / total)
        velocity += surprise * (covariance / total)
        velocityVariance = max(0, velocityVariance - covariance * covariance / total)
        positionVariance *= measured / total
        covariance *= measured / total
        scale = max(1, position.w)
    }

    /// Square of the Mahalanobis distance from the estimate to a measured box: how surprising it would be, in four
    /// degrees of freedom (Wojke et al. 2017, equation 1).
    package func squaredDistance(to box: Box) -> Float {
        let deviation = noise.position * scale
        let surprise = Self.measurement(box) - position
        return (surprise * surprise).sum() / (positionVariance + deviation * deviation)
    }

    /// Keeps width and height as they are from now on: what a track without detections does, since a small error in
    /// the growth of a box would soon blow it up or make it vanish.
    package mutating func holdSize() {
        velocity.z = 0
        velocity.w = 0
    }

    private static func measurement(_ box: Box) -> SIMD4<Float> {
        SIMD4(box.x + box.width / 2, box.y + box.height / 2, box.width, box.height)
    }
}
