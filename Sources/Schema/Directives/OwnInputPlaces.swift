import SDLParser

/// `@ownArgument` on fields of input types holds in the arguments of subscription fields. In those of a payload field, which a function
/// supplies, nothing would make the value the subscriber's own, so it is refused there.
enum OwnInputPlaces {
    static func check(_ schema: Schema, _ report: inout [Diagnostic]) {
        checkValues(schema, &report)
        guard let root = schema.subscriptionType else { return }
        var seen: Set<TypeID> = []
        for id in schema.reachableTypes(from: root).outputs where id != root && !schema[id].isBuiltIn {
            for field in schema[id].fields {
                for argument in field.arguments {
                    check(argument, "\(schema[id].name).\(field.name)", schema, &seen, &report)
                }
            }
        }
    }

    /// What can never equal a claim.
    private static func checkValues(_ schema: Schema, _ report: inout [Diagnostic]) {
        func check(_ input: InputValueDefinition, _ coordinate: String) {
            guard let directive = input.appliedDirectives.first(named: "ownArgument") else { return }
            if directive.claim(schema) == nil {
                report.append(
                    Diagnostic(
                        code: RuleDerivation.senseless, "@ownArgument on \(coordinate) names no claim, so that nobody has it.",
                        at: directive.node(of: "claim")))
            } else if !schema[input.type.named].isLeaf {
                report.append(
                    Diagnostic(
                        code: RuleDerivation.senseless,
                        "@ownArgument on \(coordinate) holds for nobody: no value of \(schema[input.type.named].name) equals a claim.",
                        at: directive.syntax, hint: "Put it on the field of \(schema[input.type.named].name) that is to have the claim's value."))
            }
        }
        for type in schema.types where !type.isBuiltIn {
            for field in type.inputFields { check(field, "\(type.name).\(field.name)") }
            for field in type.fields {
                for argument in field.arguments { check(argument, "\(type.name).\(field.name)(\(argument.name):)") }
            }
        }
    }

    private static func check(
        _ argument: InputValueDefinition, _ field: String, _ schema: Schema, _ seen: inout Set<TypeID>, _ report: inout [Diagnostic]
    ) {
        var waiting = [argument.type.named]
        while let type = waiting.popLast() {
            guard seen.insert(type).inserted else { continue }
            for input in schema[type].inputFields {
                waiting.append(input.type.named)
                guard let directive = input.appliedDirectives.first(named: "ownArgument") else { continue }
                report.append(
                    Diagnostic(
                        code: DirectivePlaces.misplaced,
                        "@ownArgument on \(schema[type].name).\(input.name) would not hold in \(field)(\(argument.name):), because it holds in "
                            + "arguments of subscription fields.",
                        at: directive.syntax, hint: "Give \(field) an argument of another type."))
            }
        }
    }
}
