/// A custom scalar, of which the schema says no more than its name: any JSON.
extension JSONValue: EventPayload {
    public init(decoding value: JSONValue) { self = value }

    public func write(into writer: inout JSONWriter) { writer.value(self) }

    /// The JSON of a payload: `JSONValue("2026-01-01")` is a string.
    public init(_ payload: some EventPayload) {
        // What a payload writes is JSON. Null stands for a text that is too long to be indexed, which no event may be either.
        let document = try? JSONDocument.parse(payload.json)
        self = document?.root ?? Self.null
    }

    /// JSON's null.
    public static let null = JSONValue(
        storage: JSONStorage(
            bytes: Array("null".utf8), tape: [JSONNode(start: 0, end: 4, next: 1, kind: .null, flag: false, count: 0)]),
        index: 0)

    /// The object type that an object of an interface or union names in `__typename`; throws where it names none.
    public func typename() throws(PayloadError) -> String {
        guard kind == .object else { throw .expected("an object", found: self) }
        guard let name = self["__typename"]?.string else { throw PayloadError("The object has no __typename.") }
        return name
    }

    /// The member of an object that has no other, as a value of a `@oneOf` input is; throws where it has none or several.
    public func onlyField() throws(PayloadError) -> (name: String, value: JSONValue) {
        var members = members
        guard let member = members.next(), members.next() == nil else { throw PayloadError("Expected an object of exactly one field.") }
        return (member.key, member.value)
    }

    /// This value as a payload of the type that is asked for.
    public func decoded<Value: EventPayload>() throws(PayloadError) -> Value { try Value(decoding: self) }
}

extension JSONValue: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(value) }
}

extension JSONWriter {
    /// An object of an interface or union: its type's name, then its fields.
    public mutating func object(_ typename: StaticString, _ value: some ObjectPayload) {
        beginObject()
        key("__typename")
        string(typename.description)
        value.writeFields(into: &self)
        endObject()
    }
}
