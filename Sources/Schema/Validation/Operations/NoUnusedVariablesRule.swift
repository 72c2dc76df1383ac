import SDLParser

/// "Each variable of an operation must be used at least once in it or in a fragment that it spreads" (spec section 5.8.4).
enum NoUnusedVariablesRule {
    static let code = DiagnosticCode(3022)

    static func check(_ variables: OperationVariables, _ report: inout OperationReport) {
        var unused = Set(variables.definitions.lazy.map(\.name))
        for usages in variables.usages {
            if unused.isEmpty { return }
            for usage in usages { unused.remove(usage.name) }
        }
        let name = variables.operation.name
        for variable in variables.definitions where unused.contains(variable.name) {
            let place = name.isEmpty ? "" : " in operation \"\(name)\""
            report.add(code, "Variable \"$\(variable.name)\" is never used\(place).", at: variable.syntax.span)
        }
    }
}
