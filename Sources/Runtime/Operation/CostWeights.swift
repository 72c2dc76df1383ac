import GraphQLSchema
import SDLParser

/// What the fields of an operation cost, by the schema's `@cost`.
///
/// A field costs its own weight, else that of the type that it returns, else one; to that come the weights of the arguments that are
/// given. A list counts once: how long it will be nobody knows. Of an interface or union the dearest counts that it may turn out to be.
struct CostWeights: Sendable {
    private struct Field: Hashable, Sendable {
        let type: TypeID
        let name: String
    }

    private struct Argument: Hashable, Sendable {
        let field: Field
        let name: String
    }

    /// Of each field of the schema that does not cost one.
    private var fields: [Field: Int] = [:]
    private var arguments: [Argument: Int] = [:]

    init(_ rules: [CostRule] = [], of schema: Schema) {
        if rules.isEmpty { return }
        let weights = Dictionary(rules.map { ($0.coordinate, $0.weight) }, uniquingKeysWith: max)
        let types = schema.types.indices.map(TypeID.init)
        for type in types where !schema[type].fields.isEmpty { read(type, weights, schema) }
        for type in types where schema[type].kind == .interface {
            for possible in schema.possibleTypes(of: type) { raise(type, to: possible, schema) }
        }
    }

    /// What a field costs where an operation selects it of a type.
    func cost(of field: FieldSyntax, on type: TypeID) -> Int {
        if fields.isEmpty, arguments.isEmpty { return 1 }
        let selected = Field(type: type, name: field.name)
        let own = fields[selected] ?? 1
        if arguments.isEmpty { return own }
        return field.arguments.reduce(own) { $0.addingUpTo(arguments[Argument(field: selected, name: $1.name)] ?? 0) }
    }

    private mutating func read(_ type: TypeID, _ weights: [String: Int], _ schema: Schema) {
        for field in schema[type].fields {
            let coordinate = "\(schema[type].name).\(field.name)"
            let key = Field(type: type, name: field.name)
            if let weight = weights[coordinate] ?? Self.weight(of: field.type.named, weights, schema) { fields[key] = weight }
            for argument in field.arguments {
                if let weight = weights["\(coordinate)(\(argument.name):)"] { arguments[Argument(field: key, name: argument.name)] = weight }
            }
        }
    }

    private static func weight(of type: TypeID, _ weights: [String: Int], _ schema: Schema) -> Int? {
        switch schema[type].kind {
        case .object, .scalar, .enum: weights[schema[type].name]
        case .interface, .union: schema.possibleTypes(of: type).compactMap { weights[schema[$0].name] }.max()
        case .inputObject: nil
        }
    }

    /// Makes the fields of an interface as dear as those of a type that implements it.
    private mutating func raise(_ interface: TypeID, to type: TypeID, _ schema: Schema) {
        for field in schema[interface].fields {
            let (own, other) = (Field(type: interface, name: field.name), Field(type: type, name: field.name))
            if let weight = fields[other], weight > fields[own] ?? 1 { fields[own] = weight }
            for argument in field.arguments {
                guard let weight = arguments[Argument(field: other, name: argument.name)] else { continue }
                let key = Argument(field: own, name: argument.name)
                arguments[key] = max(weight, arguments[key] ?? 0)
            }
        }
    }
}

extension Int {
    /// The sum, or the largest number there is.
    func addingUpTo(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
