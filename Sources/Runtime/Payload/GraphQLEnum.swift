/// A generated enum: its cases are the schema's values, and `unrecognized` one that the schema did not have when the code was
/// generated. Such a value is kept and written again as it came.
///
/// Two are equal when their names are. Equality and hashing are written here once, since the compiler would make them of hundreds
/// of cases in each type.
public protocol GraphQLEnum: EventPayload, Hashable, CustomStringConvertible {
    init(rawValue: String)
    /// The value's name in GraphQL.
    var rawValue: String { get }
}

extension GraphQLEnum {
    public init(decoding value: JSONValue) throws(PayloadError) {
        guard let name = value.string else { throw .expected("an enum value", found: value) }
        self.init(rawValue: name)
    }

    public func write(into writer: inout JSONWriter) { writer.string(rawValue) }

    public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }

    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

    public var description: String { rawValue }
}
