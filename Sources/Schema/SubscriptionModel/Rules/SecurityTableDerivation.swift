import SDLParser

/// Derives the rules of all that a subscription can reach.
struct SecurityTableDerivation {
    static let costProblem = DiagnosticCode(2053)

    let schema: Schema
    private(set) var table = SecurityTable()
    private(set) var report: [Diagnostic] = []

    init(schema: Schema, root: TypeID) {
        self.schema = schema
        let reachable = schema.reachableTypes(from: root)
        var rules = RuleDerivation(schema: schema)
        let leadsBack = reachable.outputs.contains(root)
        for id in Set(reachable.outputs + [root]).sorted(by: { $0.index < $1.index }) {
            let type = schema[id]
            if type.isBuiltIn { continue }
            if id != root {
                let own = rules.rules(of: id)
                if !own.isEmpty { table.types.append(TypeRules(type: type.name, rules: own)) }
            }
            costs(of: type)
            // Of the root's fields, only where a payload leads back to them: else they are those of subscription fields.
            for field in type.fields where id != root || leadsBack {
                let own = rules.rules(of: field, of: id)
                if !own.isEmpty { table.fields.append(FieldRules(type: type.name, name: field.name, rules: own)) }
            }
        }
        for id in reachable.inputs {
            for field in schema[id].inputFields {
                guard let claim = field.ownClaim(schema) else { continue }
                table.ownInputFields.append(OwnInputField(type: schema[id].name, name: field.name, claim: claim))
            }
        }
        report += rules.report
    }

    private mutating func costs(of type: TypeDefinition) {
        cost(type.appliedDirectives, type.name)
        for field in type.fields {
            cost(field.appliedDirectives, "\(type.name).\(field.name)")
            for argument in field.arguments { cost(argument.appliedDirectives, "\(type.name).\(field.name)(\(argument.name):)") }
        }
    }

    private mutating func cost(_ directives: [AppliedDirective], _ coordinate: String) {
        guard let directive = directives.first(named: "cost") else { return }
        var weight: Int?
        switch directive.argument("weight") {
        case .int(let text), .string(let text): weight = Int(text)
        default: break
        }
        guard let weight, (0...Int(Int32.max)).contains(weight) else {
            report.append(
                Diagnostic(
                    code: Self.costProblem, "@cost(weight:) on \(coordinate) must be a whole number that is not negative.",
                    at: directive.node(of: "weight")))
            return
        }
        table.costs.append(CostRule(coordinate: coordinate, weight: weight))
    }
}

extension InputValueDefinition {
    /// The claim that its value must equal, by `@ownArgument`.
    func ownClaim(_ schema: Schema) -> String? { appliedDirectives.first(named: "ownArgument")?.claim(schema) }
}
