import SDLParser

/// "Literal values must be compatible with the type expected in the position they are found" (spec section 5.6.1).
enum DirectiveArgumentValues {
    static let code = DiagnosticCode(1036)

    static func check(
        _ directive: AppliedDirective, _ definition: DirectiveDefinition, _ schema: Schema, _ report: inout [Diagnostic]
    ) {
        for argument in DirectiveSyntax(node: directive.syntax).arguments {
            guard let expected = definition.argument(named: argument.name), schema[expected.type.named].isInput else { continue }
            var check = LiteralCheck(schema: schema)
            check.check(argument.value, as: expected.type)
            for problem in check.problems {
                report.append(Diagnostic(code: code, problem.message, at: problem.node))
            }
        }
    }
}
