import GraphQLSchema
import SDLParser

/// CoerceArgumentValues (spec section 6.4.1).
struct ArgumentCoercion {
    /// A coerced argument.
    struct Argument {
        let definition: InputValueDefinition
        let value: ConstantValue
        /// Whether the operation gives it, be it null; else it is the default.
        let isGiven: Bool
    }

    let schema: Schema
    let variables: CoercedVariables

    /// The arguments of a field in the order of their definitions, without absent ones that have no default.
    func coerce(_ field: FieldSyntax, _ definitions: [InputValueDefinition]) throws(GraphQLErrors) -> [Argument] {
        var written: [String: ArgumentSyntax] = [:]
        for argument in field.arguments { written[argument.name] = argument }
        var arguments: [Argument] = []
        for definition in definitions {
            if let argument = try coerce(written[definition.name], definition, of: field) { arguments.append(argument) }
        }
        return arguments
    }

    private func coerce(
        _ argument: ArgumentSyntax?, _ definition: InputValueDefinition, of field: FieldSyntax
    ) throws(GraphQLErrors) -> Argument? {
        let literal = argument?.value
        guard let literal, let value = substitute(literal) else {
            if let constant = definition.defaultValue {
                return LiteralCoercion.coerce(constant, to: definition.type, schema: schema).map {
                    Argument(definition: definition, value: $0, isGiven: false)
                }
            }
            guard definition.type.isNonNull else { return nil }
            var problem = "was not provided."
            if let literal, case .variable(let variable) = literal.content {
                problem = "was provided the variable \"$\(variable)\" which was not provided a runtime value."
            }
            throw GraphQLErrors(
                GraphQLError(
                    "Argument \"\(definition.name)\" of required type \"\(schema.name(of: definition.type))\" \(problem)",
                    at: literal?.node ?? field.node))
        }
        if value == .null, definition.type.isNonNull {
            throw GraphQLErrors(
                GraphQLError(
                    "Argument \"\(definition.name)\" of non-null type \"\(schema.name(of: definition.type))\" must not be null.",
                    at: literal.node))
        }
        guard let coerced = LiteralCoercion.coerce(value, to: definition.type, schema: schema) else {
            throw GraphQLErrors(
                GraphQLError("Argument \"\(definition.name)\" has invalid value \(Printer.print(literal)).", at: literal.node))
        }
        return Argument(definition: definition, value: coerced, isGiven: true)
    }

    /// A literal with the values of its variables; nil for a variable that has none. Such a variable is null inside a list, and its
    /// field is left out of an input object.
    ///
    /// The values have been coerced to the variables' types. Coercing them once more, to a type that takes those, changes nothing.
    private func substitute(_ literal: ValueSyntax) -> ConstantValue? {
        switch literal.content {
        case .variable(let name): variables.values[name]
        case .list(let items): .list(items.map { substitute($0) ?? .null })
        case .object(let fields):
            .object(fields.compactMap { field in substitute(field.value).map { .init(name: field.name, value: $0) } })
        case .int, .float, .string, .boolean, .null, .enumeration: ConstantValue(literal)
        }
    }
}
