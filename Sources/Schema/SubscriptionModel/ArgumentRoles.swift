import SDLParser

extension FieldDerivation {
    static let contradiction = DiagnosticCode(2023)
    static let undecidedArgument = DiagnosticCode(2030)

    /// What an argument does: as its directive says, else by its brace, else by the payload field of its own name.
    mutating func role(of argument: InputValueDefinition, in field: FieldDefinition, fillsBrace: Bool) -> SubscriptionArgument.Role {
        let filter = argument.appliedDirectives.first(named: "filter")
        let coordinate = "\(field.name)(\(argument.name):)"
        if let marker = argument.appliedDirectives.first(named: "resolverArgument") {
            if let filter {
                report.append(
                    Diagnostic(
                        code: Self.contradiction, "Argument \"\(coordinate)\" cannot have both @filter and @resolverArgument.",
                        at: marker.syntax, notes: [("@filter is here.", filter.syntax)]))
            } else if fillsBrace {
                report.append(
                    Diagnostic(
                        code: Self.contradiction,
                        "Argument \"\(coordinate)\" cannot have @resolverArgument, because it fills a brace of the topic "
                            + "and so selects events.",
                        at: marker.syntax))
            }
            return .resolver
        }
        if filter == nil, fillsBrace { return .topic }
        let role = inputFilters.role(of: FilteringInput(argument, coordinate: coordinate, payload: field.type, isArgument: true))
        report += inputFilters.takeReport()
        switch role {
        case .filter(let path, let comparison): return .filter(path: path, operator: comparison)
        case .composed(let path, let filter): return .composed(path: path, filter: filter)
        case .refused: return .undecided
        case .undecided(let reason):
            if let node = argument.syntax {
                report.append(
                    Diagnostic(
                        strict ? .error : .warning, code: Self.undecidedArgument,
                        "Argument \"\(coordinate)\" selects no events: \(reason). Subscriptions that give it are refused.",
                        at: node, hint: suggestion(for: argument, in: field)))
            }
            return .undecided
        }
    }

    private func suggestion(for argument: InputValueDefinition, in field: FieldDefinition) -> String {
        guard let path = FilterSuggestions(schema: schema, payload: field.type).paths(for: argument).first else {
            return "Add @filter(field: \"...\") with the payload field that it selects by, or @resolverArgument if the resolver reads it."
        }
        return "Did you mean `\(path)`? @filter(field: \"\(path)\"), or @resolverArgument if the resolver reads it."
    }
}
