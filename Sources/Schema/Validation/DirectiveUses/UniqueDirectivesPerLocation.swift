import SDLParser

/// "Non-repeatable directives are unique per location" (spec section 5.7.3). A type and its extensions are one location.
enum UniqueDirectivesPerLocation {
    static let code = DiagnosticCode(1032)

    static func check(_ directives: [AppliedDirective], _ schema: Schema, _ report: inout [Diagnostic]) {
        guard directives.count > 1 else { return }
        var first: [String: SyntaxNode] = [:]
        for directive in directives {
            guard let known = first[directive.name] else {
                first[directive.name] = directive.syntax
                continue
            }
            guard let definition = schema.directives[directive.name], !definition.isRepeatable else { continue }
            report.append(
                Diagnostic(
                    code: code, "The directive \"@\(directive.name)\" can only be used once at this location.", at: directive.syntax,
                    notes: [("\"@\(directive.name)\" is first used here.", known)]))
        }
    }
}
