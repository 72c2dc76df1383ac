import SDLParser

/// `@ownArgument` on fields of input types holds in the arguments of subscription fields. In those of a payload field, which a function
/// supplies, nothing would make the value the subscriber's own, so it is refused there.
enum OwnInputPlaces {
    static func check(_ schema: Schema, _ report: inout [Diagnostic]) {
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
