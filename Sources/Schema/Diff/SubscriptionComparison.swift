/// Compares what subsgen's directives say of the subscription fields that both schemas have.
enum SubscriptionComparison {
    static func changes(from old: Schema, to new: Schema) -> [SchemaChange] {
        guard let oldRoot = old.subscriptionType.map({ old[$0] }), let newRoot = new.subscriptionType.map({ new[$0] }) else { return [] }
        // Mistakes in the directives are for the generator to tell; here the entry is what it would go on with.
        var derivations = (old: FieldDerivation(schema: old, strict: false), new: FieldDerivation(schema: new, strict: false))
        var rules = RuleComparison(from: old, to: new)
        let changes = oldRoot.fields.flatMap { field -> [SchemaChange] in
            guard let later = newRoot.field(named: field.name) else { return [] }
            let (before, after) = (derivations.old.derive(field), derivations.new.derive(later))
            return self.changes(from: before, to: after, of: newRoot.name)
                + rules.changes(from: (field, before), to: (later, after), of: newRoot.name)
        }
        let filters = self.changes(from: derivations.old.inputFilters.filters, to: derivations.new.inputFilters.filters)
        return changes + filters + rules.changes()
    }

    /// What became of the fields of input types that select events of the same payload in both schemas.
    private static func changes(from old: [InputFilter], to new: [InputFilter]) -> [SchemaChange] {
        var told: Set<String> = []
        return old.flatMap { filter -> [SchemaChange] in
            guard let later = new.first(where: { $0.type == filter.type && $0.payload == filter.payload }) else { return [] }
            return filter.fields.compactMap { field in
                let coordinate = "\(filter.type).\(field.name)"
                guard let role = later.fields.first(where: { $0.name == field.name })?.role else { return nil }
                let (before, after) = (self.filter(field.role), self.filter(role))
                // An input type may select events of several payloads.
                guard before != after, told.insert(coordinate).inserted else { return nil }
                let subject = SchemaChange.Subject.member(type: filter.type, field.name)
                guard let before else { return SchemaChange(.filterAdded, "Filter \(after ?? "") was added to \(coordinate).", of: subject) }
                guard let after else { return SchemaChange(.filterRemoved, "Filter \(before) was removed from \(coordinate).", of: subject) }
                return SchemaChange(.filterChanged, "Filter of \(coordinate) changed from \(before) to \(after).", of: subject)
            }
        }
    }

    private static func changes(from old: SubscriptionField, to new: SubscriptionField, of root: String) -> [SchemaChange] {
        let subject = SchemaChange.Subject.member(type: root, old.name)
        var changes: [SchemaChange] = []
        let hasSameTopic = old.topic == new.topic
        if !hasSameTopic {
            changes.append(
                SchemaChange(
                    .topicChanged, "Topic of \(root).\(old.name) changed from \"\(old.topic)\" to \"\(new.topic)\".", of: subject))
        }
        for argument in old.arguments {
            guard let later = new.arguments.first(where: { $0.name == argument.name }),
                let (kind, text) = change(from: argument.role, to: later.role, hasSameTopic: hasSameTopic)
            else { continue }
            changes.append(SchemaChange(kind, text("\(root).\(old.name)(\(argument.name):)"), of: subject))
        }
        return changes
    }

    /// What became of an argument, in words for its coordinate. That it came to fill a brace, or no longer does, is told by the topic.
    private static func change(
        from old: SubscriptionArgument.Role, to new: SubscriptionArgument.Role, hasSameTopic: Bool
    ) -> (SchemaChange.Kind, (String) -> String)? {
        let (before, after) = (filter(old), filter(new))
        if let before, let after {
            return before == after ? nil : (.filterChanged, { "Filter of \($0) changed from \(before) to \(after)." })
        }
        switch (old, new) {
        case (.topic, _) where !hasSameTopic, (_, .topic) where !hasSameTopic: return nil
        case (.resolver, .undecided):
            return (.resolverArgumentRemoved, { "\($0) is no @resolverArgument any more: subscriptions that give it are refused." })
        case (.undecided, .resolver): return (.resolverArgumentAdded, { "\($0) became a @resolverArgument." })
        case (.topic, _), (.resolver, _), (.undecided, _), (.filter, _), (.composed, _):
            if let before { return (.filterRemoved, { "Filter \(before) was removed from \($0)." }) }
            if let after { return (.filterAdded, { "Filter \(after) was added to \($0)." }) }
            return nil
        }
    }

    /// How an argument filters, in words; nil where it does not.
    private static func filter(_ role: SubscriptionArgument.Role) -> String? {
        switch role {
        case .filter(let path, let comparison): filter(path, comparison)
        case .composed(let path, _): composed(path)
        case .topic, .resolver, .undecided: nil
        }
    }

    private static func filter(_ role: InputFilterField.Role) -> String? {
        switch role {
        case .filter(let path, let comparison): filter(path, comparison)
        case .composed(let path, _): composed(path)
        case .and: "and"
        case .or: "or"
        case .not: "not"
        case .undecided: nil
        }
    }

    private static func filter(_ path: [String], _ comparison: FilterOperator) -> String {
        "\(path.joined(separator: ".")) \(comparison.rawValue)"
    }

    private static func composed(_ path: [String]) -> String {
        path.isEmpty ? "by the fields of its type" : "\(path.joined(separator: ".")) by the fields of its type"
    }
}
