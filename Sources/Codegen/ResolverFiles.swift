import GraphQLSchema

/// Which files of a package are the developer's.
public enum ResolverFiles {
    /// The folders whose modules are the developer's: those of subscription fields, and those of payload fields that functions supply.
    public static let folders = ["resolvers", "field_resolvers"]

    /// The paths in the package by the names of the subscription fields. The table must be the schema's own.
    public static func paths(of schema: Schema, _ table: DispatchTable) -> [String: String] {
        let plan = PackagePlan(schema: schema, table: table, hasAllTypes: false)
        return PythonNames(schema: schema, fields: plan.fields, suppliedFields: []).fields.mapValues { path(of: $0) }
    }

    static func path(of names: PythonNames.FieldNames) -> String { "resolvers/\(names.variable).py" }

    static func path(of names: PythonNames.SuppliedFieldNames) -> String { "field_resolvers/\(names.module).py" }
}
