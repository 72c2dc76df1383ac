/// The result of the usual introspection query, as tools read and write it.
public enum IntrospectionJSON {
    /// The whole response, `{"data": {"__schema": ...}}`, to the query with all that the specification can tell: descriptions, URLs of
    /// scalars, repeatable directives, `@oneOf`, and what is deprecated of fields, arguments, input fields and enum values.
    public static func text(of schema: IntrospectedSchema) -> String {
        let expansion = IntrospectionExpansion(view: schema)
        return JSONText.object([("data", .object([("__schema", expansion.json(of: IntrospectedSchema.Object.schema))]))]).text
    }
}

/// Follows the objects of a schema as deep as the usual query does: a type in another's place is its kind, name and wrappers.
private struct IntrospectionExpansion {
    let view: IntrospectedSchema

    func json(of object: IntrospectedSchema.Object) -> JSONText {
        .object(view.members(of: object).map { (key: $0.name, value: json(of: $0.value)) })
    }

    private func json(of value: IntrospectedSchema.Value) -> JSONText {
        switch value {
        case .null: .null
        case .boolean(let flag): .boolean(flag)
        case .string(let text): .string(text)
        case .strings(let texts): .array(texts.map { .string($0) })
        case .type(let type): reference(type)
        case .types(let types): .array(types.map { reference(TypeReference($0)) })
        case .root(let id):
            .object([("name", .string(view.schema[id].name)), ("kind", .string(IntrospectedSchema.name(of: view.schema[id].kind)))])
        case .objects(let objects), .deprecatable(let objects): .array(objects.map { json(of: $0) })
        }
    }

    /// A type with its wrappers, the innermost of which stands first in the reference and last in the JSON.
    private func reference(_ type: TypeReference) -> JSONText {
        let named = view.schema[type.named]
        let innermost = Self.type(IntrospectedSchema.name(of: named.kind), name: .string(named.name), ofType: .null)
        return type.wrappers.reduce(innermost) { inner, wrapper in
            Self.type(wrapper == .list ? "LIST" : "NON_NULL", name: .null, ofType: inner)
        }
    }

    private static func type(_ kind: String, name: JSONText, ofType: JSONText) -> JSONText {
        .object([("kind", .string(kind)), ("name", name), ("ofType", ofType)])
    }
}
