import VedetteCore

/// What the face of one track looked like: the mean of what was seen, and the latest views of it.
///
/// The mean tells people apart best; the latest views keep a head that turns from looking like somebody else.
struct AppearanceMemory: Sendable {
    /// Views that weigh in the mean: older ones fade.
    private static let fading: Float = 30

    /// How many views are kept.
    let capacity: Int
    private var views: [Embedding] = []
    private var oldest = 0
    private var mean: [Float] = []
    private var meanLength: Float = 1
    private var weight: Float = 0

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var isEmpty: Bool { views.isEmpty }

    /// An embedding of another model than those before replaces them.
    mutating func add(_ embedding: Embedding) {
        if embedding.values.count != mean.count {
            views.removeAll(keepingCapacity: true)
            oldest = 0
            weight = 0
            mean = [Float](repeating: 0, count: embedding.values.count)
        }
        if views.count < capacity {
            views.append(embedding)
        } else {
            views[oldest] = embedding
            oldest = (oldest + 1) % capacity
        }
        weight = min(weight + 1, Self.fading)
        var squares: Float = 0
        for index in mean.indices {
            mean[index] += (embedding.values[index] - mean[index]) / weight
            squares += mean[index] * mean[index]
        }
        meanLength = max(squares.squareRoot(), 1e-6)
    }

    /// The greatest similarity to any view that is kept, -1...1. Nil when none is.
    func nearest(to embedding: Embedding) -> Float? {
        guard !views.isEmpty, embedding.values.count == mean.count else { return nil }
        var best: Float = -1
        for view in views { best = max(best, view.similarity(to: embedding)) }
        return best
    }

    /// The similarity to the mean or to any view that is kept, whichever is greater, -1...1. Nil when there is none.
    func similarity(to embedding: Embedding) -> Float? {
        guard let nearest = nearest(to: embedding) else { return nil }
        var product: Float = 0
        for index in mean.indices { product += mean[index] * embedding.values[index] }
        return max(nearest, product / meanLength)
    }
}
