import SDLParser

/// The map of operation validation (spec section 5): which rule looks at what. Each rule is a file of its own, beside its sentence
/// of the spec, in the wording of graphql-js and at its places.
public enum OperationValidator {
    /// All rules of spec section 5 over a parsed executable document, as a client of the public schema sees it: what is `@internal`
    /// does not exist, and no message tells of it.
    ///
    /// The diagnostics are errors in the order of the document. Where the reference implementation lists several locations, a
    /// diagnostic stands at the first and has a note at each other one, in its order. After a hundred errors validation ends.
    ///
    /// Time is nearly linear in the document. The parser must have accepted the document, with its limit of depth.
    public static func validate(_ document: SyntaxTree, against schema: Schema) -> [Diagnostic] {
        let document = OperationDocument(document, schema)
        var report = OperationReport(document.source)

        ExecutableDefinitionsRule.check(document, &report)
        UniqueOperationNamesRule.check(document, &report)
        LoneAnonymousOperationRule.check(document, &report)
        KnownOperationTypesRule.check(document, &report)
        UniqueFragmentNamesRule.check(document, &report)
        NoUnusedFragmentsRule.check(document, &report)
        let hasFragmentCycles = NoFragmentCyclesRule.check(document, &report)
        SingleFieldSubscriptionsRule.check(document, &report)

        var walk = DocumentWalk(document, report, hasFragmentCycles: hasFragmentCycles)
        walk.walk()
        report = walk.report
        for index in document.operations.indices {
            let variables = OperationVariables(of: index, document, walk)
            NoUndefinedVariablesRule.check(variables, &report)
            NoUnusedVariablesRule.check(variables, &report)
            VariablesInAllowedPositionRule.check(variables, document, &report)
        }
        return report.inOrder()
    }
}
