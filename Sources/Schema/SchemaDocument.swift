import SDLParser

/// A file of a schema as all commands read it: SDL or, where its name ends with `.json`, an introspection result.
public struct SchemaDocument: Sendable {
    /// Empty where the file is no introspection result.
    public let tree: SyntaxTree
    /// In the order of the file.
    public let diagnostics: [Diagnostic]
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// Reads a file. Use the tree only where there is no error.
    public static func parse(_ source: Source) -> SchemaDocument {
        guard source.name.hasSuffix(".json") else { return SchemaDocument(Parser.parse(source)) }
        let introspected = IntrospectionReader.read(source)
        if let sdl = introspected.sdl { return SchemaDocument(Parser.parse(sdl)) }
        let nothing = Parser.parse(Source(name: source.name, bytes: [])).tree
        return SchemaDocument(tree: nothing, diagnostics: introspected.diagnostics)
    }

    private init(_ parsed: Parser.Result) {
        self.init(tree: parsed.tree, diagnostics: parsed.diagnostics)
    }

    private init(tree: SyntaxTree, diagnostics: [Diagnostic]) {
        self.tree = tree
        self.diagnostics = diagnostics
    }
}
