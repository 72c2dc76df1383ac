import SDLParser

/// "For each argument in the document: its definition must exist on the field or directive" (spec section 5.4.1).
enum KnownArgumentNamesRule {
    static let code = DiagnosticCode(3026)

    static func check(
        _ arguments: [ArgumentSyntax], of field: FieldDefinition, _ parent: TypeID, _ document: OperationDocument,
        _ report: inout OperationReport
    ) {
        for argument in arguments where !report.isFull && field.argument(named: argument.name) == nil {
            refuse(argument, among: field.arguments, of: "field \"\(document.schema[parent].name).\(field.name)\"", &report)
        }
    }

    static func check(_ arguments: [ArgumentSyntax], of directive: DirectiveDefinition, _ report: inout OperationReport) {
        for argument in arguments where !report.isFull && directive.argument(named: argument.name) == nil {
            refuse(argument, among: directive.arguments, of: "directive \"@\(directive.name)\"", &report)
        }
    }

    private static func refuse(
        _ argument: ArgumentSyntax, among known: [InputValueDefinition], of owner: String, _ report: inout OperationReport
    ) {
        let sentence = DidYouMean.sentence(for: argument.name, among: known.map(\.name))
        report.add(code, "Unknown argument \"\(argument.name)\" on \(owner).\(sentence)", at: argument.span)
    }
}
