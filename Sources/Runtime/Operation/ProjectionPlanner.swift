import GraphQLSchema
import SDLParser

/// Makes the plan of an operation's projection: all that is known before the first event.
struct ProjectionPlanner {
    /// A selection of the plan under construction.
    private struct Planned {
        let selection: Int
        /// How large its response is at most.
        var extent: Extent
    }

    /// What a response may grow to, whatever the event.
    private struct Extent {
        /// The fields, if no list had more than one element.
        var fields = 0
    }

    private struct Field {
        let field: PlannedField
        let description: FieldDescription
        let extent: Extent

        init(_ field: PlannedField, _ description: FieldDescription, _ extent: Extent) {
            self.field = field
            self.description = description
            self.extent = extent
        }
    }

    private struct SelectionKey: Hashable {
        let type: TypeID
        /// The selection sets, by their nodes.
        let nodes: [Int]
    }

    private let schema: Schema
    private let collection: FieldCollection
    private let limits: OperationLimits
    private let shape: DocumentShape
    private let access: AccessRules
    private let events: EventRules
    /// What the subscribers do not meet whom the plan is for.
    private let masked: Set<AccessRequirement>
    private(set) var plan: ProjectionPlan
    /// What has been planned already: the same fragments under several parents are planned once.
    private var planned: [SelectionKey: Planned] = [:]
    private var enumTypes: [TypeID: Int] = [:]
    private var leafTypes: [TypeReference: Int] = [:]

    /// `shape` is that of the document which the fields are collected in. What `access` requires is noted in the plan; where that is
    /// among `masked`, the plan has null and an error in the place of what is protected. What `events` demand of objects is put into guards.
    init(
        collection: FieldCollection, shape: DocumentShape, access: AccessRules, masked: Set<AccessRequirement> = [], events: EventRules = EventRules()
    ) {
        schema = collection.schema
        self.collection = collection
        limits = collection.limits
        self.shape = shape
        self.access = access
        self.events = events
        self.masked = masked
        plan = ProjectionPlan(schema: collection.schema, maximumSize: collection.limits.responseBytes)
    }

    /// Plans the root field of a subscription, whose value is the event. `fieldIndex` is its place in `DispatchTable.fields`.
    mutating func planSubscription(_ group: FieldCollection.Group, on root: TypeID, fieldIndex: Int) throws(GraphQLErrors) {
        plan.fieldIndex = fieldIndex
        plan.rootNode = group.first.node.id
        plan.root = append([try plan(group, on: root, isFirst: true, depth: 1, from: .event)])
    }

    /// Plans a query, whose fields are `__schema`, `__type` and `__typename`, with the places where the first two begin.
    mutating func planQuery(
        _ groups: [(group: FieldCollection.Group, origin: PlannedField.Origin)], on root: TypeID
    ) throws(GraphQLErrors) {
        var fields: [Field] = []
        for (group, origin) in groups { fields.append(try plan(group, on: root, isFirst: fields.isEmpty, depth: 1, from: origin)) }
        plan.root = append(fields)
    }

    // MARK: Selections

    private mutating func planSelection(_ selections: [FieldSyntax], on type: TypeID, depth: Int) throws(GraphQLErrors) -> Planned {
        let sets = selections.compactMap(\.selectionSet)
        let key = SelectionKey(type: type, nodes: sets.map(\.node.id))
        if let known = planned[key] { return known }

        var fields: [Field] = []
        var extent = Extent()
        for group in try collection.groups(in: sets, on: type) {
            let field = try plan(group, on: type, isFirst: fields.isEmpty, depth: depth)
            fields.append(field)
            extent.fields += field.extent.fields
            // A short document can ask for a huge response, and for a huge plan where a type is one of many.
            if extent.fields > limits.fields || plan.fields.count + plan.possibleTypes.count > 8 * limits.fields {
                throw GraphQLErrors(
                    GraphQLError("The operation selects more fields than the limit of \(limits.fields).", at: group.first.node))
            }
        }
        let result = Planned(selection: plan.selections.count, extent: extent)
        plan.selections.append(append(fields))
        planned[key] = result
        return result
    }

