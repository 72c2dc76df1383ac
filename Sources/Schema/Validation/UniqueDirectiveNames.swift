import SDLParser

/// "All directives within a GraphQL schema must have unique names" (spec section 3.3).
enum UniqueDirectiveNames {
    static let code = DiagnosticCode(1005)

    static func check(_ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        guard assembled.ownDirectives.count > 1 else { return }
        var first: [String: SyntaxNode] = [:]
        for directive in assembled.ownDirectives {
            guard let node = directive.syntax else { continue }
            if let known = first[directive.name] {
                report.append(
                    Diagnostic(
                        code: code, "There can be only one directive named \"@\(directive.name)\".", at: node,
                        notes: [("\"@\(directive.name)\" is first defined here.", known)]))
            } else {
                first[directive.name] = node
            }
        }
    }
}
