import GraphQLSchema

/// topics.py: a publisher for each topic, under the name of each field that the topic feeds.
extension PythonPackage {
    func topicsFile() throws(CodegenError) -> String {
        var publishers = PythonPublishers(types: types(qualifier: "types."), names: names, scalars: scalars)
        let classes = plan.topics.compactMap { publishers.publisher($0) }
        return try templates.render(
            "py_topics",
            [
                "imports": .list(publishers.imports.map { ["statement": .text($0)] }),
                "topics": .list(classes),
                "variables": .list(plan.topics.flatMap(variables).map { ["statement": .text($0)] }),
            ])
    }

    private func variables(_ topic: PlannedTopic) -> [String] {
        let fields = topic.fields.compactMap { names.fields[$0.name] }
        guard let first = fields.first else { return [] }
        return [PythonLayout.skippingIfTooLong("\(first.variable): Final = \(first.topicClass)()")]
            + fields.dropFirst().map { PythonLayout.skippingIfTooLong("\($0.variable): Final = \(first.variable)") }
    }
}

/// Makes the classes of topics.py and remembers what they must import.
private struct PythonPublishers {
    let types: PythonTypes
    let names: PythonNames
    let scalars: PythonScalars
    private var used: Set<String> = ["EventPublisher", "encode_value", "topic_name"]
    private var usesTypes = false
    private var callsTypes = false

    init(types: PythonTypes, names: PythonNames, scalars: PythonScalars) {
        self.types = types
        self.names = names
        self.scalars = scalars
    }

    mutating func publisher(_ topic: PlannedTopic) -> TemplateValues? {
        guard let first = topic.fields.first.flatMap({ names.fields[$0.name] }) else { return nil }
        let braces = zip(topic.braces, PythonNames.parameters(topic.braces.map(\.name))).map { brace, parameter in
            (parameter: parameter, annotation: "\(parameter): " + annotation(brace.type), source: source(brace, topic))
        }
        let given = braces.filter { $0.source == nil }.map(\.annotation)
        let all = braces.map(\.annotation)
        let arguments = zip(topic.braces, braces).map { argument($0.type, $1.parameter) }
        if !braces.isEmpty { used.insert("Arg") }

        let published =
            ["self", "manager: EventPublisher", "event: " + annotation(topic.payload)] + keywordOnly(given + ["attributes: Mapping[str, str] | None = None"])
        let completed = ["self", "manager: EventPublisher"] + (all.isEmpty ? [] : keywordOnly(all))
        return [
            "class": .text(first.topicClass),
            "docstring": .text(documentation(of: topic)),
            "nameHeader": .text(PythonLayout.call("def name(", ["self"] + all, ") -> str:", indent: 4)),
            "nameBody": .text(PythonLayout.call("return topic_name(", segments(topic, arguments), ")", indent: 8)),
            "publishHeader": .text(deprecation(of: topic) + PythonLayout.call("async def publish(", published, ") -> str:", indent: 4)),
            "publishName": .text(
                PythonLayout.call("topic = self.name(", braces.map { $0.source ?? $0.parameter }, ")", indent: 8)),
            "publishBody": .text(
                PythonLayout.call(
                    "return await manager.publish_event(", ["topic", "encode_value(\(typed(topic.payload, "event")))", "attributes"], ")",
                    indent: 8)),
            "completeHeader": .text(PythonLayout.call("async def complete(", completed, ") -> None:", indent: 4)),
            "completeBody": .text(
                PythonLayout.call("await manager.complete_topic(", ["self.name(\(braces.map(\.parameter).joined(separator: ", ")))"], ")", indent: 8)),
        ]
    }

