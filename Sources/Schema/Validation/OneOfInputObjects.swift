import SDLParser

/// "If the Input Object is a OneOf Input Object then: the type of the input field must be nullable; the input field must not
/// have a default value" (spec section 3.10).
enum OneOfInputObjects {
    static let code = DiagnosticCode(1019)

    static func check(_ type: TypeDefinition, _ report: inout [Diagnostic]) {
        guard type.isOneOf else { return }
        for field in type.inputFields {
            guard let node = field.syntax else { continue }
            let syntax = InputValueDefinitionSyntax(node: node)
            if field.type.isNonNull {
                report.append(
                    Diagnostic(
                        code: code, "OneOf input field \(type.name).\(field.name) must be nullable.", at: syntax.type.node))
            }
            if let value = syntax.defaultValue {
                report.append(
                    Diagnostic(
                        code: code, "OneOf input field \(type.name).\(field.name) cannot have a default value.", at: value.node))
            }
        }
    }
}
