import SDLParser

/// "For each literal Input Value in the document: its type must be coercible to the type expected in its position"
/// (spec section 5.6.1); so must the fields of input objects be known, required ones given, and one be given of `@oneOf`
/// (sections 5.6.2 and 5.6.4).
enum ValuesOfCorrectTypeRule {
    static let code = DiagnosticCode(3028)

    static func check(_ value: ValueSyntax, as type: TypeReference, _ document: OperationDocument, _ report: inout OperationReport) {
        guard !report.isFull else { return }
        var check = LiteralCheck(schema: document.schema)
        check.check(value, as: type)
        for problem in check.problems { report.add(code, problem.message, at: problem.node.span) }
    }
}
