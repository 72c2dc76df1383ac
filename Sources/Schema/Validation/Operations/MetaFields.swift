import SDLParser

/// The fields that types have without a definition (spec sections 2.5.1 and 4): `__typename` wherever something can be selected,
/// `__schema` and `__type` at the root of queries.
struct MetaFields {
    private let typename: FieldDefinition?
    private let schema: FieldDefinition?
    private let type: FieldDefinition?

    init(_ definitions: Schema) {
        let string = definitions.typeID(named: "String")
        typename = string.map { FieldDefinition(name: "__typename", type: TypeReference($0, wrappers: [.nonNull])) }
        schema = definitions.typeID(named: "__Schema").map {
            FieldDefinition(name: "__schema", type: TypeReference($0, wrappers: [.nonNull]))
        }
        type = definitions.typeID(named: "__Type").flatMap { type in
            string.map { string in
                let name = InputValueDefinition(name: "name", type: TypeReference(string, wrappers: [.nonNull]))
                return FieldDefinition(name: "__type", arguments: [name], type: TypeReference(type))
            }
        }
    }

    func field(named name: String, of parent: TypeID, _ definitions: Schema) -> FieldDefinition? {
        switch name {
        case "__typename": typename
        case "__schema": parent == definitions.queryType ? schema : nil
        case "__type": parent == definitions.queryType ? type : nil
        default: nil
        }
    }
}
