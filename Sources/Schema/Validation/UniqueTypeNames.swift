import SDLParser

/// "All types within a GraphQL schema must have unique names. No two provided types may have the same name. No provided type
/// may have a name which conflicts with any built in types" (spec section 3.3).
enum UniqueTypeNames {
    static let code = DiagnosticCode(1004)

    static func check(_ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        for (first, again) in assembled.table.redefinitions {
            report.append(
                Diagnostic(
                    code: code, "There can be only one type named \"\(again.name)\".", at: again,
                    notes: [("\"\(first.name)\" is first defined here.", first)]))
        }
        // A name with two underscores is refused for those already.
        for type in assembled.table.builtInRedefinitions {
            report.append(
                Diagnostic(
                    code: code, "There can be only one type named \"\(type.name)\".", at: type.node,
                    hint: "\"\(type.name)\" is built into GraphQL."))
        }
    }
}
