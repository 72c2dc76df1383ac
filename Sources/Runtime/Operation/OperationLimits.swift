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
    /// How many fields an operation may give an alias, fragments counted where they are spread.
    public var aliases: Int
    /// What a subscription may cost by the weights of `@cost` (see `CostWeights`). By default as much as it may have fields, each of which
    /// costs one where the schema says nothing else.
    public var cost: Int
    /// How many fields a query or mutation that somebody executes may select of its root. Each is executed on its own: many in one
    /// message would pass by what limits messages.
    public var rootFields: Int
    /// How many bytes a response may have; a larger one is null with an error.
    public var responseBytes: Int
    /// About how many bytes of memory may be taken by what is kept of operations, so that they are not validated and planned again.
    public var cachedBytes: Int
    /// Who may ask about the schema. Who may not gets no names of it in errors about others either.
    public var introspection = IntrospectionAccess.everybody
    /// Whether an operation is refused that selects what its subscriber may not see, or selects of an abstract type of which it may not see
    /// every type; else that is null and an error.
    public var rejectsUnauthorized = false

    /// The one tenant that there is, where a schema with tenants is served for one of them: what names no tenant, event or subscriber, counts as
    /// its own, and what names another one is denied. Nil where there may be many.
    public var singleTenant: String?

    public init(
        bytes: Int = 256 * 1024, tokens: Int = 10_000, depth: Int = 100, fields: Int = 10_000, aliases: Int = 100, cost: Int = 10_000,
        rootFields: Int = 32, responseBytes: Int = 16 * 1024 * 1024, cachedBytes: Int = 16 * 1024 * 1024
    ) {
        self.bytes = bytes
        self.tokens = tokens
        self.depth = depth
        self.fields = fields
        self.aliases = aliases
        self.cost = cost
        self.rootFields = rootFields
        self.responseBytes = responseBytes
        self.cachedBytes = cachedBytes
    }
}
