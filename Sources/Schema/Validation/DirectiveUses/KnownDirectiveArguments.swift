import SDLParser

/// "Every argument provided to a field or directive must be defined in the set of possible arguments" (spec section 5.4.1).
enum KnownDirectiveArguments {
    static let code = DiagnosticCode(1033)

    static func check(_ directive: AppliedDirective, _ definition: DirectiveDefinition, _ report: inout [Diagnostic]) {
        for argument in DirectiveSyntax(node: directive.syntax).arguments where definition.argument(named: argument.name) == nil {
            let sentence = DidYouMean.sentence(for: argument.name, among: definition.arguments.map(\.name))
            report.append(
                Diagnostic(
                    code: code, "Unknown argument \"\(argument.name)\" on directive \"@\(directive.name)\".\(sentence)",
                    at: argument.node))
        }
    }
}
