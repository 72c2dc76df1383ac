import SDLParser

/// "The target type of fragment must have kind UNION, INTERFACE, or OBJECT" (spec section 5.5.1.3).
enum FragmentsOnCompositeTypesRule {
    static let code = DiagnosticCode(3011)

    static func check(_ fragment: FragmentDefinitionSyntax, _ document: OperationDocument, _ report: inout OperationReport) {
        check(fragment.typeCondition, "Fragment \"\(fragment.name)\"", document, &report)
    }

    /// The condition of an inline fragment.
    static func check(_ condition: TypeReferenceSyntax, _ document: OperationDocument, _ report: inout OperationReport) {
        check(condition, "Fragment", document, &report)
    }

    private static func check(
        _ condition: TypeReferenceSyntax, _ subject: String, _ document: OperationDocument, _ report: inout OperationReport
    ) {
        guard let type = document.schema.publicTypeID(named: condition.name), !document.schema[type].isComposite else { return }
        report.add(code, "\(subject) cannot condition on non composite type \"\(condition.name)\".", at: condition.span)
    }
}
