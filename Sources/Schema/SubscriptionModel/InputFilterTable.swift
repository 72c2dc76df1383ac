import SDLParser

/// Derives what input types say of payloads: the `DispatchTable.inputFilters`.
///
/// An input type is derived once for each type of payload that it is given to, so that types may refer to themselves.
struct InputFilterTable {
    static let unusedFilter = DiagnosticCode(2024)

    private struct Key: Hashable {
        let type: TypeID
        let payload: TypeID
    }

    private struct FieldName: Hashable {
        let type: String
        let field: String
    }

    let schema: Schema
    let strict: Bool
    private(set) var filters: [InputFilter] = []
    private var places: [Key: Int] = [:]
    /// Those whose fields are still to be derived. A queue, so that long chains of types take no stack.
    private var pending: [Key] = []
    private var report: [Diagnostic] = []
    /// The input fields of which something was derived.
    private var seen: Set<FieldName> = []

    init(schema: Schema, strict: Bool) {
        self.schema = schema
        self.strict = strict
    }

    /// What was found since the last call.
    mutating func takeReport() -> [Diagnostic] {
        defer { report = [] }
        return report
    }

    mutating func note(_ diagnostic: Diagnostic) { report.append(diagnostic) }

    /// The place of what an input type says of a payload; nil where none of its fields, or of those inside of it, selects by anything.
    /// What its fields lack is reported only where it is not nil: for others, one word about the argument is enough.
    mutating func place(of type: TypeID, for payload: TypeID) -> Int? {
        let known = (filters: filters.count, report: report.count)
        let place = reserve(Key(type: type, payload: payload))
        while let next = pending.popLast() {
            guard let place = places[next] else { continue }
            filters[place].fields = schema[next.type].inputFields.map { field in
                seen.insert(FieldName(type: schema[next.type].name, field: field.name))
                let role = role(of: field, of: next)
                return InputFilterField(name: field.name, role: role, access: access(of: role, field, next))
            }
        }
        if selects(place) || report[known.report...].contains(where: { $0.severity == .error && $0.code != FieldDerivation.undecidedArgument }) {
            return place
        }
        filters.removeSubrange(known.filters...)
        places = places.filter { $0.value < known.filters }
        report.removeSubrange(known.report...)
        return nil
    }

    private mutating func reserve(_ key: Key) -> Int {
        if let known = places[key] { return known }
        places[key] = filters.count
        pending.append(key)
        filters.append(InputFilter(type: schema[key.type].name, payload: schema[key.payload].name, fields: []))
        return filters.count - 1
    }

    /// Whether a field of it, or one inside of it, is compared with a field of the payload.
    private func selects(_ place: Int) -> Bool {
        var reached: Set<Int> = [place]
        var rest = [place]
        while let next = rest.popLast() {
            for field in filters[next].fields {
                switch field.role {
                case .filter: return true
                case .composed(_, let inner), .and(let inner), .or(let inner), .not(let inner):
                    if reached.insert(inner).inserted { rest.append(inner) }
                case .undecided: break
                }
            }
        }
        return false
    }

    /// What a subscriber must be to select events by what a field speaks of.
    private mutating func access(of role: InputFilterField.Role, _ field: InputValueDefinition, _ key: Key) -> [AccessRequirement] {
        // What is wrong with the rules is told where the payload's are derived.
        var rules = RuleDerivation(schema: schema)
        switch role {
        case .filter(let path, _), .composed(let path, _):
            let payload = TypeReference(key.payload)
            if let type = RuleChecks.guardedType(along: path, from: payload, &rules), let node = field.syntax {
                report.append(RuleChecks.refusal(of: "Input field \"\(schema[key.type].name).\(field.name)\"", type, at: node))
            }
            return rules.access(along: path, from: payload)
        case .and, .or, .not, .undecided: return []
        }
    }

    // MARK: The fields of an input type

    private mutating func role(of field: InputValueDefinition, of key: Key) -> InputFilterField.Role {
        let coordinate = "\(schema[key.type].name).\(field.name)"
        if let role = connective(field, of: key, coordinate) { return role }
        let input = FilteringInput(field, coordinate: coordinate, payload: TypeReference(key.payload), isArgument: false)
        switch path(of: input) {
        case .filter(let path, let comparison): return .filter(path: path, operator: comparison)
        case .composed(let path, let payload): return .composed(path: path, filter: reserve(Key(type: field.type.named, payload: payload)))
        case .refused: return .undecided
        case .undecided(let reason):
            if let node = field.syntax {
                let suggested = FilterSuggestions(schema: schema, payload: input.payload).paths(for: field).first
                report.append(
                    Diagnostic(
                        strict ? .error : .warning, code: FieldDerivation.undecidedArgument,
                        "Input field \"\(coordinate)\" selects no events: \(reason). Subscriptions that give it are refused.", at: node,
                        hint: suggested.map { "Did you mean `\($0)`? @filter(field: \"\($0)\")." }
                            ?? "Add @filter(field: \"...\") with the payload field that it selects by."))
            }
            return .undecided
        }
    }

    /// The role of a field that is named `and`, `or` or `not` and holds input objects; nil for others.
    private mutating func connective(_ field: InputValueDefinition, of key: Key, _ coordinate: String) -> InputFilterField.Role? {
        guard ["and", "or", "not"].contains(field.name), schema[field.type.named].kind == .inputObject, field.type.listDepth < 2 else { return nil }
        if let directive = field.appliedDirectives.first(named: "filter") {
            report.append(
                Diagnostic(
                    code: FieldDerivation.contradiction,
                    "Input field \"\(coordinate)\" cannot have @filter, because it joins conditions, as its name says.",
                    at: directive.syntax, hint: "Rename the field where it is to select by a field of the payload."))
            return .undecided
        }
        let place = reserve(Key(type: field.type.named, payload: key.payload))
        switch field.name {
        case "and": return .and(place)
        case "or": return .or(place)
        default: return .not(place)
        }
    }

    // MARK: What took no part

    /// `@filter` on an input field that no subscription filters by would be ignored in silence.
    func checkUses(_ schema: Schema, _ report: inout [Diagnostic]) {
        schema.forEachUseOfDirective { directive, place in
            guard directive.name == "filter", case .inputField(let type, let field) = place,
                !seen.contains(FieldName(type: type, field: field))
            else { return }
            report.append(
                Diagnostic(
                    code: Self.unusedFilter, "@filter on the input field \(place.coordinate) selects nothing: no subscription filters by \(type).",
                    at: directive.syntax,
                    hint: "Give a subscription field an argument of type \(type) without @resolverArgument, or remove the directive."))
        }
    }
}
