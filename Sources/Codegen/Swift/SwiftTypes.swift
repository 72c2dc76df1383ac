import GraphQLSchema

/// What GraphQL types are called in Swift.
struct SwiftTypes {
    let schema: Schema

    /// A type as it is written for a value that is there: without the outermost `?`.
    func present(_ type: TypeReference) -> String {
        if let element = type.element { return "[\(full(element))]" }
        return name(of: schema[type.named])
    }

    /// A type with its nullability.
    func full(_ type: TypeReference) -> String { type.isNonNull ? present(type) : present(type) + "?" }

    func name(of type: TypeDefinition) -> String {
        if type.kind == .scalar, let builtIn = Self.builtIn[type.name] { return builtIn }
        return SwiftNames.type(type.name)
    }

    /// GraphQL's Int has 32 bits (spec section 3.5.1): Int32 is what can be sent.
    static let builtIn = ["Int": "Int32", "Float": "Double", "String": "String", "Boolean": "Bool", "ID": "ID"]
}

/// The types that generated Swift declares: what events and arguments of subscription fields are made of, in the order of the schema.
struct SwiftDeclaredTypes {
    let types: [TypeDefinition]

    init(of schema: Schema) {
        let fields = schema.subscriptionType.map { schema[$0].fields } ?? []
        var reached: Set<TypeID> = []
        var waiting = fields.map(\.type.named) + fields.flatMap { $0.arguments.map(\.type.named) }
        reached.formUnion(waiting)
        while let id = waiting.popLast() {
            let type = schema[id]
            let next = type.payloadFields.map(\.type.named) + type.inputFields.map(\.type.named) + type.possibleTypes
            for found in next where reached.insert(found).inserted { waiting.append(found) }
        }
        types = reached.sorted { $0.index < $1.index }.map { schema[$0] }
            .filter { $0.kind != .scalar || SwiftTypes.builtIn[$0.name] == nil }
    }
}

extension TypeDefinition {
    /// The fields that events hold. A field that takes arguments is supplied by a function of its own (design section 5).
    ///
    /// None for an interface: its objects have them.
    var payloadFields: [FieldDefinition] {
        kind == .object ? fields.filter(\.arguments.isEmpty) : []
    }
}
