import SDLParser

/// A query root for schemas that have none.
///
/// Event schemas often have no `Query`. But introspection begins there, `__Schema.queryType` is not nullable, and clients refuse a
/// schema without one. So clients see a `Query` with one field that says what it is; like every other field of a query it is not
/// answered.
public enum QueryRoot {
    /// The schema itself where it has a query root; else the same with one.
    public static func add(to schema: Schema) -> Schema {
        if schema.queryType != nil { return schema }
        let name = ["Query", "QueryRoot", "SubsgenQueryRoot"].first { schema.typeID(named: $0) == nil } ?? "SubsgenQuery"
        let type = """
            "This server answers subscriptions only. A query can introspect the schema."
            type \(name) {
              "Not answered; a type has at least one field."
              _empty: Boolean
            }

            """
        let text = SchemaPrinter.print(schema, includeInternal: true)
        // A type named Query is the root by its name, unless there is a `schema` definition.
        for root in [type, type + "extend schema { query: \(name) }\n"] {
            let parsed = Parser.parse(Source(name: "schema", text: text + "\n" + root))
            if !parsed.hasErrors, let extended = SchemaBuilder.build([parsed.tree]).schema, extended.queryType != nil { return extended }
        }
        return schema
    }
}
