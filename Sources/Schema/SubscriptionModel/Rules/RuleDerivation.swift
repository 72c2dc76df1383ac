import SDLParser

/// Derives the rules of fields and types from the directives that state them (design sections 4 and 7).
///
/// A type has its own rules and those of the interfaces that it implements; a field its own and those of the interfaces' fields that it
/// implements. What is wrong is reported, and the rule that results is never weaker than what was written.
struct RuleDerivation {
    static let pathProblem = DiagnosticCode(2050)
    static let senseless = DiagnosticCode(2051)

    let schema: Schema
    var report: [Diagnostic] = []

    init(schema: Schema) {
        self.schema = schema
    }

    // MARK: Types and fields

    /// The rules that hold wherever a value of a type is shown.
    mutating func rules(of id: TypeID) -> ProtectionRules {
        let type = schema[id]
        var rules = rules(of: type.appliedDirectives, on: type.name, for: TypeReference(id))
        for interface in type.interfaces {
            let inherited = schema[interface]
            rules.access += access(inherited.appliedDirectives, on: inherited.name)
        }
        return rules.inOrder
    }

    /// The rules of a payload field: its own, and those of the fields that it implements.
    mutating func rules(of field: FieldDefinition, of id: TypeID) -> ProtectionRules {
        let type = schema[id]
        var rules = rules(of: field.appliedDirectives, on: "\(type.name).\(field.name)", for: field.type)
        for interface in type.interfaces {
            guard let inherited = schema[interface].field(named: field.name) else { continue }
            let implemented = self.rules(of: inherited.appliedDirectives, on: "\(schema[interface].name).\(field.name)", for: field.type)
            rules.access += implemented.access
            rules.events += implemented.events
        }
        return rules.inOrder
    }

    /// The rules of a subscription field: its own and those that it implements, those of the root type and of the whole schema, which are
    /// rules of each of its fields, and those of the type that it returns.
    mutating func rules(ofRoot field: FieldDefinition) -> ProtectionRules {
        var rules = ProtectionRules()
        var whole = schema.appliedDirectives
        var coordinate = field.name
        if let id = schema.subscriptionType {
            let root = schema[id]
            coordinate = "\(root.name).\(field.name)"
            rules = self.rules(of: field, of: id)
            rules.access += access(root.appliedDirectives, on: root.name)
            for interface in root.interfaces { rules.access += access(schema[interface].appliedDirectives, on: schema[interface].name) }
            whole += root.appliedDirectives
        }
        rules.events += events(whole, on: coordinate, for: field.type)
        let type = self.rules(of: field.type.named)
        rules.access += type.access
        rules.events += type.events
        return rules.inOrder
    }

    /// What a subscriber must be to see the value at a path, all fields on it and all types that they may hold.
    mutating func access(along names: [String], from payload: TypeReference) -> [AccessRequirement] {
        var requirements: [AccessRequirement] = []
        var current = payload.named
        // Those of the payload's own type are asked for by the subscription field.
        if schema[current].isAbstract { requirements += access(ofPossible: current) }
        for name in names {
            guard let field = schema[current].field(named: name) else { break }
            for holder in Set([current] + schema.possibleTypes(of: current)).sorted(by: { $0.index < $1.index }) {
                guard let own = schema[holder].field(named: name) else { continue }
                requirements += rules(of: own, of: holder).access
                requirements += rules(of: own.type.named).access + access(ofPossible: own.type.named)
            }
            current = field.type.named
        }
        return ProtectionRules(access: requirements).inOrder.access
    }

    /// What a subscriber must be to see whatever object a value of an abstract type is.
    private mutating func access(ofPossible type: TypeID) -> [AccessRequirement] {
        schema[type].possibleTypes.flatMap { rules(of: $0).access }
    }

    private mutating func rules(of directives: [AppliedDirective], on coordinate: String, for type: TypeReference) -> ProtectionRules {
        ProtectionRules(access: access(directives, on: coordinate), events: events(directives, on: coordinate, for: type))
    }

    // MARK: Access

    private mutating func access(_ directives: [AppliedDirective], on coordinate: String) -> [AccessRequirement] {
        directives.compactMap { directive in
            switch directive.name {
            case "authenticated": return .authenticated
            case "requiresScopes": return .scopes(alternatives(directive, "scopes", coordinate))
            case "policy": return .policies(alternatives(directive, "policies", coordinate))
            case "requiresRole":
                let written = directive.value(of: "roles", schema)
                let roles = written?.strings ?? []
                if let written, roles.count < written.items.count {
                    note(Self.senseless, "@requiresRole on \(coordinate) names a role that is no string.", directive.node(of: "roles"))
                } else if roles.isEmpty {
                    note(Self.senseless, "@requiresRole on \(coordinate) names no role, so that nobody sees it.", directive.node(of: "roles"))
                }
                return .roles(roles)
            default: return nil
            }
        }
    }

