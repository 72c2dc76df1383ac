import GraphQLSchema
import SDLParser

/// Makes the projections of subscriptions. Those that select the same share a plan, whatever the literals and variables in their
/// arguments, and those that also have the same places and ask functions the same are one. For subscribers who may not see all of what
/// they select there is a variant of the plan, one for all that may see the same.
final class ProjectionCache: Sendable {
    struct PlanKey: Hashable, Sendable {
        /// `OperationDocument.id`
        let document: UInt64
        /// The node of the operation.
        let operation: Int
        /// The values of the variables that decide what is selected.
        let conditions: [Bool?]
        /// What is not met of the `requirements` of the plan that masks nothing, by their places.
        var masked: [Int] = []

        fileprivate var size: Int { conditions.count + masked.count * 8 + 200 }
    }

    /// The plan of an operation that masks nothing.
    struct Planned {
        fileprivate let key: PlanKey
        let plan: ProjectionPlan
    }

    private struct Key: Hashable, Sendable {
        let plan: PlanKey
        /// The values of the variables and literals that functions of payload fields are called with.
        let arguments: [ConstantValue?]
        /// What the places of errors depend on.
        let extents: [LiteralExtent]
        /// What the guards of the plan that masks nothing demand.
        let guards: [EventRights]

        /// About how many bytes it takes in memory.
        var size: Int { plan.size + guards.count * 300 + extents.count * 8 + arguments.reduce(0) { $0 + 16 + ($1?.size ?? 0) } }
    }

    private let schema: Schema
    private let limits: OperationLimits
    /// The places of subscription fields in `DispatchTable.fields`, by name.
    private let fields: [String: Int]
    /// The keys of their overflow policies, by those places.
    private let overflowKeys: [[String]]
    /// The places of payload fields in `DispatchTable.suppliedFields`, by coordinate.
    private let suppliers: [String: Int]
    private let access: AccessRules
    private let events: EventRules
    private let plans: PlanCache<PlanKey, ProjectionPlan>
    private let projections: PlanCache<Key, Projection>

