import SDLParser

/// "For each field or directive: each argument definition whose type is non-null and that has no default must be given"
/// (spec section 5.4.3).
enum ProvidedRequiredArgumentsRule {
    static let code = DiagnosticCode(3029)

    static func check(
        _ field: FieldSyntax, _ given: [ArgumentSyntax], _ definition: FieldDefinition, _ document: OperationDocument,
        _ report: inout OperationReport
    ) {
        check("Field \"\(field.name)\"", at: field.span, given, definition.arguments, document, &report)
    }

    static func check(
        _ directive: DirectiveSyntax, _ given: [ArgumentSyntax], _ definition: DirectiveDefinition, _ document: OperationDocument,
        _ report: inout OperationReport
    ) {
        check("Directive \"@\(directive.name)\"", at: directive.span, given, definition.arguments, document, &report)
    }

    private static func check(
        _ owner: @autoclosure () -> String, at place: SourceSpan, _ given: [ArgumentSyntax], _ expected: [InputValueDefinition],
        _ document: OperationDocument, _ report: inout OperationReport
    ) {
        for argument in expected where argument.isRequired && !given.contains(where: { $0.name == argument.name }) {
            report.add(
                code,
                "\(owner()) argument \"\(argument.name)\" of type \"\(document.schema.name(of: argument.type))\" is required, but it "
                    + "was not provided.",
                at: place)
        }
    }
}
