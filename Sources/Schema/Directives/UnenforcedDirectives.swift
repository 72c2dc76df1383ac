import SDLParser

/// Directives of subsgen's that this version does not enforce. It refuses a schema that uses one, wherever that is: serving the
/// data without the rule would be worse than not serving it.
enum UnenforcedDirectives {
    static let code = DiagnosticCode(2002)

    static let names: Set<String> = [
        "rowFilter", "tenant", "federation",
    ]

    static func check(_ schema: Schema, _ names: Set<String>, _ report: inout [Diagnostic]) {
        schema.forEachUseOfDirective { directive, place in
            guard names.contains(directive.name) else { return }
            report.append(
                Diagnostic(
                    code: code,
                    "The directive \"@\(directive.name)\" on \(place.coordinate) is not enforced by this version of subsgen, which "
                        + "therefore refuses the schema.",
                    at: directive.syntax,
                    hint: "Remove the directive, or use a version of subsgen that enforces it."))
        }
    }
}
