import GraphQLSchema
import SDLParser

/// CoerceVariableValues (spec section 6.1.2).
struct VariableCoercion {
    /// More errors than that help nobody.
    static let maximumErrors = 50

    let schema: Schema

    /// The variables of an operation that passed validation; everything that is wrong with them is thrown together.
    func coerce(_ definitions: [VariableDefinitionSyntax], _ given: JSONValue?) throws(GraphQLErrors) -> CoercedVariables {
        if let given, given.kind != .object, !given.isNull { throw GraphQLErrors(GraphQLError("Variables must be an object.")) }
        var variables = CoercedVariables()
        var errors: [GraphQLError] = []
        for definition in definitions where errors.count <= Self.maximumErrors {
            guard let type = schema.inputType(definition.type) else {
                errors.append(
                    GraphQLError(
                        "Variable \"$\(definition.name)\" expected value of type \"\(Printer.print(definition.type))\" which cannot be "
                            + "used as an input type.", at: definition.type.node))
                continue
            }
            guard let value = given?[definition.name] else {
                if let literal = definition.defaultValue {
                    variables.values[definition.name] = ConstantValue(literal).flatMap { LiteralCoercion.coerce($0, to: type, schema: schema) }
                } else if type.isNonNull {
                    errors.append(
                        GraphQLError(
                            "Variable \"$\(definition.name)\" of required type \"\(schema.name(of: type))\" was not provided.",
                            at: definition.node))
                }
                continue
            }
            if value.isNull, type.isNonNull {
                errors.append(
                    GraphQLError(
                        "Variable \"$\(definition.name)\" of non-null type \"\(schema.name(of: type))\" must not be null.",
                        at: definition.node))
                continue
            }
            var coercion = InputCoercion(schema: schema)
            variables.values[definition.name] = coercion.coerce(value, to: type)
            for problem in coercion.problems {
                let place = problem.path.isEmpty ? "" : " at \"\(definition.name)\(problem.path)\""
                errors.append(
                    GraphQLError(
                        "Variable \"$\(definition.name)\" got invalid value \(problem.value)\(place); \(problem.message)",
                        at: definition.node))
            }
        }
        if errors.count > Self.maximumErrors {
            errors = errors.prefix(Self.maximumErrors)
                + [GraphQLError("Too many errors processing variables, error limit reached. Execution aborted.")]
        }
        if let errors = GraphQLErrors(errors) { throw errors }
        return variables
    }
}

extension Schema {
    /// The input type that a reference in an operation names; nil where there is none.
    func inputType(_ syntax: TypeReferenceSyntax) -> TypeReference? {
        var wrappers: [TypeReference.Wrapper] = []
        var syntax = syntax
        while true {
            switch syntax.content {
            case .nonNull(let inner):
                wrappers.append(.nonNull)
                syntax = inner
            case .list(let inner):
                wrappers.append(.list)
                syntax = inner
            case .named(let name):
                guard let id = typeID(named: name), self[id].isInput else { return nil }
                return TypeReference(id, wrappers: wrappers.reversed())
            }
        }
    }
}
