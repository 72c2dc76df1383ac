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
    /// How many bytes the documents may have whose plans are kept; at most twice as many are.
    public var cachedBytes: Int
    /// How many fields the plans may have that are kept; at most twice as many are.
    public var cachedFields: Int

    public init(
        bytes: Int = 256 * 1024, tokens: Int = 10_000, depth: Int = 100, fields: Int = 10_000, responseBytes: Int = 16 * 1024 * 1024,
        cachedBytes: Int = 4 * 1024 * 1024, cachedFields: Int = 100_000
    ) {
        self.bytes = bytes
        self.tokens = tokens
        self.depth = depth
        self.fields = fields
        self.responseBytes = responseBytes
        self.cachedBytes = cachedBytes
        self.cachedFields = cachedFields
    }
}
