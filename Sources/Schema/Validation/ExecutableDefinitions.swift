import SDLParser

/// "A document which contains TypeSystemDefinitionOrExtension must not be executed" (spec section 2.2); the other way round, a
/// schema has no use for operations and fragments.
enum ExecutableDefinitions {
    static let code = DiagnosticCode(1001)

    static func check(_ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        for node in assembled.table.executables {
            let what =
                node.kind == .fragmentDefinition
                ? "fragment" : OperationDefinitionSyntax(node: node).operation.keyword
            let name = node.name.isEmpty ? "An anonymous \(what)" : "The \(what) \"\(node.name)\""
            report.append(
                Diagnostic(
                    code: code, "\(name) cannot be part of a schema.", at: node,
                    hint: "Keep operations and fragments in a document of their own."))
        }
    }
}
