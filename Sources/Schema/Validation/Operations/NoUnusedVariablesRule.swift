import SDLParser

/// "Each variable of an operation must be used at least once in it or in a fragment that it spreads" (spec section 5.8.4).
enum NoUnusedVariablesRule {
    static let code = DiagnosticCode(3022)

    static func check(_ variables: OperationVariables, _ report: inout OperationReport) {
        let definitions = variables.operation.variableDefinitions
        if definitions.isEmpty { return }
        let used = Set(variables.usages.lazy.map(\.variable.name))
        let name = variables.operation.name
        for variable in definitions where !used.contains(variable.name) {
            let place = name.isEmpty ? "" : " in operation \"\(name)\""
            report.add(code, "Variable \"$\(variable.name)\" is never used\(place).", at: variable.span)
        }
    }
}