    /// Puts the fields of one selection beside each other.
    private mutating func append(_ fields: [Field]) -> PlannedSelection {
        let start = plan.fields.count
        for field in fields {
            plan.fields.append(field.field)
            plan.descriptions.append(field.description)
        }
        return PlannedSelection(fields: start..<plan.fields.count)
    }

    // MARK: Fields

    /// Plans one field. `rootOrigin` says where the value of a field of the root type comes from.
    private mutating func plan(
        _ group: FieldCollection.Group, on parent: TypeID, isFirst: Bool, depth: Int,
        from rootOrigin: PlannedField.Origin? = nil
    ) throws(GraphQLErrors) -> Field {
        if depth > limits.depth { throw .tooDeep(limits, at: group.first.node) }
        let name = group.first.name
        let parentName = schema[parent].name
        var prefix = isFirst ? [UInt8(ascii: "{")] : [UInt8(ascii: ",")]
        JSONText.appendQuoted(group.responseKey.utf8, to: &prefix)
        prefix.append(UInt8(ascii: ":"))
        let description = FieldDescription(
            parentType: parentName, name: name, responseKey: group.responseKey,
            offsets: group.selections.map { shape.offset(of: $0.span.start) })

        if name == "__typename" {
            JSONText.appendQuoted(parentName.utf8, to: &prefix)
            let type = planType(isNonNull: true, shape: .string)
            return Field(PlannedField(prefix: plan.add(text: prefix), origin: .prefix, type: type), description, Extent(fields: 1))
        }
        let metaFieldType = rootOrigin == nil ? nil : Introspection.metaFieldType(name, schema)
        guard let type = metaFieldType ?? schema[parent].publicField(named: name)?.type else {
            throw GraphQLErrors(GraphQLError("Cannot query field \"\(name)\" on type \"\(parentName)\".", at: group.first.node))
        }
        // Who may not see the root field does not get here.
        if rootOrigin == nil, isMasked(description, access.requirements(ofField: name, on: parent, returning: type.named)) {
            let planned = planType(isNonNull: type.isNonNull, shape: .custom)
            return Field(PlannedField(prefix: plan.add(text: prefix), origin: .masked, type: planned), description, Extent(fields: 1))
        }
        let origin =
            if let rootOrigin { rootOrigin } else { try origin(of: group, on: parent) }
        var (planned, extent) = try plan(type, group.selections, of: description, on: rootOrigin == nil ? parent : nil, depth: depth)
        extent.fields += 1
        return Field(PlannedField(prefix: plan.add(text: prefix), origin: origin, type: planned), description, extent)
    }

    /// Notes what must be met to see values of a field. Whether it is not.
    private mutating func isMasked(_ field: FieldDescription, _ requirements: [AccessRequirement]) -> Bool {
        for requirement in requirements where !plan.requirements.contains(requirement) { plan.requirements.append(requirement) }
        guard let unmet = requirements.first(where: masked.contains) else { return false }
        plan.masks.append(PlannedMask(coordinate: field.coordinate, rule: unmet.rule, offsets: field.offsets))
        return true
    }

    private mutating func origin(of group: FieldCollection.Group, on parent: TypeID) throws(GraphQLErrors) -> PlannedField.Origin {
        let field = group.first
        let definition = schema[parent]
        let selected = definition.publicField(named: field.name)
        if selected?.isSupplied != true { return .member(plan.add(name: field.name)) }
        let arguments = selected?.arguments ?? []
        guard definition.isBuiltIn else {
            plan.suppliedFields.append(
                PlannedSuppliedField(
                    coordinate: "\(definition.name).\(field.name)", nodes: group.selections.map(\.node.id), arguments: arguments))
            return .supplied(plan.suppliedFields.count - 1)
        }
        let coerced = try ArgumentCoercion(schema: schema, variables: collection.variables).coerce(field, arguments)
        let includeDeprecated = coerced.contains { $0.value == .boolean(true) }
        return .member(plan.add(name: IntrospectionDocument.member(field.name, includeDeprecated: includeDeprecated)))
    }

