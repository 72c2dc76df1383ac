/// Bounds that keep hostile operations cheap. What exceeds one is refused with an error that names it.
public struct OperationLimits: Sendable, Hashable {
    /// How many bytes the document may have.
    public var bytes: Int
    /// How many tokens the document may have.
    public var tokens: Int
    /// How deep selections, lists and input objects may nest, fragments counted where they are spread.
    public var depth: Int
    /// How many fields the response for one event may have if no list in it had more than one element: fragments count at each
    /// place where they are spread, so that a short document cannot ask for a huge response.
    public var fields: Int
    /// How many bytes a response may have; a larger one is null with an error.
    public var responseBytes: Int
    /// About how many bytes of memory may be taken by what is kept of operations, so that they are not validated and planned again.
    public var cachedBytes: Int
    /// Who may ask about the schema. Who may not gets no names of it in errors about others either.
    public var introspection = IntrospectionAccess.everybody
    /// Whether an operation is refused that selects what its subscriber may not see, or selects of an abstract type of which it may not see
    /// every type; else that is null and an error.
    public var rejectsUnauthorized = false

    public init(
        bytes: Int = 256 * 1024, tokens: Int = 10_000, depth: Int = 100, fields: Int = 10_000, responseBytes: Int = 16 * 1024 * 1024,
        cachedBytes: Int = 16 * 1024 * 1024
    ) {
        self.bytes = bytes
        self.tokens = tokens
        self.depth = depth
        self.fields = fields
        self.responseBytes = responseBytes
        self.cachedBytes = cachedBytes
    }
}
