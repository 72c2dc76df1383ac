import SDLParser

/// Input coercion of literals (spec sections 3.5 to 3.12, 5.6): what a literal must be for a type, and what it becomes.
public enum LiteralCoercion {
    /// Why a literal does not fit, in the wording of graphql-js, and the part of it that is wrong.
    public struct Problem: Sendable {
        public let message: String
        public let node: SyntaxNode
    }

    /// Everything that is wrong with a literal for an input type; empty when it fits. Variables inside are taken to fit: their
    /// types are the business of another rule (spec section 5.8.5). A custom scalar takes any literal.
    public static func problems(in value: ValueSyntax, as type: TypeReference, schema: Schema) -> [Problem] {
        var check = LiteralCheck(schema: schema)
        check.check(value, as: type)
        return check.problems + check.repeatedFields
    }

    /// The value that a constant has for an input type, in one spelling: a single value becomes a list where the type is one,
    /// fields that an input object leaves out get their defaults and stand in the order of the type, an integer becomes a float or
    /// the string of an ID. Nil when the constant does not fit the type.
    ///
    /// The schema must be valid: the defaults of its input objects end.
    public static func coerce(_ value: ConstantValue, to type: TypeReference, schema: Schema) -> ConstantValue? {
        if value == .null { return type.isNonNull ? nil : .null }
        if let element = type.element {
            guard case .list(let items) = value else {
                return coerce(value, to: element, schema: schema).map { .list([$0]) }
            }
            var coerced: [ConstantValue] = []
            coerced.reserveCapacity(items.count)
            for item in items {
                guard let item = coerce(item, to: element, schema: schema) else { return nil }
                coerced.append(item)
            }
            return .list(coerced)
        }
        let definition = schema[type.named]
        switch definition.kind {
        case .scalar: return ScalarLiteral(definition).coerce(value)
        case .enum:
            guard case .enumeration(let name) = value, definition.value(named: name) != nil else { return nil }
            return value
        case .inputObject: return coerce(value, to: definition, schema: schema)
        case .object, .interface, .union: return nil
        }
    }

    private static func coerce(_ value: ConstantValue, to type: TypeDefinition, schema: Schema) -> ConstantValue? {
        guard case .object(let fields) = value else { return nil }
        let given = Dictionary(fields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        guard given.count == fields.count, fields.allSatisfy({ type.inputField(named: $0.name) != nil }) else { return nil }
        if type.isOneOf, given.count != 1 || given.values.contains(.null) { return nil }
        var coerced: [ConstantValue.Field] = []
        for field in type.inputFields {
            if let value = given[field.name] ?? field.defaultValue {
                guard let value = coerce(value, to: field.type, schema: schema) else { return nil }
                coerced.append(.init(name: field.name, value: value))
            } else if field.type.isNonNull {
                return nil
            }
        }
        return .object(coerced)
    }
}
