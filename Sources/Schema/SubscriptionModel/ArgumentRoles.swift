import SDLParser

extension FieldDerivation {
    static let filterOperator = DiagnosticCode(2020)
    static let filterPath = DiagnosticCode(2021)
    static let filterTypes = DiagnosticCode(2022)
    static let contradiction = DiagnosticCode(2023)
    static let undecidedArgument = DiagnosticCode(2030)

    /// What an argument does: as its directive says, else by its brace, else by the payload field of its own name.
    mutating func role(of argument: InputValueDefinition, in field: FieldDefinition, fillsBrace: Bool) -> SubscriptionArgument.Role {
        let filter = argument.appliedDirectives.first(named: "filter")
        if let marker = argument.appliedDirectives.first(named: "resolverArgument") {
            if let filter {
                report.append(
                    Diagnostic(
                        code: Self.contradiction, "Argument \"\(field.name)(\(argument.name):)\" cannot have both @filter and @resolverArgument.",
                        at: marker.syntax, notes: [("@filter is here.", filter.syntax)]))
            } else if fillsBrace {
                report.append(
                    Diagnostic(
                        code: Self.contradiction,
                        "Argument \"\(field.name)(\(argument.name):)\" cannot have @resolverArgument, because it fills a brace of the topic "
                            + "and so selects events.",
                        at: marker.syntax))
            }
            return .resolver
        }
        if let filter { return role(of: argument, filteredBy: filter, in: field) }
        if fillsBrace { return .topic }
        return defaultRole(of: argument, in: field)
    }

    // MARK: @filter

    private mutating func role(
        of argument: InputValueDefinition, filteredBy directive: AppliedDirective, in field: FieldDefinition
    ) -> SubscriptionArgument.Role {
        guard let comparison = comparison(of: argument, directive), let names = path(of: argument, directive) else { return .undecided }
        let coordinate = "\(field.name)(\(argument.name):)"
        switch PayloadPath.find(names, in: field.type, schema) {
        case .failure(let problem):
            report.append(
                Diagnostic(
                    code: Self.filterPath, "@filter on \"\(coordinate)\" reaches no field: \(problem.message).\(problem.suggestion)",
                    at: directive.node(of: "field")))
            return .undecided
        case .success(let path):
            if let problem = path.refusal(of: argument.type, schema) {
                report.append(
                    Diagnostic(
                        code: Self.filterTypes, "@filter on \"\(coordinate)\" cannot compare: \(problem.message).",
                        at: directive.node(of: "field")))
                return .undecided
            }
            return .filter(path: names, operator: comparison)
        }
    }

    /// The path that `field` writes; the argument's own name where it is left out.
    private mutating func path(of argument: InputValueDefinition, _ directive: AppliedDirective) -> [String]? {
        guard let written = directive.argument("field") ?? directive.defaultValue(of: "field", schema), written != .null else {
            return [argument.name]
        }
        let names = written.stringValue?.split(separator: ".", omittingEmptySubsequences: false).map(String.init) ?? []
        if !names.isEmpty, !names.contains("") { return names }
        report.append(
            Diagnostic(
                code: Self.filterPath, "@filter(field:) must be the name of a payload field, or several with dots between them.",
                at: directive.node(of: "field")))
        return nil
    }

    /// The operator that `op` writes. A list argument means IN by itself.
    private mutating func comparison(of argument: InputValueDefinition, _ directive: AppliedDirective) -> FilterOperator? {
        var name = FilterOperator.equal.rawValue
        if case .enumeration(let written)? = directive.argument("op") ?? directive.defaultValue(of: "op", schema) { name = written }
        guard let comparison = FilterOperator(rawValue: name) else {
            report.append(
                Diagnostic(
                    code: Self.filterOperator, "The filter operator \(name) is not supported by this version of subsgen.",
                    at: directive.node(of: "op"), hint: "This version compares by EQ and IN."))
            return nil
        }
        switch comparison {
        case .equal: return argument.type.isList ? .isIn : .equal
        case .isIn:
            if argument.type.isList { return .isIn }
            report.append(
                Diagnostic(
                    code: Self.filterTypes,
                    "The filter operator IN needs a list argument, but \"\(argument.name)\" is of type \(schema.name(of: argument.type)).",
                    at: directive.node(of: "op")))
            return nil
        }
    }

    // MARK: Without a directive

    /// Default matching, by the public payload field of the argument's own name.
    private mutating func defaultRole(of argument: InputValueDefinition, in field: FieldDefinition) -> SubscriptionArgument.Role {
        let reason: String
        switch PayloadPath.find([argument.name], in: field.type, schema) {
        case .failure(let problem): reason = problem.message
        case .success(let path):
            if let problem = path.refusal(of: argument.type, schema) {
                reason = problem.message
            } else if path.isInternal {
                reason = "\(schema[field.type.named].name).\(argument.name) is @internal, which takes an explicit @filter"
            } else {
                return .filter(path: path.names, operator: argument.type.isList ? .isIn : .equal)
            }
        }
        if let node = argument.syntax {
            report.append(
                Diagnostic(
                    strict ? .error : .warning, code: Self.undecidedArgument,
                    "Argument \"\(field.name)(\(argument.name):)\" selects no events: \(reason). Subscriptions that give it are refused.",
                    at: node, hint: suggestion(for: argument, in: field)))
        }
        return .undecided
    }

    private func suggestion(for argument: InputValueDefinition, in field: FieldDefinition) -> String {
        guard let path = FilterSuggestions(schema: schema, payload: field.type).paths(for: argument).first else {
            return "Add @filter(field: \"...\") with the payload field that it selects by, or @resolverArgument if the resolver reads it."
        }
        return "Did you mean `\(path)`? @filter(field: \"\(path)\"), or @resolverArgument if the resolver reads it."
    }
}

extension AppliedDirective {
    /// The default that the definition gives an argument; a schema's own definition may give one that subsgen's does not.
    fileprivate func defaultValue(of argument: String, _ schema: Schema) -> ConstantValue? {
        schema.directives[name]?.argument(named: argument)?.defaultValue
    }
}
