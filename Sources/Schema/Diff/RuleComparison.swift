/// Compares who may see what by two versions of a schema: the rules of what both have, where they stand.
///
/// A rule that comes with a type or a field is none that was added: nobody saw it without.
struct RuleComparison {
    private let old: Schema
    private let new: Schema
    private var rules: (old: RuleDerivation, new: RuleDerivation)

    init(from old: Schema, to new: Schema) {
        self.old = old
        self.new = new
        rules = (RuleDerivation(schema: old), RuleDerivation(schema: new))
    }

    // MARK: Subscription fields

    /// Of a subscription field and its arguments. What follows from a rule of the type that it returns is told of the type.
    mutating func changes(
        from before: (field: FieldDefinition, entry: SubscriptionField), to after: (field: FieldDefinition, entry: SubscriptionField), of root: String
    ) -> [SchemaChange] {
        let (earlier, later) = (before.entry, after.entry)
        let coordinate = "\(root).\(earlier.name)"
        let subject = SchemaChange.Subject.member(type: root, earlier.name)
        let returned = typeRules(before.field.type.named, after.field.type.named)
        var changes = Self.changes(
            from: Rules(earlier.rules), to: Rules(later.rules), besides: returned.map { (Rules($0.before), Rules($0.after)) }, of: coordinate, subject)
        for argument in earlier.arguments {
            guard let other = later.arguments.first(where: { $0.name == argument.name }) else { continue }
            changes += Self.changes(from: Rules(own: argument.ownClaim), to: Rules(own: other.ownClaim), of: "\(coordinate)(\(argument.name):)", subject)
        }
        func compare(_ kind: SchemaChange.Kind, _ what: String, _ before: String, _ after: String) {
            if before != after { changes.append(SchemaChange(kind, "\(what) of \(coordinate) changed from \(before) to \(after).", of: subject)) }
        }
        compare(.rateLimitChanged, "Rate limit", earlier.rateLimits.words, later.rateLimits.words)
        compare(.overflowChanged, "Overflow", earlier.overflow.words, later.overflow.words)
        return changes
    }

    /// The rules of a type, where both schemas have it.
    private mutating func typeRules(_ before: TypeID, _ after: TypeID) -> (before: ProtectionRules, after: ProtectionRules)? {
        if old[before].name != new[after].name { return nil }
        return (rules.old.rules(of: before), rules.new.rules(of: after))
    }

    // MARK: Payloads and input types

    /// Of all other types that subscriptions reach, and of their fields.
    mutating func changes() -> [SchemaChange] {
        guard let oldRoot = old.subscriptionType, let newRoot = new.subscriptionType else { return [] }
        let (before, after) = (old.reachableTypes(from: oldRoot), new.reachableTypes(from: newRoot))
        let reached = Set((after.outputs + after.inputs).map { new[$0].name } + (before.outputs + before.inputs).map { old[$0].name })
        var changes: [SchemaChange] = []
        for type in old.types where reached.contains(type.name) && !type.isBuiltIn {
            guard let id = old.typeID(named: type.name), let laterID = new.typeID(named: type.name), id != oldRoot || laterID != newRoot else { continue }
            let later = new[laterID]
            changes += Self.changes(
                from: Rules(rules.old.rules(of: id)), to: Rules(rules.new.rules(of: laterID)), of: type.name, .type(type.name))
            for field in type.fields {
                guard let other = later.field(named: field.name) else { continue }
                changes += Self.changes(
                    from: Rules(rules.old.rules(of: field, of: id)), to: Rules(rules.new.rules(of: other, of: laterID)), of: "\(type.name).\(field.name)",
                    .member(type: type.name, field.name))
            }
            for field in type.inputFields {
                guard let other = later.inputField(named: field.name) else { continue }
                changes += Self.changes(
                    from: Rules(own: field.ownClaim(old)), to: Rules(own: other.ownClaim(new)), of: "\(type.name).\(field.name)",
                    .member(type: type.name, field.name))
            }
        }
        return changes
    }

    // MARK: Rules

    /// Rules in words, each with the directive that states it.
    private struct Rules {
        var texts: [(directive: String, text: String)]

        init(_ rules: ProtectionRules) { texts = (rules.access.map(\.text) + rules.events.map(\.text)).map(Self.named) }

        init(own claim: String?) { texts = claim.map { [Self.named("@ownArgument claim \($0)")] } ?? [] }

        private static func named(_ text: String) -> (directive: String, text: String) {
            (text.split(separator: " ").first.map(String.init) ?? text, text)
        }

        /// Those that another list has not.
        func without(_ others: Rules) -> Rules {
            var rest = self
            rest.texts.removeAll { rule in others.texts.contains { $0.text == rule.text } }
            return rest
        }

        /// The only one of a directive; nil where there are several.
        func only(of directive: String) -> String? {
            let found = texts.filter { $0.directive == directive }
            return found.count == 1 ? found[0].text : nil
        }
    }

    /// What came and went, but for what did so `besides`, of which is told elsewhere. One that another of the same directive came for has changed.
    private static func changes(
        from before: Rules, to after: Rules, besides: (before: Rules, after: Rules)? = nil, of coordinate: String, _ subject: SchemaChange.Subject
    ) -> [SchemaChange] {
        var (removed, added) = (before.without(after), after.without(before))
        if let besides {
            removed = removed.without(besides.before.without(besides.after))
            added = added.without(besides.after.without(besides.before))
        }
        var changes: [SchemaChange] = []
        for (directive, text) in removed.texts {
            if removed.only(of: directive) != nil, let other = added.only(of: directive) {
                changes.append(SchemaChange(.ruleChanged, "Rule of \(coordinate) changed from \(text) to \(other).", of: subject))
                added.texts.removeAll { $0.text == other }
            } else {
                changes.append(SchemaChange(.ruleRemoved, "\(text) was removed from \(coordinate).", of: subject))
            }
        }
        return changes + added.texts.map { SchemaChange(.ruleAdded, "\($0.text) was added to \(coordinate).", of: subject) }
    }
}

extension [RateLimit] {
    fileprivate var words: String { isEmpty ? "none" : map(\.text).joined(separator: " and ") }
}

extension OverflowRule {
    /// `LATEST by id, of at most 5`
    fileprivate var words: String {
        policy.rawValue + (key.isEmpty ? "" : " by \(key.joined(separator: "."))") + (capacity.map { ", of at most \($0)" } ?? "")
    }
}
