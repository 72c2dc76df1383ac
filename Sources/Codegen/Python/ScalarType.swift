import GraphQLSchema

/// The Python type that the configuration gives to a custom scalar.
public struct ScalarType: Sendable {
    /// The scalar's name in the schema.
    public let scalar: Quotation
    /// `datetime.datetime`, or of a module of the user's.
    public let type: Quotation
    /// The functions by which values come from JSON and become JSON; nil where the type is decoded and encoded by itself.
    public let conversion: (parse: Quotation, serialise: Quotation)?

    public init(_ scalar: Quotation, type: Quotation, conversion: (parse: Quotation, serialise: Quotation)? = nil) {
        self.scalar = scalar
        self.type = type
        self.conversion = conversion
    }
}
