import SDLParser

/// Derives the entries of the dispatch table, field by field.
///
/// What is wrong is reported, and the entry goes on with the harmless choice; a table with an error in it is never handed out.
struct FieldDerivation {
    static let topicProblem = DiagnosticCode(2012)
    static let topicEvent = DiagnosticCode(2013)

    let schema: Schema
    let strict: Bool
    var report: [Diagnostic] = []
    var inputFilters: InputFilterTable
    var rules: RuleDerivation

    init(schema: Schema, strict: Bool) {
        self.schema = schema
        self.strict = strict
        rules = RuleDerivation(schema: schema)
        inputFilters = InputFilterTable(schema: schema, strict: strict)
    }

    mutating func derive(_ field: FieldDefinition) -> SubscriptionField {
        let topic = topic(of: field)
        let inTopic = Set(topic.arguments)
        let arguments = field.arguments.map { argument in
            let role = role(of: argument, in: field, fillsBrace: inTopic.contains(argument.name))
            let publishPath = inTopic.contains(argument.name) ? publishPath(of: argument, role, in: field) : nil
            return SubscriptionArgument(
                name: argument.name, type: schema.name(of: argument.type), role: role, publishPath: publishPath, ownClaim: argument.ownClaim(schema),
                access: access(of: role, argument, filledFrom: publishPath, in: field))
        }
        let rateLimits = rateLimits(of: field)
        return SubscriptionField(
            name: field.name, topic: topic, payloadType: schema.name(of: field.type), arguments: arguments,
            overflow: overflow(of: field), rules: rules.rules(ofRoot: field), rateLimits: rateLimits)
    }

    /// What a subscriber must be to select events by what an argument speaks of. A brace that is filled from a field of the event tells of it
    /// what a filter would.
    private mutating func access(
        of role: SubscriptionArgument.Role, _ argument: InputValueDefinition, filledFrom publishPath: [String]?, in field: FieldDefinition
    ) -> [AccessRequirement] {
        let path: [String]?
        switch role {
        case .filter(let names, _), .composed(let names, _): path = names
        case .topic: path = publishPath
        case .resolver, .undecided: path = nil
        }
        guard let path else { return [] }
        if let type = RuleChecks.guardedType(along: path, from: field.type, &rules), let node = argument.syntax {
            report.append(RuleChecks.refusal(of: "Argument \"\(field.name)(\(argument.name):)\"", type, at: node))
        }
        return rules.access(along: path, from: field.type)
    }

    // MARK: Topics

    /// The topic that `@topic` names, else the one of the field's own name.
    private mutating func topic(of field: FieldDefinition) -> TopicTemplate {
        let own = TopicTemplate(segments: [.literal(field.name)])
        guard let directive = field.appliedDirectives.first(named: "topic") else { return own }
        if let event = directive.argument("event"), event != .null {
            report.append(
                Diagnostic(
                    code: Self.topicEvent, "@topic(event:) is not supported by this version of subsgen.",
                    at: directive.node(of: "event"),
                    hint: "Let each field have a topic of its own type."))
        }
        func refuse(_ problem: String, suggestion: String = "") -> TopicTemplate {
            report.append(
                Diagnostic(
                    code: Self.topicProblem, "The topic of subscription field \"\(field.name)\" \(problem).\(suggestion)",
                    at: directive.node(of: "name")))
            return own
        }
        guard let text = directive.argument("name")?.stringValue else { return refuse("is not a string") }
        switch TopicTemplateParser.parse(text) {
        case .failure(let problem): return refuse(problem.text)
        case .success(let template):
            var seen: Set<String> = []
            for name in template.arguments {
                let argument = field.argument(named: name)
                if argument == nil, name != "tenant" || !isOfTenants(field) {
                    return refuse(
                        "names {\(name)}, which is no argument of the field" + (name == "tenant" ? ", and the field has no @tenant" : ""),
                        suggestion: DidYouMean.sentence(for: name, among: field.arguments.map(\.name)))
                }
                if !seen.insert(name).inserted { return refuse("names {\(name)} more than once") }
                guard let argument else { continue }
                if !argument.type.isNonNull || argument.type.isList || !schema[argument.type.named].isLeaf {
                    return refuse(
                        "names {\(name)}, whose type \(schema.name(of: argument.type)) is not a non-null scalar or enum")
                }
            }
            return TopicTemplate(
                segments: template.segments.map { $0 == .argument("tenant") && field.argument(named: "tenant") == nil ? .tenant : $0 })
        }
    }

    /// Whether a rule of the field says whose each event is.
    private mutating func isOfTenants(_ field: FieldDefinition) -> Bool {
        rules.rules(ofRoot: field).events.contains { if case .tenant = $0 { true } else { false } }
    }

    /// Where a typed publish finds the value for the argument's brace: in the field that must equal the argument, else in the field of
    /// its own name.
    private func publishPath(of argument: InputValueDefinition, _ role: SubscriptionArgument.Role, in field: FieldDefinition) -> [String]? {
        var names = [argument.name]
        var isFilter = false
        if case .filter(let path, let comparison) = role {
            // By another operator, the field says nothing of the brace.
            guard comparison == .equal else { return nil }
            names = path
            isFilter = true
        }
        guard case .success(let path) = PayloadPath.find(names, in: field.type, schema),
            FilterComparison(schema: schema).isSpelledAlike(argument.type, path.type), path.isAlwaysThere, !path.crossesList, !path.type.isList
        else { return nil }
        return isFilter || !path.isInternal ? names : nil
    }
}

extension AppliedDirective {
    /// Where an argument's value stands; the directive itself where it is left out.
    func node(of argument: String) -> SyntaxNode {
        DirectiveSyntax(node: syntax).argument(argument)?.value.node ?? syntax
    }
}
