import GraphQLSchema
import SDLParser

/// Answers queries: what can be asked of the schema itself (spec section 4). Nothing else is answered here.
final class Introspection: Sendable {
    private let schema: Schema
    /// Guards the document, which is made when it is first asked for.
    private let document = Guarded<IntrospectionDocument?>(nil)

    init(_ schema: Schema) {
        self.schema = schema
    }

    /// The response to a query that passed validation.
    func response(
        to operation: OperationDefinitionSyntax, of text: OperationText, _ variables: CoercedVariables, _ limits: OperationLimits
    ) throws(GraphQLErrors) -> [UInt8] {
        guard let root = schema.queryType, let selectionSet = operation.selectionSet else {
            throw GraphQLErrors(GraphQLError("Schema is not configured to execute query operation.", at: operation.node))
        }
        let collection = FieldCollection(schema: schema, fragments: text.tree.document.fragmentsByName, variables: variables, limits: limits)
        let introspected = try introspectedSchema()
        var groups: [(FieldCollection.Group, PlannedField.Origin)] = []
        for group in try collection.groups(in: [selectionSet], on: root) {
            switch group.first.name {
            case "__typename": groups.append((group, .prefix))
            case "__schema": groups.append((group, .place(introspected.schema)))
            case "__type":
                let type = try Self.typeName(group.first, schema, variables).flatMap { introspected.type(named: $0) }
                groups.append((group, .place(type)))
            case let name:
                throw GraphQLErrors(
                    GraphQLError(
                        "This server answers subscriptions only: it has no \"execute\" hook for \"\(schema[root].name).\(name)\".",
                        at: group.first.node))
            }
        }
        var planner = ProjectionPlanner(collection: collection, shape: text.shape, access: AccessRules(of: schema))
        try planner.planQuery(groups, on: root)
        return Projection(planner.plan, at: text.layout, references: introspected.references).body(of: introspected.root)
    }

    private func introspectedSchema() throws(GraphQLErrors) -> IntrospectionDocument {
        if let known = document.withLock({ $0 }) { return known }
        let made = try IntrospectionDocument(schema)
        return document.withLock { known in
            let result = known ?? made
            known = result
            return result
        }
    }

    /// The argument of `__type(name:)`, which has no definition in the schema.
    private static func typeName(
        _ field: FieldSyntax, _ schema: Schema, _ variables: CoercedVariables
    ) throws(GraphQLErrors) -> String? {
        guard let string = schema.typeID(named: "String") else { return nil }
        let definition = InputValueDefinition(name: "name", type: TypeReference(string, wrappers: [.nonNull]))
        return try ArgumentCoercion(schema: schema, variables: variables).coerce(field, [definition]).first?.value.stringValue
    }

    // MARK: What the planner asks

    /// The type of a field that the query root has without a definition (spec section 4.1); nil for other names.
    static func metaFieldType(_ name: String, _ schema: Schema) -> TypeReference? {
        switch name {
        case "__schema": schema.typeID(named: "__Schema").map { TypeReference($0, wrappers: [.nonNull]) }
        case "__type": schema.typeID(named: "__Type").map { TypeReference($0) }
        default: nil
        }
    }
}