    /// The lists of scopes or policies. Without a list nobody has all of one, and of an empty one everybody has all.
    private mutating func alternatives(_ directive: AppliedDirective, _ argument: String, _ coordinate: String) -> [[String]] {
        let written = directive.value(of: argument, schema)?.items ?? []
        let lists = written.map(\.strings)
        // A schema's own definition may have a custom scalar here, whose values are anything. Less than all of them would be a weaker rule.
        if zip(written, lists).contains(where: { $0.items.count > $1.count }) {
            note(
                Self.senseless, "@\(directive.name) on \(coordinate) has something among its \(argument) that is no string.",
                directive.node(of: argument))
        } else if lists.isEmpty {
            note(
                Self.senseless, "@\(directive.name) on \(coordinate) has no list of \(argument), so that nobody sees it.",
                directive.node(of: argument))
        } else if lists.contains([]) {
            note(
                Self.senseless, "@\(directive.name) on \(coordinate) has an empty list of \(argument), which everybody satisfies.",
                directive.node(of: argument), hint: "Remove the empty list, or the directive where everybody may see it.")
        }
        return lists.filter { !$0.isEmpty }
    }

    // MARK: Events

    private mutating func events(_ directives: [AppliedDirective], on coordinate: String, for type: TypeReference) -> [EventRule] {
        directives.compactMap { directive in
            switch directive.name {
            case "rowFilter": return .row(path: path(directive, "field", coordinate, type), claim: claim(directive, coordinate))
            case "tenant": return .tenant(path: path(directive, "field", coordinate, type), claim: claim(directive, coordinate))
            case "federation":
                return .federation(
                    path: path(directive, "field", coordinate, type), servicePath: path(directive, "service", coordinate, type))
            default: return nil
            }
        }
    }

    /// The claim that a rule compares.
    private mutating func claim(_ directive: AppliedDirective, _ coordinate: String) -> String {
        if let claim = directive.claim(schema) { return claim }
        note(Self.senseless, "@\(directive.name) on \(coordinate) names no claim, so that nobody has it.", directive.node(of: "claim"))
        return ""
    }

    /// The path that an argument of a rule writes. One that reaches nothing is reported.
    private mutating func path(
        _ directive: AppliedDirective, _ argument: String, _ coordinate: String, _ type: TypeReference
    ) -> [String] {
        let written = directive.value(of: argument, schema)?.stringValue ?? ""
        let names = written.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        func refuse(_ problem: String, hint: String? = nil) {
            note(Self.pathProblem, "@\(directive.name) on \(coordinate) \(problem)", directive.node(of: argument), hint: hint)
        }
        if names.isEmpty || names.contains("") {
            refuse("must name a field of \(schema[type.named].name), or several with dots between them, as `\(argument)`.")
            return names
        }
        switch PayloadPath.find(names, in: type, schema) {
        case .failure(let problem):
            refuse(
                "reaches no field: \(problem.message).\(problem.suggestion)",
                hint: "Give \(schema[type.named].name) the field, @internal where clients need not see it, or name another one with `\(argument)`.")
        case .success(let path):
            if !schema[path.type.named].isLeaf {
                refuse("must lead to a scalar or an enum; \"\(written)\" is of type \(schema.name(of: path.type)).")
            }
        }
        return names
    }

    mutating func note(_ code: DiagnosticCode, _ message: String, _ node: SyntaxNode, hint: String? = nil) {
        // Interfaces are asked for each type that implements them.
        if report.contains(where: { $0.code == code && $0.message == message }) { return }
        report.append(Diagnostic(code: code, message, at: node, hint: hint))
    }
}

extension ProtectionRules {
    /// Each rule once, in the order in which they are asked about.
    var inOrder: ProtectionRules {
        func ordered<Rule: Hashable>(_ rules: [Rule], _ rank: (Rule) -> Int) -> [Rule] {
            var seen: Set<Rule> = []
            let unique = rules.filter { seen.insert($0).inserted }
            let ranks = Set(unique.map(rank)).sorted()
            return ranks.flatMap { wanted in unique.filter { rank($0) == wanted } }
        }
        return ProtectionRules(
            access: ordered(access) { rule in
                switch rule {
                case .authenticated: 0
                case .scopes: 1
                case .roles: 2
                case .policies: 3
                }
            },
            events: ordered(events) { rule in
                switch rule {
                case .tenant: 0
                case .federation: 1
                case .row: 2
                }
            })
    }
}

extension AppliedDirective {
    /// What an argument says: as written, else by its default.
    func value(of argument: String, _ schema: Schema) -> ConstantValue? { self.argument(argument) ?? defaultValue(of: argument, schema) }

    /// The name in `claim`; nil where it is none.
    func claim(_ schema: Schema) -> String? { value(of: "claim", schema)?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
}

extension ConstantValue {
    /// The elements of a list; of anything else itself, as input coercion has it (spec section 3.11); none for null.
    fileprivate var items: [ConstantValue] {
        switch self {
        case .list(let items): items
        case .null: []
        default: [self]
        }
    }

    /// The strings among the elements.
    fileprivate var strings: [String] { items.compactMap(\.stringValue) }
}
