import SDLParser

/// "For each variableUsage in scope: the variable must be in the operation's variable list" (spec section 5.8.3).
enum NoUndefinedVariablesRule {
    static let code = DiagnosticCode(3021)

    static func check(_ variables: OperationVariables, _ report: inout OperationReport) {
        let name = variables.operation.name
        for usage in variables.usages where variables.definitions[usage.variable.name] == nil {
            let place = name.isEmpty ? "" : " by operation \"\(name)\""
            report.add(
                code, "Variable \"$\(usage.variable.name)\" is not defined\(place).", at: usage.variable.span,
                and: [variables.operation.span], note: "The operation is here.")
        }
    }
}
