import SDLParser

/// An argument or a field of an input type that may select events.
struct FilteringInput {
    let definition: InputValueDefinition
    /// `messageAdded(roomId:)` or `MessageFilter.author`
    let coordinate: String
    /// What its path begins at.
    let payload: TypeReference
    let isArgument: Bool
    let directive: AppliedDirective?

    init(_ definition: InputValueDefinition, coordinate: String, payload: TypeReference, isArgument: Bool) {
        self.definition = definition
        self.coordinate = coordinate
        self.payload = payload
        self.isArgument = isArgument
        directive = definition.appliedDirectives.first(named: "filter")
    }

    /// How it selects events. `Filter` is what an input type does there.
    enum Role<Filter> {
        case filter(path: [String], operator: FilterOperator)
        case composed(path: [String], Filter)
        /// It cannot, as an error says that has been reported.
        case refused
        /// It does not, for a reason that completes "... selects no events: ".
        case undecided(String)
    }
}

extension InputFilterTable {
    static let filterPath = DiagnosticCode(2021)

    /// How an argument selects events: as @filter says, else by the public field of its own name.
    mutating func role(of input: FilteringInput) -> FilteringInput.Role<Int> {
        switch path(of: input) {
        case .filter(let path, let comparison): return .filter(path: path, operator: comparison)
        case .refused: return .refused
        case .undecided(let reason): return .undecided(reason)
        case .composed(let path, let payload):
            if let place = place(of: input.definition.type.named, for: payload) { return .composed(path: path, place) }
            let reason = "no field of \(schema[input.definition.type.named].name) selects by a field of \(schema[payload].name)"
            guard let directive = input.directive else { return .undecided(reason) }
            return refuse(FilterComparison.typesCode, "@filter on \"\(input.coordinate)\" cannot compare: \(reason).", at: directive.syntax)
        }
    }

    /// The same without a look into the input type; of that, it says the payload that it speaks of.
    mutating func path(of input: FilteringInput) -> FilteringInput.Role<TypeID> {
        guard let directive = input.directive else { return defaultPath(of: input) }
        guard let written = comparison(directive), let names = names(directive, of: input) else { return .refused }
        let type = input.definition.type
        if schema[type.named].kind == .inputObject, written == .equal, !type.isList {
            return composition(of: input, directive, names)
        }
        switch PayloadPath.find(names ?? [input.definition.name], in: input.payload, schema) {
        case .failure(let problem): return refuse(problem, input, directive)
        case .success(let path):
            do throws(FilterComparison.Refusal) {
                return .filter(path: path.names, operator: try FilterComparison(schema: schema).comparison(written, of: type, with: path))
            } catch {
                let place = directive.argument("op") == nil ? "field" : "op"
                return refuse(
                    error.code, "@filter on \"\(input.coordinate)\" cannot compare: \(error.message).", at: directive.node(of: place),
                    hint: error.hint)
            }
        }
    }

    // MARK: Input types

    /// What an input type speaks of: the object at the path that @filter gives, else at the field of its own name; for an argument,
    /// the payload itself where there is no such field.
    private mutating func composition(
        of input: FilteringInput, _ directive: AppliedDirective?, _ names: [String]?
    ) -> FilteringInput.Role<TypeID> {
        let found = PayloadPath.find(names ?? [input.definition.name], in: input.payload, schema)
        if case .success(let path) = found, schema[path.type.named].isComposite {
            if directive != nil || !path.isInternal { return .composed(path: path.names, path.type.named) }
        }
        if names == nil, input.isArgument, input.payload.listDepth < 2, schema[input.payload.named].isComposite {
            return .composed(path: [], input.payload.named)
        }
        let reason: String
        switch found {
        case .failure(let problem):
            if let directive { return refuse(problem, input, directive) }
            reason = problem.message
        case .success(let path):
            let type = schema.name(of: path.type)
            reason =
                schema[path.type.named].isComposite
                ? isInternal(path, input) : "\"\(path.text)\" is of type \(type), of which \(schema[input.definition.type.named].name) can say nothing"
            if let directive {
                return refuse(
                    FilterComparison.typesCode, "@filter on \"\(input.coordinate)\" cannot compare: \(reason).", at: directive.node(of: "field"),
                    hint: "An input type speaks of the fields of an object. For a range, write `op: BETWEEN`.")
            }
        }
        return .undecided(reason)
    }

