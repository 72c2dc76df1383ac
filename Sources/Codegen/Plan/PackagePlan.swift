import GraphQLSchema

/// What a package holds, before any language has a say: which types, which subscription fields, which topics.
struct PackagePlan {
    let schema: Schema
    /// In the order of the schema, as all lists of types here. The built-in scalars are not among them.
    let scalars: [TypeID]
    let enums: [TypeID]
    let inputs: [TypeID]
    let objects: [TypeID]
    /// Interfaces and unions: a value is one of their possible types.
    let abstracts: [TypeID]
    /// The possible types of those interfaces and unions. An event says by `__typename` which one it is.
    let members: Set<TypeID>
    /// The fields of the subscription root, in the order of definition.
    let fields: [PlannedField]
    /// In the order of the first field that each feeds.
    let topics: [PlannedTopic]
    /// The payload fields that functions supply, in the order of the schema.
    let suppliedFields: [PlannedSuppliedField]

    /// The plan for what `Subscription` leads to, or with `hasAllTypes` for every type but those root operation types to which no other leads.
    init(schema: Schema, table: DispatchTable, hasAllTypes: Bool) {
        var planned: Set<TypeID> = []
        if let root = schema.subscriptionType {
            let reached = schema.reachableTypes(from: root)
            planned.formUnion(reached.outputs + reached.inputs)
        }
        if hasAllTypes {
            let roots = [schema.queryType, schema.mutationType, schema.subscriptionType].compactMap { $0 }
            planned.formUnion(schema.types.indices.map { TypeID(index: $0) }.filter { !roots.contains($0) })
            // A root that implements an interface, or is the type of a payload's field, is a payload too; what it leads to may be another.
            var found: [TypeID]
            repeat {
                let led = Set(planned.flatMap { schema[$0].fields.map(\.type.named) + schema[$0].possibleTypes })
                found = roots.filter { led.contains($0) && !planned.contains($0) }
                planned.formUnion(found)
            } while !found.isEmpty
        }
        func types(_ kinds: TypeDefinition.Kind...) -> [TypeID] {
            planned.filter { kinds.contains(schema[$0].kind) && !schema[$0].isBuiltIn }.sorted { $0.index < $1.index }
        }
        self.schema = schema
        scalars = types(.scalar)
        enums = types(.enum)
        inputs = types(.inputObject)
        objects = types(.object)
        abstracts = types(.interface, .union)
        members = Set(abstracts.flatMap { schema[$0].possibleTypes })

        let definitions = schema.subscriptionType.map { schema[$0] }
        fields = table.fields.compactMap { entry in
            definitions?.field(named: entry.name).map { PlannedField(definition: $0, entry: entry) }
        }
        topics = PlannedTopic.topics(of: fields, schema)
        suppliedFields = schema.suppliedFields(from: definitions?.fields ?? []).map { parent, field in
            PlannedSuppliedField(type: schema[parent].name, parent: parent, definition: field)
        }
    }
}

extension TypeDefinition {
    /// The fields of an object that events may hold: those that take no arguments.
    var eventFields: [FieldDefinition] { fields.filter(\.arguments.isEmpty) }
}

/// A field of the subscription root: as the schema defines it, and what was derived from that.
struct PlannedField {
    let definition: FieldDefinition
    let entry: SubscriptionField

    var name: String { definition.name }
    /// The names of the arguments of which nobody has said what they do.
    var undecidedArguments: [String] { entry.arguments.filter { $0.role == .undecided }.map(\.name) }
}

/// A payload field that a function supplies.
struct PlannedSuppliedField {
    /// The name of the object type that has it.
    let type: String
    let parent: TypeID
    let definition: FieldDefinition

    var name: String { definition.name }
    /// `Message.excerpt`
    var coordinate: String { "\(type).\(name)" }
}

/// A topic to which events are published by their type.
struct PlannedTopic {
    /// An argument in braces, or the tenant.
    struct Brace {
        let name: String
        let type: TypeReference
        /// Where the event holds the value; nil where the publisher gives it.
        let path: [String]?
    }

    let template: TopicTemplate
    /// The fields that the topic feeds: one at least, all of one payload type.
    let fields: [PlannedField]
    /// In the order of the template.
    let braces: [Brace]

    var payload: TypeReference { fields[0].definition.type }

    static func topics(of fields: [PlannedField], _ schema: Schema) -> [PlannedTopic] {
        let groups = Dictionary(grouping: fields, by: \.entry.topic)
        var told: Set<TopicTemplate> = []
        return fields.map(\.entry.topic).filter { told.insert($0).inserted }.compactMap { template in
            guard let fields = groups[template], let first = fields.first else { return nil }
            let braces = template.segments.compactMap { segment -> Brace? in
                switch segment {
                case .literal: return nil
                case .argument(let name):
                    return first.definition.argument(named: name).map { argument in
                        Brace(name: name, type: argument.type, path: first.entry.arguments.first { $0.name == name }?.publishPath)
                    }
                case .tenant:
                    return first.entry.tenantBrace(in: schema, payload: first.definition.type).map { Brace(name: "tenant", type: $0.type, path: $0.path) }
                }
            }
            return PlannedTopic(template: template, fields: fields, braces: braces)
        }
    }
}
