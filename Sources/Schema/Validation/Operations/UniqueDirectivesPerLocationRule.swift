import SDLParser

/// "For every location in the document to which directives apply: each that is not repeatable stands there once"
/// (spec section 5.7.3).
enum UniqueDirectivesPerLocationRule {
    static let code = DiagnosticCode(3025)

    static func check(_ directives: [DirectiveSyntax], _ document: OperationDocument, _ report: inout OperationReport) {
        for group in directives.repeated(by: \.name) {
            guard let definition = document.schema.publicDirective(named: group[0].name), !definition.isRepeatable else { continue }
            for directive in group.dropFirst() {
                report.add(
                    code, "The directive \"@\(directive.name)\" can only be used once at this location.", at: group[0].span,
                    and: [directive.span], note: "\"@\(directive.name)\" is used again here.")
            }
        }
    }
}