    // MARK: @filter

    /// The path that `field` writes, nil where it is left out; nothing where it is none.
    private mutating func names(_ directive: AppliedDirective, of input: FilteringInput) -> [String]?? {
        guard let written = directive.argument("field") ?? directive.defaultValue(of: "field", schema), written != .null else {
            return .some(nil)
        }
        let names = written.stringValue?.split(separator: ".", omittingEmptySubsequences: false).map(String.init) ?? []
        if !names.isEmpty, !names.contains("") { return names }
        note(
            Diagnostic(
                code: Self.filterPath, "@filter(field:) must be the name of a payload field, or several with dots between them.",
                at: directive.node(of: "field")))
        return nil
    }

    /// The operator that `op` writes; nil where a schema's own definition of the directive has one of its own.
    private mutating func comparison(_ directive: AppliedDirective) -> FilterOperator? {
        var name = FilterOperator.equal.rawValue
        if case .enumeration(let written)? = directive.argument("op") ?? directive.defaultValue(of: "op", schema) { name = written }
        if let comparison = FilterOperator(rawValue: name) { return comparison }
        note(
            Diagnostic(
                code: FilterComparison.operatorCode, "There is no filter operator \(name).", at: directive.node(of: "op"),
                hint: "The operators are " + FilterOperator.allCases.map(\.rawValue).joined(separator: ", ") + "."))
        return nil
    }

    // MARK: Without a directive

    /// Default matching, by the public payload field of the input's own name.
    private mutating func defaultPath(of input: FilteringInput) -> FilteringInput.Role<TypeID> {
        let type = input.definition.type
        if schema[type.named].kind == .inputObject {
            if type.isList {
                return .undecided("a list of input objects is compared with no field, unless it is named \"and\", \"or\" or \"not\" in an input type")
            }
            return composition(of: input, nil, nil)
        }
        switch PayloadPath.find([input.definition.name], in: input.payload, schema) {
        case .failure(let problem): return .undecided(problem.message)
        case .success(let path):
            do throws(FilterComparison.Refusal) {
                let comparison = try FilterComparison(schema: schema).comparison(.equal, of: type, with: path)
                if path.isInternal { return .undecided(isInternal(path, input)) }
                return .filter(path: path.names, operator: comparison)
            } catch {
                return .undecided(error.message)
            }
        }
    }

    private func isInternal(_ path: PayloadPath, _ input: FilteringInput) -> String {
        "\(schema[input.payload.named].name).\(path.text) is @internal, which takes an explicit @filter"
    }

    private mutating func refuse(_ problem: PayloadPath.Problem, _ input: FilteringInput, _ directive: AppliedDirective) -> FilteringInput.Role<TypeID> {
        refuse(
            Self.filterPath, "@filter on \"\(input.coordinate)\" reaches no field: \(problem.message).\(problem.suggestion)",
            at: directive.node(of: "field"))
    }

    private mutating func refuse<Filter>(
        _ code: DiagnosticCode, _ message: String, at node: SyntaxNode, hint: String? = nil
    ) -> FilteringInput.Role<Filter> {
        note(Diagnostic(code: code, message, at: node, hint: hint))
        return .refused
    }
}

extension AppliedDirective {
    /// The default that the definition gives an argument; a schema's own definition may give one that subsgen's does not.
    func defaultValue(of argument: String, _ schema: Schema) -> ConstantValue? {
        schema.directives[name]?.argument(named: argument)?.defaultValue
    }
}
