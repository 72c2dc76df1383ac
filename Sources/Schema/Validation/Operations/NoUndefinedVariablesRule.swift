import SDLParser

/// "For each variableUsage in scope: the variable must be in the operation's variable list" (spec section 5.8.3).
enum NoUndefinedVariablesRule {
    static let code = DiagnosticCode(3021)

    static func check(_ variables: OperationVariables, _ report: inout OperationReport) {
        let name = variables.operation.name
        for usages in variables.usages where !report.isFull {
            for usage in usages where variables.definition(of: usage) == nil {
                let place = name.isEmpty ? "" : " by operation \"\(name)\""
                report.add(
                    code, "Variable \"$\(usage.name)\" is not defined\(place).", at: usage.place, and: [variables.operation.span],
                    note: "The operation is here.")
            }
        }
    }
}
