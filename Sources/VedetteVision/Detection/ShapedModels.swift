import Synchronization

/// One model compiled for each input shape in use; the shape used longest ago goes when there are too many.
///
/// Shapes are compiled apart because a model compiled for all shapes at once prepares itself anew at every change
/// (with cameras of several shapes, at every frame), and because outputs of fixed shapes are read where they lie.
final class ShapedModels: Sendable {
    /// Each compiled shape of a 3 MB detector takes some 30 MB.
    static let limit = 4

    private let load: @Sendable ([Int]) throws -> any CompiledModel
    private let recent = Mutex<[Slot]>([])

    init(load: @escaping @Sendable ([Int]) throws -> any CompiledModel) { self.load = load }

    /// The model for `shape`; compiles it at first use. Callers that want the same shape meanwhile wait, others do not.
    func model(for shape: [Int]) throws -> any CompiledModel {
        let slot = recent.withLock { slots in
            let slot: Slot
            if let index = slots.firstIndex(where: { $0.shape == shape }) {
                slot = slots[index]
                if index == slots.count - 1 { return slot }
                slots.remove(at: index)
            } else {
                slot = Slot(shape: shape)
            }
            slots.append(slot)
            if slots.count > Self.limit { slots.removeFirst() }
            return slot
        }
        return try slot.model.withLock { model in
            if let model { return model }
            let loaded = try load(shape)
            model = loaded
            return loaded
        }
    }

    private final class Slot: Sendable {
        let shape: [Int]
        let model = Mutex<(any CompiledModel)?>(nil)

        init(shape: [Int]) { self.shape = shape }
    }
}
