import SDLParser

/// "For each named spread in the document: its target type must be defined in the schema" (spec section 5.5.1.2); so must the types
/// of variables.
enum KnownTypeNamesRule {
    static let code = DiagnosticCode(3010)

    static func check(_ type: TypeReferenceSyntax, _ document: OperationDocument, _ report: inout OperationReport) {
        guard !report.isFull, document.schema.publicTypeID(named: type.name) == nil else { return }
        let sentence = DidYouMean.sentence(for: type.name, among: document.schema.publicTypeNames)
        report.add(code, "Unknown type \"\(type.name)\".\(sentence)", at: type.span)
    }
}
