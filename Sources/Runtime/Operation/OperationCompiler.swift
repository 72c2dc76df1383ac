import GraphQLSchema
import SDLParser

/// Parses, validates, coerces and plans the operations of clients. Safe to use from any thread.
///
/// What depends on a document alone is made once and kept, within bounds.
public final class OperationCompiler: Sendable {
    /// A subscription without its arguments.
    private final class Plan: Sendable {
        /// Keeps the identity alive by which the cache knows the plan.
        let document: OperationDocument
        let field: FieldSyntax
        let projection: Projection

        init(document: OperationDocument, field: FieldSyntax, projection: Projection) {
            self.document = document
            self.field = field
            self.projection = projection
        }
    }

    private struct PlanKey: Hashable {
        let document: ObjectIdentifier
        let operation: Int
        /// The values of the variables that decide what is selected.
        let conditions: [Bool?]
        /// The values of the variables that functions of payload fields are called with.
        let arguments: [ConstantValue?]
    }

    private let schema: Schema
    private let introspection: Introspection
    private let table: DispatchTable
    /// The places of payload fields in `DispatchTable.suppliedFields`, by coordinate.
    private let suppliers: [String: Int]
    private let limits: OperationLimits
    private let documents: PlanCache<String, OperationDocument>
    private let plans: PlanCache<PlanKey, Plan>

    public init(schema: Schema, table: DispatchTable, limits: OperationLimits = OperationLimits()) {
        let schema = QueryRoot.add(to: schema)
        self.schema = schema
        introspection = Introspection(schema)
        self.table = table
        suppliers = Dictionary(table.suppliedFields.enumerated().map { ($1.coordinate, $0) }, uniquingKeysWith: { first, _ in first })
        self.limits = limits
        documents = PlanCache(budget: limits.cachedBytes)
        plans = PlanCache(budget: limits.cachedFields)
    }

    /// Compiles one operation of a document. `variables` is a JSON object, null or absent.
    ///
    /// Throws what a client must be told: mistakes of syntax, of validation or in the variables, an operation that this server does
    /// not answer, an argument that cannot choose events. `hasExecution` says whether somebody executes queries and mutations.
    public func compile(
        query: String, operationName: String?, variables: JSONValue?, hasExecution: Bool = false
    ) throws(GraphQLErrors) -> CompiledOperation {
        let known = documents.value(for: query)
        let parsed = if let known { known } else { try parse(query) }
        // Before it is validated: its schema is another.
        if hasExecution, let type = try executed(parsed, operationName) { return .execution(type) }
        let document = if let known { known } else { try validate(parsed, query) }
        let position = try document.operation(named: operationName)
        let operation = document.operations[position]
        let coerced = try VariableCoercion(schema: schema).coerce(operation.variableDefinitions, variables)
        switch operation.operation {
        case .query:
            return .response(try introspection.response(to: operation, of: document, coerced, limits))
        case .mutation:
            throw GraphQLErrors(
                GraphQLError("This server answers subscriptions only: it has no \"execute\" hook for mutations.", at: operation.node))
        case .subscription:
            return .subscription(try request(try plan(document, position, coerced), coerced))
        }
    }

    // MARK: Documents

    private func parse(_ query: String) throws(GraphQLErrors) -> OperationDocument {
        let size = query.utf8.count
        guard size <= limits.bytes else {
            throw GraphQLErrors(GraphQLError("The document has \(size) bytes, more than the limit of \(limits.bytes)."))
        }
        let result = Parser.parse(
            Source(name: "operation", text: query), limits: Parser.Limits(tokens: limits.tokens, depth: limits.depth))
        if let errors = GraphQLErrors(result.diagnostics.map { GraphQLError($0) }) { throw errors }
        return OperationDocument(result.tree, root: schema.subscriptionType.map { schema[$0].name })
    }

    /// The document, kept from now on.
    private func validate(_ document: OperationDocument, _ query: String) throws(GraphQLErrors) -> OperationDocument {
        if let errors = GraphQLErrors(OperationValidator.validate(document.tree, against: schema).map { GraphQLError($0) }) { throw errors }
        return documents.keep(document, cost: query.utf8.count + 256, for: query)
    }

    /// The type of an operation that others execute; nil where it is a subscription, or a query about the schema alone.
    private func executed(_ document: OperationDocument, _ operationName: String?) throws(GraphQLErrors) -> OperationType? {
        let operation = document.operations[try document.operation(named: operationName)]
        let extent = OperationExtent(document)
        switch operation.operation {
        case .subscription: return nil
        case .query: if extent.isIntrospection(operation) { return nil }
        case .mutation: break
        }
        try extent.check(operation, limits)
        return operation.operation
    }

    // MARK: Subscriptions

    private func plan(_ document: OperationDocument, _ position: Int, _ variables: CoercedVariables) throws(GraphQLErrors) -> Plan {
        let key = PlanKey(
            document: ObjectIdentifier(document), operation: position,
            conditions: document.conditionVariables.map { name in
                if case .boolean(let value)? = variables.values[name] { value } else { nil }
            }, arguments: document.payloadVariables.map { variables.values[$0] })
        if let known = plans.value(for: key) { return known }
        let operation = document.operations[position]
        guard let root = schema.subscriptionType, let selectionSet = operation.selectionSet else {
            throw GraphQLErrors(GraphQLError("Schema is not configured to execute subscription operation.", at: operation.node))
        }
        let collection = FieldCollection(schema: schema, fragments: document.fragments, variables: variables, limits: limits)
        let groups = try collection.groups(in: [selectionSet], on: root)
        // Validation has seen to it, with the fragments opened and without conditions.
        guard let group = groups.first, groups.count == 1 else {
            throw GraphQLErrors(GraphQLError("A subscription must select exactly one top level field.", at: operation.node))
        }
        let name = group.first.name
        guard let fieldIndex = table.fields.firstIndex(where: { $0.name == name }) else {
            throw GraphQLErrors(GraphQLError("The subscription field \"\(name)\" has no source of events.", at: group.first.node))
        }
        var planner = ProjectionPlanner(collection: collection, source: document.source, suppliers: suppliers)
        try planner.planSubscription(group, on: root)
        let plan = Plan(document: document, field: group.first, projection: Projection(planner.plan, of: fieldIndex))
        return plans.keep(plan, cost: planner.plan.fields.count + planner.plan.possibleTypes.count, for: key)
    }

    private func request(_ plan: Plan, _ variables: CoercedVariables) throws(GraphQLErrors) -> SubscriptionRequest {
        let name = plan.field.name
        guard let root = schema.subscriptionType, let definition = schema[root].publicField(named: name),
            let fieldIndex = plan.projection.fieldIndex
        else {
            throw GraphQLErrors(GraphQLError("The subscription field \"\(name)\" has no source of events.", at: plan.field.node))
        }
        let arguments = try ArgumentCoercion(schema: schema, variables: variables).coerce(plan.field, definition.arguments)
        let selection = try EventSelection(table.fields[fieldIndex], arguments, at: plan.field)
        return SubscriptionRequest(
            fieldIndex: fieldIndex, field: name, topic: selection.topic, arguments: JSONWriter.object(of: arguments, schema),
            conditions: selection.conditions, projection: plan.projection)
    }
}

extension GraphQLError {
    /// A mistake in the operation, with the other places that it speaks of.
    init(_ diagnostic: Diagnostic) {
        let notes = diagnostic.notes.filter { $0.source === diagnostic.source }
        self.init(
            diagnostic.message,
            locations: ([diagnostic.span] + notes.map(\.span)).map { diagnostic.source.location(at: $0.start) })
    }
}
