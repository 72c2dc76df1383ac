/// Reads the members of an object by name.
///
/// Generated code asks for them in the order of the schema, which is mostly the order of the event: a search begins behind the member
/// that was found last.
public struct PayloadFields {
    private let storage: JSONStorage
    private let start: Int
    private let end: Int
    private var position: Int

    /// The members of `value`; throws where it is no object.
    public init(of value: JSONValue) throws(PayloadError) {
        guard value.kind == .object else { throw .expected("an object", found: value) }
        storage = value.storage
        start = value.index + 1
        end = Int(value.node.next)
        position = start
    }

    /// A member that must be there. Whether it may be null is for `Value` to say.
    public mutating func required<Value: EventPayload>(_ name: StaticString) throws(PayloadError) -> Value {
        guard let value = find(name) else { throw PayloadError("The field is missing.").inside(.key(name.description)) }
        return try Self.decode(value, name)
    }

    /// A member that may be missing or null, which is the same in an event: the client gets null.
    public mutating func optional<Value: EventPayload>(_ name: StaticString) throws(PayloadError) -> Value? {
        guard let value = find(name), !value.isNull else { return nil }
        return try Self.decode(value, name)
    }

    /// The same, for a value that is kept in a box.
    public mutating func boxed<Value: EventPayload>(_ name: StaticString) throws(PayloadError) -> Boxed<Value> {
        Boxed(try optional(name))
    }

    /// A member of an argument's value, where a missing one and null are told apart.
    public mutating func nullable<Value: EventPayload>(_ name: StaticString) throws(PayloadError) -> GraphQLNullable<Value> {
        guard let value = find(name) else { return .absent }
        return value.isNull ? .null : .value(try Self.decode(value, name))
    }

    private static func decode<Value: EventPayload>(_ value: JSONValue, _ name: StaticString) throws(PayloadError) -> Value {
        do {
            return try Value(decoding: value)
        } catch {
            throw error.inside(.key(name.description))
        }
    }

    private mutating func find(_ name: StaticString) -> JSONValue? {
        if let found = find(name, from: position, to: end) { return found }
        return find(name, from: start, to: position)
    }

    private mutating func find(_ name: StaticString, from first: Int, to last: Int) -> JSONValue? {
        var index = first
        while index < last {
            let next = Int(storage.tape[index + 1].next)
            if storage.key(at: index, equals: name) {
                position = next
                return JSONValue(storage: storage, index: index + 1)
            }
            index = next
        }
        return nil
    }
}

extension JSONStorage {
    fileprivate func key(at index: Int, equals name: StaticString) -> Bool {
        // A key with escapes is compared by what they mean; such a one is as rare as it is legal.
        if tape[index].flag { return string(at: index) == name.description }
        let text = text(at: index)
        guard text.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { text.elementsEqual($0) }
    }
}

extension JSONWriter {
    /// A member whose value is always written.
    public mutating func required(_ name: StaticString, _ value: some EventPayload) {
        key(name.description)
        value.write(into: &self)
    }

    /// A member that is left out where there is no value.
    public mutating func optional(_ name: StaticString, _ value: (some EventPayload)?) {
        if let value { required(name, value) }
    }

    /// The same, for a value that is kept in a box.
    public mutating func boxed(_ name: StaticString, _ value: Boxed<some EventPayload>) {
        optional(name, value.value)
    }

    /// A member of an argument's value: left out, null or given.
    public mutating func nullable(_ name: StaticString, _ value: GraphQLNullable<some EventPayload>) {
        switch value {
        case .absent: break
        case .null:
            key(name.description)
            null()
        case .value(let value): required(name, value)
        }
    }
}
