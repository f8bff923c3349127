import Synchronization

/// One model for many input shapes: compiled apart for the shapes that are used most, and once with open dimensions for
/// all others.
///
/// A model compiled for one shape is 5 to 10 % faster, but takes 0.2 to 0.5 s to compile and some 30 MB. That pays for
/// a camera, which has the same shape for ever, and not for photographs, where every picture may have another: the open
/// model takes 0.05 s longer at a shape's first use.
final class ShapedModels: Sendable {
    /// Shapes that are compiled apart at the same time.
    static let limit = 3
    /// Calls after which a shape gets the place of one that nobody used meanwhile: about when compiling it has paid.
    static let promotion = 30

    /// Loads the model for a shape, or with open dimensions for nil.
    private let load: @Sendable ([Int]?) throws -> any CompiledModel
    private let places = Mutex(Places())
    private let open = Slot(shape: nil)

    init(load: @escaping @Sendable ([Int]?) throws -> any CompiledModel) { self.load = load }

    /// A model that takes an input of `shape`; compiles it where needed. Callers that want the same model meanwhile
    /// wait, others do not.
    func model(for shape: [Int]) throws -> any CompiledModel {
        let slot = places.withLock { $0.place(for: shape) } ?? open
        return try slot.model.withLock { model in
            if let model { return model }
            let loaded = try load(slot.shape)
            model = loaded
            return loaded
        }
    }

    private struct Places {
        /// The one used longest ago first.
        private var slots: [(slot: Slot, lastUse: Int)] = []
        private var candidates: [[Int]: Candidate] = [:]
        /// Counts the calls.
        private var now = 0

        /// A shape without a place.
        private struct Candidate {
            var calls = 0
            let since: Int
        }

        /// Nil for a shape that has not earned a place.
        mutating func place(for shape: [Int]) -> Slot? {
            now += 1
            if let index = slots.firstIndex(where: { $0.slot.shape == shape }) {
                let slot = slots.remove(at: index).slot
                slots.append((slot, now))
                return slot
            }
            if slots.count >= ShapedModels.limit {
                guard hasEarnedAPlace(shape) else { return nil }
                slots.removeFirst()
            }
            let slot = Slot(shape: shape)
            slots.append((slot, now))
            return slot
        }

        /// Counts a call. With more cameras' shapes than places, all in use, nobody is displaced: they would take
        /// turns.
        private mutating func hasEarnedAPlace(_ shape: [Int]) -> Bool {
            // Photographs without end have shapes without end: the counts are forgotten now and then.
            if candidates.count > 256 { candidates.removeAll() }
            var candidate = candidates[shape] ?? Candidate(since: now)
            candidate.calls += 1
            candidates[shape] = candidate
            guard candidate.calls > ShapedModels.promotion else { return false }
            candidates[shape] = nil
            return slots[0].lastUse < candidate.since
        }
    }

    private final class Slot: Sendable {
        let shape: [Int]?
        let model = Mutex<(any CompiledModel)?>(nil)

        init(shape: [Int]?) { self.shape = shape }
    }
}
