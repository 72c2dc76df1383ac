import SDLParser

/// "Arguments must be unique by name" (spec section 5.4.2).
enum UniqueDirectiveArguments {
    static let code = DiagnosticCode(1034)

    static func check(_ directive: AppliedDirective, _ report: inout [Diagnostic]) {
        guard directive.arguments.count > 1 else { return }
        var first: [String: SyntaxNode] = [:]
        for argument in DirectiveSyntax(node: directive.syntax).arguments {
            if let known = first[argument.name] {
                report.append(
                    Diagnostic(
                        code: code, "There can be only one argument named \"\(argument.name)\".", at: argument.node,
                        notes: [("\"\(argument.name)\" is first given here.", known)]))
            } else {
                first[argument.name] = argument.node
            }
        }
    }
}
