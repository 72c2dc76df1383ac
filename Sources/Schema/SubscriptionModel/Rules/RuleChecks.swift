import SDLParser

/// What can be wrong with rules as a whole though each is sound by itself.
enum RuleChecks {
    static let undeclaredClaim = DiagnosticCode(2054)
    static let noTenant = DiagnosticCode(2055)
    static let oracle = DiagnosticCode(2056)

    /// Every claim that a rule compares is one that the application gives.
    static func checkClaims(_ schema: Schema, _ declared: Set<String>, _ report: inout [Diagnostic]) {
        schema.forEachUseOfDirective { directive, place in
            for (claim, node) in claims(of: directive, schema) where !declared.contains(claim) {
                report.append(
                    Diagnostic(
                        code: undeclaredClaim,
                        "@\(directive.name) on \(place.coordinate) compares the claim \"\(claim)\", which is not declared."
                            + DidYouMean.sentence(for: claim, among: declared.sorted()),
                        at: node, hint: "Declare it in the configuration: `[tool.subsgen.claims]` \(claim) = \"what it is\"."))
            }
        }
    }

    private static func claims(of directive: AppliedDirective, _ schema: Schema) -> [(name: String, node: SyntaxNode)] {
        switch directive.name {
        case "rowFilter", "tenant", "ownArgument":
            let claim = (directive.argument("claim") ?? directive.defaultValue(of: "claim", schema))?.stringValue
            return claim.map { [($0, directive.node(of: "claim"))] } ?? []
        case "federation": return [("federation_id", directive.syntax), ("service_name", directive.syntax)]
        default: return []
        }
    }

    /// Where some subscription fields are for tenants, all are.
    static func checkTenants(_ fields: [(definition: FieldDefinition, entry: SubscriptionField)], strict: Bool, _ report: inout [Diagnostic]) {
        func isForTenants(_ field: SubscriptionField) -> Bool {
            field.rules.events.contains { if case .tenant = $0 { true } else { false } }
        }
        guard let example = fields.first(where: { isForTenants($0.entry) }) else { return }
        for field in fields where !isForTenants(field.entry) {
            guard let node = field.definition.syntax else { continue }
            report.append(
                Diagnostic(
                    strict ? .error : .warning, code: noTenant,
                    "The events of subscription field \"\(field.entry.name)\" reach subscribers of every tenant, for no @tenant protects them.",
                    at: node, hint: "Add @tenant to the field or its type, as \"\(example.entry.name)\" has it."))
        }
    }

    /// The type of a nested object on a path from which event rules take objects away, if there is one: who selected events by what is
    /// in it would learn it all the same.
    static func guardedType(along names: [String], from payload: TypeReference, _ rules: inout RuleDerivation) -> String? {
        var current = payload.named
        for name in names {
            guard let field = rules.schema[current].field(named: name) else { return nil }
            let next = field.type.named
            for holder in Set([current] + rules.schema.possibleTypes(of: current)).sorted(by: { $0.index < $1.index }) {
                guard let own = rules.schema[holder].field(named: name) else { continue }
                if !rules.rules(of: own, of: holder).events.isEmpty { return rules.schema[next].name }
            }
            for possible in [next] + rules.schema.possibleTypes(of: next) where !rules.rules(of: possible).events.isEmpty {
                return rules.schema[possible].name
            }
            current = next
        }
        return nil
    }

    /// The refusal of a filter behind such a type.
    static func refusal(of coordinate: String, _ type: String, at node: SyntaxNode) -> Diagnostic {
        Diagnostic(
            code: oracle,
            "\(coordinate) selects events by what is in \(type), and rules of events keep \(type) from some subscribers: what comes would tell "
                + "them what they may not see.",
            at: node, hint: "Filter by a field outside of it, or put the rule on the subscription field, where it keeps the whole event.")
    }
}
