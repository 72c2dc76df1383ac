import SDLParser

/// "All types referenced ... must be defined" (spec section 3.3: a schema's types are those that it provides, and the built-in ones).
enum KnownTypeNames {
    static let code = DiagnosticCode(1009)

    static func check(_ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        if assembled.unknownTypes.isEmpty { return }
        let names = assembled.schema.types.lazy.filter { !$0.name.hasPrefix("__") && ($0.syntax != nil || $0.isBuiltIn) }.map(\.name)
        // A name may be misspelt a thousand times; the search for what was meant is made once.
        var sentences: [String: String] = [:]
        for node in assembled.unknownTypes {
            let name = node.name
            let sentence = sentences[name] ?? DidYouMean.sentence(for: name, among: names)
            sentences[name] = sentence
            report.append(Diagnostic(code: code, "Unknown type \"\(name)\".\(sentence)", at: node))
        }
    }
}
