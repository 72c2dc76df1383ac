import GraphQLSchema

/// What a subscriber must be to see payload fields and values, found by what is protected.
struct AccessRules: Sendable {
    private struct Field: Hashable, Sendable {
        let type: TypeID
        let name: String
    }

    private var fields: [Field: [AccessRequirement]] = [:]
    private var types: [TypeID: [AccessRequirement]] = [:]

    init(_ table: SecurityTable = SecurityTable(), of schema: Schema) {
        for entry in table.fields {
            if let type = schema.typeID(named: entry.type) { fields[Field(type: type, name: entry.name), default: []] += entry.rules.access }
        }
        for entry in table.types {
            if let type = schema.typeID(named: entry.type) { types[type, default: []] += entry.rules.access }
        }
    }

    /// Of a field, the type that it returns included.
    func requirements(ofField name: String, on parent: TypeID, returning type: TypeID) -> [AccessRequirement] {
        (fields[Field(type: parent, name: name)] ?? []) + requirements(of: type)
    }

    /// Of the values of a type.
    func requirements(of type: TypeID) -> [AccessRequirement] { types[type] ?? [] }
}
