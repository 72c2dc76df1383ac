import SDLParser

/// "Arguments can be required. An argument is required if the argument type is non-null and does not have a default value"
/// (spec section 5.4.3).
enum RequiredDirectiveArguments {
    static let code = DiagnosticCode(1035)

    static func check(
        _ directive: AppliedDirective, _ definition: DirectiveDefinition, _ schema: Schema, _ report: inout [Diagnostic]
    ) {
        for argument in definition.arguments where argument.isRequired && directive.argument(argument.name) == nil {
            report.append(
                Diagnostic(
                    code: code,
                    "Directive \"@\(directive.name)\" argument \"\(argument.name)\" of type \"\(schema.name(of: argument.type))\" is "
                        + "required, but it was not provided.",
                    at: directive.syntax))
        }
    }
}
