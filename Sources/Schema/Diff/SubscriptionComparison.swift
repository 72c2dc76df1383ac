/// Compares what subsgen's directives say of the subscription fields that both schemas have.
enum SubscriptionComparison {
    static func changes(from old: Schema, to new: Schema) -> [SchemaChange] {
        guard let oldRoot = old.subscriptionType.map({ old[$0] }), let newRoot = new.subscriptionType.map({ new[$0] }) else { return [] }
        // Mistakes in the directives are for the generator to tell; here the entry is what it would go on with.
        var derivations = (old: FieldDerivation(schema: old, strict: false), new: FieldDerivation(schema: new, strict: false))
        return oldRoot.fields.flatMap { field -> [SchemaChange] in
            guard let later = newRoot.field(named: field.name) else { return [] }
            return changes(from: derivations.old.derive(field), to: derivations.new.derive(later), of: newRoot.name)
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
        switch (old, new) {
        case (.filter, .filter):
            let (before, after) = (filter(old), filter(new))
            if before == after { return nil }
            return (.filterChanged, { "Filter of \($0) changed from \(before) to \(after)." })
        case (.topic, _) where !hasSameTopic, (_, .topic) where !hasSameTopic: return nil
        case (.filter, _): return (.filterRemoved, { "Filter \(filter(old)) was removed from \($0)." })
        case (_, .filter): return (.filterAdded, { "Filter \(filter(new)) was added to \($0)." })
        case (.resolver, .undecided):
            return (.resolverArgumentRemoved, { "\($0) is no @resolverArgument any more: subscriptions that give it are refused." })
        case (.undecided, .resolver): return (.resolverArgumentAdded, { "\($0) became a @resolverArgument." })
        case (.topic, _), (.resolver, _), (.undecided, _): return nil
        }
    }

    private static func filter(_ role: SubscriptionArgument.Role) -> String {
        guard case .filter(let path, let comparison) = role else { return "" }
        return "\(path.joined(separator: ".")) \(comparison.rawValue)"
    }
}
