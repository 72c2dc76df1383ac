import GraphQLSchema

/// Topics.swift: functions that publish events by their types.
struct SwiftTopics {
    let types: SwiftTypes
    let table: DispatchTable
    let templates: TemplateLibrary

    func file() throws(CodegenError) -> String {
        let root = types.schema.subscriptionType.map { types.schema[$0] }
        let fields = table.fields.compactMap { entry in root?.field(named: entry.name).map { values(of: $0, entry) } }
        return try templates.render("swift_topics", ["fields": .list(fields)])
    }

    private func values(of field: FieldDefinition, _ entry: SubscriptionField) -> TemplateValues {
        let event = "_ event: \(types.full(field.type))"
        let paths = entry.arguments.map { argument in
            argument.publishPath.flatMap { expression($0, in: field.type) }
        }
        let given = zip(entry.arguments, paths).compactMap { argument, path in path == nil ? parameter(argument, of: field, entry) : nil }
        let tenant = entry.tenantBrace(in: types.schema, payload: field.type)
        let tenantPath = tenant?.path.flatMap { expression($0, in: field.type) }
        let tenantName = SwiftNames.topicParameter("tenant")
        let tenantParameter = tenant.map { ["\(tenantName): \(types.full($0.type))"] } ?? []
        let all = entry.arguments.compactMap { parameter($0, of: field, entry) } + tenantParameter
        func segments(tenant: String, _ value: (SubscriptionArgument) -> String) -> TemplateValues.Value {
            .list(
                entry.topic.segments.map { segment in
                    switch segment {
                    case .literal(let text): return ["append": .text("topic.append(\(SwiftText.literal(text)))")]
                    case .tenant: return ["append": .text("try topic.append(argument: \"tenant\", \(tenant))")]
                    case .argument(let name):
                        let argument = entry.arguments.first { $0.name == name }
                        let value = argument.map(value) ?? "nil"
                        return ["append": .text("try topic.append(argument: \(SwiftText.literal(name)), \(value))")]
                    }
                })
        }
        let byPath = Dictionary(zip(entry.arguments.map(\.name), paths), uniquingKeysWith: { first, _ in first })
        let publisher = SwiftNames.publisher(ofField: field.name)
        let completer = SwiftNames.completer(ofField: field.name)
        let lead = "    public func () throws(PublishError) -> Cursor {".utf8.count
        return [
            "publisherDocs": SwiftText.documentation(
                "Publishes an event of `\(field.name)` to its topic, `\(entry.topic)`."
                    + (field.description.map { "\n\n" + $0 } ?? ""),
                deprecated: field.deprecationReason, indentation: "    "),
            "completerDocs": SwiftText.documentation(
                "Completes a topic of `\(field.name)`, `\(entry.topic)`: its subscriptions get `complete`.",
                indentation: "    "),
            "publisher": .text(publisher),
            "completer": .text(completer),
            "publishParameters": .text(
                SwiftText.parameters(
                    [event] + given + (tenantPath == nil ? tenantParameter : []) + ["attributes: [UInt8]? = nil"], lead: lead + publisher.utf8.count, indentation: "    ")),
            "completeParameters": .text(SwiftText.parameters(all, lead: lead + completer.utf8.count, indentation: "    ")),
            "publishSegments": segments(tenant: tenantPath ?? tenantName) { (byPath[$0.name] ?? nil) ?? SwiftNames.topicParameter($0.name) },
            "completeSegments": segments(tenant: tenantName) { SwiftNames.topicParameter($0.name) },
        ]
    }

    /// The parameter for an argument in a brace of the topic; nil for other arguments.
    private func parameter(_ argument: SubscriptionArgument, of field: FieldDefinition, _ entry: SubscriptionField) -> String? {
        guard entry.topic.arguments.contains(argument.name), let definition = field.argument(named: argument.name) else { return nil }
        return "\(SwiftNames.topicParameter(argument.name)): \(types.full(definition.type))"
    }

    /// The value at a path into an event; nil where the path leads through an interface, whose objects have the field each in their
    /// own type. Then the publisher gives the value.
    private func expression(_ path: [String], in payload: TypeReference) -> String? {
        var expression = "event"
        var type = types.schema[payload.named]
        for (position, name) in path.enumerated() {
            guard type.kind == .object, let field = type.field(named: name) else { return nil }
            expression += "." + SwiftNames.member(name)
            type = types.schema[field.type.named]
            // An event need not hold its objects.
            if position < path.count - 1 { expression += "?" }
        }
        return expression
    }
}
