import SDLParser

/// "A GraphQL document ... may include at most one schema definition" (spec section 3.3).
enum LoneSchemaDefinition {
    static let code = DiagnosticCode(1002)

    static func check(_ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        guard let first = assembled.table.schemaDefinitions.first else { return }
        for again in assembled.table.schemaDefinitions.dropFirst() {
            report.append(
                Diagnostic(
                    code: code, "Must provide only one schema definition.", at: again.node,
                    notes: [("The schema is first defined here.", first.node)],
                    hint: "Write `extend schema` to add to it."))
        }
    }
}
