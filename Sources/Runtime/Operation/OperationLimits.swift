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
    /// How many documents keep their plans, at least; at most twice as many.
    public var cachedDocuments: Int

    public init(bytes: Int = 256 * 1024, tokens: Int = 10_000, depth: Int = 100, fields: Int = 10_000, cachedDocuments: Int = 1_000) {
        self.bytes = bytes
        self.tokens = tokens
        self.depth = depth
        self.fields = fields
        self.cachedDocuments = cachedDocuments
    }
}
