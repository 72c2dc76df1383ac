import SDLParser

/// A schema "is defined in terms of the types and directives it supports" (spec section 3.3): one without any type is a mistake,
/// such as an empty file.
enum TypesDefined {
    static let code = DiagnosticCode(1014)

    static func check(_ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        guard assembled.hasNoTypes else { return }
        let source = assembled.table.documents.first?.source ?? Source(name: "schema", bytes: [])
        report.append(
            Diagnostic(
                code: code, "The schema defines no types.", in: source, at: SourceSpan(start: 0, end: 0),
                hint: "Define at least `type Subscription { ... }`."))
    }
}

extension AssembledSchema {
    /// Whether the documents define no type at all.
    var hasNoTypes: Bool { !table.types.contains { !$0.isBuiltIn } }
}
