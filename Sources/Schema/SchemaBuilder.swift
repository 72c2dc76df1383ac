import SDLParser

/// Makes a `Schema` of parsed documents: merges extensions, resolves names, checks the rules of spec section 3.
public enum SchemaBuilder {
    public struct Result: Sendable {
        /// The schema; nil when there is an error among the diagnostics.
        public let schema: Schema?
        /// All mistakes and warnings, in the order of the files and of their places.
        public let diagnostics: [Diagnostic]
    }

    /// Builds one schema of one or more documents. Syntax errors belong to the parser and are not repeated here: call it only
    /// with documents that parsed without error.
    public static func build(_ documents: [SyntaxTree]) -> Result { build(documents, adding: []) }

    /// Builds a schema with directives added to what the documents define. Mistakes in them are told of where they were given.
    ///
    /// `security` may say that subscription fields without a rule of access have one.
    public static func build(
        _ documents: [SyntaxTree], adding directives: [AddedDirectives], _ security: SecuritySettings
    ) -> Result {
        let built = build(documents, adding: directives)
        let defaults = built.schema.map { security.defaults(for: $0) } ?? []
        return defaults.isEmpty ? built : build(documents, adding: directives + defaults)
    }

    /// The same without such settings.
    public static func build(_ documents: [SyntaxTree], adding directives: [AddedDirectives]) -> Result {
        let table = DefinitionTable(builtIn: SpecifiedDefinitions.tree, documents: documents, adding: directives)
        let assembled = TypeAssembler.assemble(table)
        var diagnostics = SchemaValidator.validate(assembled)
        for added in directives { diagnostics = diagnostics.map(added.moved) }
        let isSound = !diagnostics.contains { $0.severity == .error }
        return Result(schema: isSound ? assembled.schema : nil, diagnostics: diagnostics)
    }
}