    // MARK: Types

    /// Plans the type of a field with what is selected of its objects, and says how many fields that is at most. `parent` is nil for a root
    /// field: who does not see an event as a whole does not get it.
    private mutating func plan(
        _ reference: TypeReference, _ selections: [FieldSyntax], of field: FieldDescription, on parent: TypeID?, depth: Int
    ) throws(GraphQLErrors) -> (type: Int, extent: Extent) {
        if let known = leafTypes[reference] { return (known, Extent()) }
        let definition = schema[reference.named]
        var shape: PlannedType.Shape
        var extent = Extent()
        switch definition.kind {
        case .object:
            let selection = try planSelection(selections, on: reference.named, depth: depth + 1)
            shape = .object(reference.named, selection.selection, guarded: planGuard(field, on: parent, showing: reference.named))
            extent = selection.extent
        case .interface, .union:
            var possible: [PlannedPossibleType] = []
            for id in schema.possibleTypes(of: reference.named) where !schema[id].isInternal {
                let name = plan.add(name: schema[id].name)
                if isMasked(field, access.requirements(of: id)) {
                    possible.append(PlannedPossibleType(name: name, selection: nil))
                    continue
                }
                let selection = try planSelection(selections, on: id, depth: depth + 1)
                possible.append(
                    PlannedPossibleType(name: name, selection: selection.selection, guarded: planGuard(field, on: parent, showing: id)))
                extent.fields = max(extent.fields, selection.extent.fields)
            }
            let start = plan.possibleTypes.count
            plan.possibleTypes += possible
            plan.abstractTypes.append(PlannedAbstractType(id: reference.named, possibleTypes: start..<plan.possibleTypes.count))
            shape = .abstract(plan.abstractTypes.count - 1)
        case .enum: shape = .enumeration(planEnum(reference.named))
        case .scalar: shape = Self.scalar(definition)
        // No field has such a type.
        case .inputObject: shape = .custom
        }
        var isNonNull = false
        for wrapper in reference.wrappers {
            switch wrapper {
            case .nonNull: isNonNull = true
            case .list:
                shape = .list(planType(isNonNull: isNonNull, shape: shape))
                isNonNull = false
            }
        }
        let type = planType(isNonNull: isNonNull, shape: shape)
        if definition.isLeaf { leafTypes[reference] = type }
        return (type, extent)
    }

    private mutating func planType(isNonNull: Bool, shape: PlannedType.Shape) -> Int {
        plan.types.append(PlannedType(isNonNull: isNonNull, shape: shape))
        return plan.types.count - 1
    }

    private mutating func planGuard(_ field: FieldDescription, on parent: TypeID?, showing type: TypeID) -> Int? {
        let rules = parent.map { events.rules(ofField: field.name, on: $0, showing: type) } ?? []
        if rules.isEmpty { return nil }
        if let known = plan.guards.firstIndex(of: rules) { return known }
        plan.guards.append(rules)
        return plan.guards.count - 1
    }

    private mutating func planEnum(_ id: TypeID) -> Int {
        if let known = enumTypes[id] { return known }
        let start = plan.enumValues.count
        for value in schema[id].values { plan.enumValues.append(plan.add(name: value.name)) }
        plan.enumTypes.append(PlannedEnumType(id: id, values: start..<plan.enumValues.count))
        enumTypes[id] = plan.enumTypes.count - 1
        return plan.enumTypes.count - 1
    }

    private static func scalar(_ definition: TypeDefinition) -> PlannedType.Shape {
        guard definition.isBuiltIn else { return .custom }
        return switch definition.name {
        case "Int": .int
        case "Float": .float
        case "String": .string
        case "Boolean": .boolean
        case "ID": .id
        default: .custom
        }
    }
}
