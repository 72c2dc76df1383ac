import GraphQLSchema
import SDLParser

/// Parses, validates, coerces and plans the operations of clients. Safe to use from any thread.
///
/// What operations have in common that differ in literals and variables alone is made once and kept, within bounds.
public final class OperationCompiler: Sendable {
    private let schema: Schema
    private let introspection: Introspection
    private let table: DispatchTable
    private let limits: OperationLimits
    private let persisted: PersistedOperations?
    private let documents: DocumentCache
    private let projections: ProjectionCache
    private let ownArguments: OwnArguments
    private let eventRules: EventRules

    public init(
        schema: Schema, table: DispatchTable, limits: OperationLimits = OperationLimits(), persisted: PersistedOperations? = nil
    ) {
        self.persisted = persisted
        let schema = QueryRoot.add(to: schema)
        self.schema = schema
        introspection = Introspection(schema)
        self.table = table
        self.limits = limits
        ownArguments = OwnArguments(table.security.ownInputFields, of: schema)
        eventRules = EventRules(table, of: schema, singleTenant: limits.singleTenant)
        documents = DocumentCache(
            schema: schema, limits: limits, weights: CostWeights(table.security.costs, of: schema), budget: limits.cachedBytes / 2)
        projections = ProjectionCache(schema: schema, table: table, events: eventRules, limits: limits, budget: limits.cachedBytes / 2)
    }

    /// About how many bytes are taken by what is kept.
    var cachedBytes: Int { documents.size + projections.size }

    /// Compiles one operation of a document for who sent it. `variables` is a JSON object, null or absent.
    ///
    /// Throws what a client must be told: mistakes of syntax, of validation or in the variables, an operation that this server does
    /// not answer, an argument that cannot choose events. `hasExecution` says whether somebody executes queries and mutations. `query` is empty
    /// where the client sent the digest of a persisted operation alone; `digest` is nil where it sent none.
    public func compile(
        query: String, digest: String? = nil, operationName: String?, variables: JSONValue?, subscriber: Subscriber = Subscriber(), hasExecution: Bool = false
    ) throws(GraphQLErrors) -> CompiledOperation {
        let query = try document(query, digest: digest)
        guard let denial = limits.introspection.denial(of: subscriber) else {
            return try compile(try documents.parse(query), operationName, variables, subscriber, hasExecution)
        }
        let parsed = try documents.parse(query)
        if let question = parsed.tree.schemaQuestion {
            let location = question.source.location(at: question.span.start)
            throw GraphQLErrors(GraphQLError("You may not ask about the schema.", locations: [location], extensions: denial.extensions))
        }
        do throws(GraphQLErrors) {
            return try compile(parsed, operationName, variables, subscriber, hasExecution)
        } catch {
            throw error.withoutSuggestions
        }
    }

    private func compile(
        _ parsed: DocumentCache.Parsed, _ operationName: String?, _ variables: JSONValue?, _ subscriber: Subscriber, _ hasExecution: Bool
    ) throws(GraphQLErrors) -> CompiledOperation {
        // Before it is validated: its schema is another.
        if hasExecution, let type = try executed(parsed.tree, operationName) { return .execution(type) }
        let text = try documents.validate(parsed)
        let operation = OperationDefinitionSyntax(node: text.tree.node(try text.document.operations.node(named: operationName)))
        try documents.check(operation, of: text)
        let coerced = try VariableCoercion(schema: schema).coerce(operation.variableDefinitions, variables)
        switch operation.operation {
        case .query:
            return .response(try introspection.response(to: operation, of: text, coerced, limits))
        case .mutation:
            throw GraphQLErrors(
                GraphQLError("This server answers subscriptions only: it has no \"execute\" hook for mutations.", at: operation.node))
        case .subscription:
            return .subscription(try decide(SubscriptionDraft(text, operation: operation.node.id, coerced), for: subscriber))
        }
    }