    /// A decorator (PEP 702) where every field that the topic feeds is deprecated.
    private mutating func deprecation(of topic: PlannedTopic) -> String {
        let reasons = topic.fields.compactMap(\.definition.deprecationReason)
        guard reasons.count == topic.fields.count else { return "" }
        used.insert("deprecated")
        var told: Set<String> = []
        let text = PythonString.literal(reasons.filter { told.insert($0).inserted }.joined(separator: " "))
        // Who serves clients that still subscribe goes on publishing: it is said by checkers and editors, and not while it runs.
        return PythonLayout.broken("@deprecated(", [text, "category=None"], ")", indent: 4) + "\n"
    }

    /// One line where it holds all, else a line for the topic and a paragraph for what it feeds.
    private func documentation(of topic: PlannedTopic) -> String {
        let fed = topic.fields.map { "``Subscription.\($0.name)``" }.joined(separator: ", ")
        let line = PythonDocstring.statement("The topic ``\(topic.template)``, which feeds \(fed).", indent: 4)
        if let line, !line.utf8.contains(UInt8(ascii: "\n")) { return line }
        return PythonDocstring.statement("The topic ``\(topic.template)``.\n\nIt feeds \(fed).", indent: 4) ?? ""
    }

    private func keywordOnly(_ parameters: [String]) -> [String] { ["*"] + parameters }

    private mutating func annotation(_ type: TypeReference) -> String {
        used.formUnion(types.imports(type))
        usesTypes = usesTypes || !types.classes(type).isEmpty
        return types.annotation(type)
    }

    private mutating func argument(_ type: TypeReference, _ parameter: String) -> String { "Arg(\(typed(type, parameter)))" }

    /// A value with its type, where it is a scalar that becomes JSON by a function of the user's.
    private mutating func typed(_ type: TypeReference, _ value: String) -> String {
        guard scalars.conversion(of: type.named) != nil else { return value }
        callsTypes = true
        return value + ", " + types.annotation(type)
    }

    /// What `topic_name` joins: literals and the values of the braces.
    private func segments(_ topic: PlannedTopic, _ arguments: [String]) -> [String] {
        var waiting = arguments[...]
        return topic.template.segments.map { segment in
            switch segment {
            case .literal(let text): PythonString.literal(text)
            case .argument, .tenant: waiting.popFirst() ?? ""
            }
        }
    }

    /// How an event gives the value of a brace: `present(event.room).id`; nil where the publisher gives it.
    private mutating func source(_ brace: PlannedTopic.Brace, _ topic: PlannedTopic) -> String? {
        guard let path = brace.path else { return nil }
        var expression = "event"
        var type = topic.payload
        for (position, name) in path.enumerated() {
            if position > 0 { expression = "present(\(expression))" }
            guard let step = attribute(name, of: type) else { return nil }
            expression += "." + step.attribute
            type = step.type
        }
        if path.count > 1 { used.insert("present") }
        return expression
    }

    /// An attribute that every class of a type's values has by one name; nil where there is no such.
    private func attribute(_ name: String, of type: TypeReference) -> (attribute: String, type: TypeReference)? {
        let schema = types.schema
        let found = schema.possibleTypes(of: type.named).map { id -> String? in
            let fields = schema[id].eventFields.map(\.name)
            return fields.firstIndex(of: name).map { names.attributes(fields)[$0] }
        }
        guard let first = found.first, let attribute = first, found.allSatisfy({ $0 == attribute }),
            let field = schema[type.named].field(named: name)
        else { return nil }
        return (attribute, field.type)
    }

    /// The import statements, in the order of isort.
    var imports: [String] {
        let typing = used.intersection(["Any"]).union(["Final", "TYPE_CHECKING"])
        return [PythonLayout.importing(typing, from: "typing"), "", PythonLayout.importing(used.subtracting(typing), from: "subsgen")]
            + (callsTypes ? ["", "from . import types"] : [])
            // What annotations alone name.
            + ["", "if TYPE_CHECKING:", "    from collections.abc import Mapping"]
            + (usesTypes && !callsTypes ? ["", "    from . import types"] : [])
    }
}
