import SDLParser

/// "If the argument has a default value, it must be compatible with argumentType as per the coercion rules for that type"
/// (spec section 3.6; 3.10 for input fields).
enum DefaultValues {
    static let code = DiagnosticCode(1021)

    static func check(_ input: InputValueDefinition, _ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        guard input.defaultValue != nil, let node = input.syntax, let value = InputValueDefinitionSyntax(node: node).defaultValue
        else { return }
        UniqueInputFields.check(value, &report)
        guard assembled.schema[input.type.named].isInput else { return }
        var check = LiteralCheck(schema: assembled.schema)
        check.check(value, as: input.type)
        for problem in check.problems {
            report.append(Diagnostic(code: code, problem.message, at: problem.node))
        }
    }
}