    /// `budget` is how many bytes the plans and projections may take that are kept.
    init(schema: Schema, table: DispatchTable, events: EventRules, limits: OperationLimits, budget: Int) {
        self.schema = schema
        self.limits = limits
        fields = Dictionary(table.fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        overflowKeys = table.fields.map(\.overflow.key)
        suppliers = Dictionary(table.suppliedFields.enumerated().map { ($1.coordinate, $0) }, uniquingKeysWith: { first, _ in first })
        access = AccessRules(table.security, of: schema)
        self.events = events
        plans = PlanCache(budget: budget / 2)
        projections = PlanCache(budget: budget / 2)
    }

    /// About how many bytes the plans and projections take that are kept.
    var size: Int { plans.cost + projections.cost }

    /// The plan for who may see everything, which says what that takes.
    func plan(of draft: SubscriptionDraft) throws(GraphQLErrors) -> Planned {
        let document = draft.text.document
        let conditions = document.conditionVariables.map { name -> Bool? in
            if case .boolean(let value)? = draft.variables.values[name] { value } else { nil }
        }
        let key = PlanKey(document: document.id, operation: draft.operation, conditions: conditions)
        return Planned(key: key, plan: try plan(draft, key, masked: []))
    }

    /// The projection for who does not meet the `masked` of the plan's requirements, by their places, and has these claims.
    func projection(of draft: SubscriptionDraft, _ planned: Planned, masked: [Int], _ claims: Claims?) throws(GraphQLErrors) -> Projection {
        let (text, variables) = (draft.text, draft.variables)
        var key = planned.key
        key.masked = masked
        let literals = text.document.payloadLiterals.map { ConstantValue(ValueSyntax(node: text.tree.node($0))) }
        let arguments = text.document.payloadVariables.map { variables.values[$0] } + literals
        let projectionKey = Key(
            plan: key, arguments: arguments, extents: text.shape.extents,
            guards: planned.plan.guards.map { events.rights(by: $0, claims) })
        if let known = projections.value(for: projectionKey) { return known }
        let requirements = masked.map { planned.plan.requirements[$0] }
        let plan = masked.isEmpty ? planned.plan : try plan(draft, key, masked: Set(requirements))
        let projection = Projection(
            plan, at: text.layout, supplies: plan.suppliedFields.map { supply($0, text, variables) },
            guards: plan.guards.map { EventGate(events.rights(by: $0, claims)) })
        return projections.keep(projection, cost: projection.size + projectionKey.size, for: projectionKey)
    }

    private func plan(_ draft: SubscriptionDraft, _ key: PlanKey, masked: Set<AccessRequirement>) throws(GraphQLErrors) -> ProjectionPlan {
        if let known = plans.value(for: key) { return known }
        let made = try plan(OperationDefinitionSyntax(node: draft.text.tree.node(draft.operation)), draft.text, draft.variables, masked)
        return plans.keep(made, cost: made.size + key.size, for: key)
    }

    private func plan(
        _ operation: OperationDefinitionSyntax, _ text: OperationText, _ variables: CoercedVariables, _ masked: Set<AccessRequirement>
    ) throws(GraphQLErrors) -> ProjectionPlan {
        guard let root = schema.subscriptionType, let selectionSet = operation.selectionSet else {
            throw GraphQLErrors(GraphQLError("Schema is not configured to execute subscription operation.", at: operation.node))
        }
        let collection = FieldCollection(schema: schema, fragments: text.tree.document.fragmentsByName, variables: variables, limits: limits)
        let groups = try collection.groups(in: [selectionSet], on: root)
        // Validation has seen to it, with the fragments opened and without conditions.
        guard let group = groups.first, groups.count == 1 else {
            throw GraphQLErrors(GraphQLError("A subscription must select exactly one top level field.", at: operation.node))
        }
        guard let fieldIndex = fields[group.first.name] else {
            throw GraphQLErrors(GraphQLError("The subscription field \"\(group.first.name)\" has no source of events.", at: group.first.node))
        }
        var planner = ProjectionPlanner(collection: collection, shape: text.shape, access: access, masked: masked, events: events)
        try planner.planSubscription(group, on: root, fieldIndex: fieldIndex)
        var plan = planner.plan
        plan.overflowKey = overflowKeys[fieldIndex]
        return plan
    }

    /// What is to be asked for a field that a function supplies. A mistake in its arguments is an error of the field, wherever it stands
    /// in the response (spec section 6.4.1), and none of the operation.
    private func supply(_ field: PlannedSuppliedField, _ text: OperationText, _ variables: CoercedVariables) -> PlannedSupply {
        let selections = field.nodes.map { text.tree.node($0) }
        guard let supplier = suppliers[field.coordinate], let first = selections.first else {
            let locations = selections.map { $0.source.location(at: $0.span.start) }
            return .failure(GraphQLError(SuppliedValues.nobody(for: field.coordinate), locations: locations))
        }
        do throws(GraphQLErrors) {
            let coerced = try ArgumentCoercion(schema: schema, variables: variables).coerce(FieldSyntax(node: first), field.arguments)
            return .call(SupplyKey(field: supplier, arguments: JSONWriter.object(of: coerced, schema)))
        } catch {
            return .failure(error.errors[0])
        }
    }
}

extension ConstantValue {
    /// About how many bytes it takes in memory, its own place aside.
    fileprivate var size: Int {
        switch self {
        case .null, .boolean: 0
        case .int(let text), .float(let text), .string(let text), .enumeration(let text): 72 + text.utf8.count
        case .list(let items): items.reduce(64) { $0 + 16 + $1.size }
        case .object(let fields): fields.reduce(64) { $0 + 48 + $1.name.utf8.count + $1.value.size }
        }
    }
}