    /// The document that a client means. Throws where there is none, or it may not be sent.
    func document(_ query: String, digest: String?) throws(GraphQLErrors) -> String {
        try documents.checkSize(of: query)
        return try PersistedOperations.document(query, digest: digest, in: persisted)
    }

    /// Which type of operation is meant, by the document alone; nil where it has no such operation, or may not be sent.
    func operationType(query: String, digest: String?, operationName: String?) -> OperationType? {
        guard let query = try? document(query, digest: digest), let parsed = try? documents.parse(query),
            let operation = try? OperationNames(parsed.tree).node(named: operationName)
        else { return nil }
        return OperationDefinitionSyntax(node: parsed.tree.node(operation)).operation
    }

    /// The type of an operation that others execute; nil where it is a subscription, or a query about the schema alone.
    private func executed(_ tree: SyntaxTree, _ operationName: String?) throws(GraphQLErrors) -> OperationType? {
        let operation = OperationDefinitionSyntax(node: tree.node(try OperationNames(tree).node(named: operationName)))
        if operation.operation == .subscription { return nil }
        let extent = OperationExtent(tree)
        if operation.operation == .query, extent.isIntrospection(operation) { return nil }
        try extent.check(operation, limits)
        return operation.operation
    }

    // MARK: Subscriptions

    /// Decides what a subscriber may have of a subscription, in the order of design section 7: the root field and the arguments, whose they
    /// are, what is selected of events.
    public func decide(_ draft: SubscriptionDraft, for subscriber: Subscriber) throws(GraphQLErrors) -> SubscriptionDecision {
        let planned = try projections.plan(of: draft)
        let field = FieldSyntax(node: draft.text.tree.node(planned.plan.rootNode))
        let name = field.name
        guard let root = schema.subscriptionType, let definition = schema[root].publicField(named: name),
            let fieldIndex = planned.plan.fieldIndex
        else {
            throw GraphQLErrors(GraphQLError("The subscription field \"\(name)\" has no source of events.", at: field.node))
        }
        let rules = table.fields[fieldIndex]
        func denied(by rule: DenialRule) -> SubscriptionDecision { .denied(planned.plan.denial(by: rule, at: draft.text.layout)) }
        let given = try ArgumentCoercion(schema: schema, variables: draft.variables).coerce(field, definition.arguments)

        var access = AccessCheck(subscriber)
        let rights = ArgumentRights(schema: schema, filters: table.inputFilters).requirements(of: given, rules)
        if let requirement = access.denial(rules.rules.access + rights) { return denied(by: requirement.rule) }
        let events: EventRights
        do throws(EventRights.Unmet) { events = try eventRules.rights(to: fieldIndex, subscriber.claims) } catch {
            return denied(by: error.kind.rule)
        }
        let tenant = rules.topic.namesTenant ? eventRules.tenant(of: rules.rules.events, subscriber.claims) : nil
        if rules.topic.namesTenant, tenant == nil { return denied(by: .tenant) }
        let arguments: [ArgumentCoercion.Argument]
        do throws(OwnArguments.Denied) {
            arguments = try ownArguments.apply(to: given, definition.arguments, rules, subscriber)
        } catch {
            return denied(by: .ownArgument)
        }
        let masked = planned.plan.requirements.indices.filter { access.denies(planned.plan.requirements[$0]) }
        if !access.openPolicies.isEmpty { return .undecided(draft, policies: access.openPolicies.sorted()) }

        let projection = try projections.projection(of: draft, planned, masked: masked, subscriber.claims)
        if limits.rejectsUnauthorized, let mask = projection.plan.masks.first {
            return .denied(projection.plan.denial(by: mask, at: projection.layout))
        }
        let selection = try EventSelection(rules, arguments, InputConditions(schema: schema, filters: table.inputFilters), tenant: tenant, at: field)
        return .allowed(
            SubscriptionRequest(
                fieldIndex: fieldIndex, field: name, topic: selection.topic, arguments: JSONWriter.object(of: arguments, schema),
                conditions: selection.conditions, rights: events, projection: projection, draft: draft))
    }
}
