import SDLParser

/// "For each variable: IsInputType(variableType) must be true" (spec section 5.8.2).
enum VariablesAreInputTypesRule {
    static let code = DiagnosticCode(3012)

    static func check(_ variable: VariableDefinitionSyntax, _ document: OperationDocument, _ report: inout OperationReport) {
        guard let type = document.type(variable.type), !document.schema[type.named].isInput else { return }
        report.add(
            code, "Variable \"$\(variable.name)\" cannot be non-input type \"\(document.schema.name(of: type))\".",
            at: variable.type.span)
    }
}
