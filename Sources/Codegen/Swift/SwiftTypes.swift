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

/// The types that generated Swift declares, in the order of the schema: what events and arguments of subscription fields are made of,
/// or every type but the root operation types.
///
/// Fields with arguments are not followed, as no event holds them: a large schema is half as much for the compiler.
struct SwiftDeclaredTypes {
    let types: [TypeDefinition]

    init(of schema: Schema, hasAllTypes: Bool) {
        let fields = schema.subscriptionType.map { schema[$0].fields } ?? []
        var waiting = fields.map(\.type.named) + fields.flatMap { $0.arguments.map(\.type.named) }
        if hasAllTypes {
            let roots = [schema.queryType, schema.mutationType, schema.subscriptionType]
            waiting += schema.types.indices.map { TypeID(index: $0) }.filter { !roots.contains($0) && !schema[$0].isBuiltIn }
        }
        var reached = Set(waiting)
        while let id = waiting.popLast() {
            let type = schema[id]
            // An interface has no fields of its own in Swift: its objects have them.
            let outputs = type.kind == .object ? type.eventFields.map(\.type.named) : type.possibleTypes
            for found in outputs + type.inputFields.map(\.type.named) where reached.insert(found).inserted { waiting.append(found) }
        }
        types = reached.sorted { $0.index < $1.index }.map { schema[$0] }
            .filter { $0.kind != .scalar || SwiftTypes.builtIn[$0.name] == nil }
    }
}
