import GraphQLSchema

/// Which file of a package answers which subscription field.
public enum ResolverFiles {
    /// The paths in the package by the names of the fields. The table must be the schema's own.
    public static func paths(of schema: Schema, _ table: DispatchTable) -> [String: String] {
        let plan = PackagePlan(schema: schema, table: table, hasAllTypes: false)
        return PythonNames(schema: schema, fields: plan.fields, suppliedFields: []).fields.mapValues { path(of: $0) }
    }

    static func path(of names: PythonNames.FieldNames) -> String { "resolvers/\(names.variable).py" }
}
