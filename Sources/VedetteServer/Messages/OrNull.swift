/// A value that is written as `null` when it is absent, so that an answer always has all its keys.
@propertyWrapper
struct OrNull<Value: Encodable & Sendable>: Encodable, Sendable {
    var wrappedValue: Value?

    init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue {
            try container.encode(wrappedValue)
        } else {
            try container.encodeNil()
        }
    }
}

/// A page of a list: `next` is the cursor of the page after it, null on the last.
struct ListMessage<Item: Encodable & Sendable>: Encodable, Sendable {
    var items: [Item]
    @OrNull var next: String?
}
