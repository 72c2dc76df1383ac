import GraphQLSchema

/// The event rules of a schema: what they demand of events, and of objects in them, by the claims of a subscriber.
struct EventRules: Sendable {
    /// The rules of a subscription field.
    private struct Root: Sendable {
        /// Of every event.
        let own: [EventRule]
        /// Where the field returns an interface or union: of events of a type, beside those.
        let ofTypes: [(type: String, rules: [EventRule])]
    }

    private struct Field: Hashable, Sendable {
        let type: TypeID
        let name: String
    }

    private let roots: [Root]
    /// The one tenant that there is, where there is one: whatever names no tenant is of it, and whatever names another is denied.
    private let singleTenant: MatchKey?
    private var fields: [Field: [EventRule]] = [:]
    private var types: [TypeID: [EventRule]] = [:]

    /// None.
    init() {
        roots = []
        singleTenant = nil
    }

    init(_ table: DispatchTable, of schema: Schema, singleTenant: String? = nil) {
        self.singleTenant = singleTenant.map { MatchKey($0.utf8) }
        for entry in table.security.fields where !entry.rules.events.isEmpty {
            if let type = schema.typeID(named: entry.type) { fields[Field(type: type, name: entry.name), default: []] += entry.rules.events }
        }
        for entry in table.security.types where !entry.rules.events.isEmpty {
            if let type = schema.typeID(named: entry.type) { types[type, default: []] += entry.rules.events }
        }
        let root = schema.subscriptionType.map { schema[$0] }
        roots = table.fields.map { [types] entry in
            guard let named = root?.field(named: entry.name)?.type.named, schema[named].kind != .object else {
                return Root(own: entry.rules.events, ofTypes: [])
            }
            return Root(
                own: entry.rules.events,
                ofTypes: schema.possibleTypes(of: named).compactMap { id in
                    let rules = (types[id] ?? []).filter { !entry.rules.events.contains($0) }
                    return rules.isEmpty ? nil : (schema[id].name, rules)
                })
        }
    }

    /// What a subscriber may see of the events of a subscription field. Throws what the subscriber lacks to see any.
    func rights(to field: Int, _ claims: Claims?) throws(EventRights.Unmet) -> EventRights {
        guard roots.indices.contains(field) else { return EventRights() }
        var rules: [(EventRights.Kind, EventCondition)] = []
        for rule in roots[field].own.sorted(by: { $0.kind.rawValue < $1.kind.rawValue }) {
            guard let condition = condition(of: rule, claims) else { throw EventRights.Unmet(kind: rule.kind) }
            rules.append((rule.kind, condition))
        }
        for (type, others) in roots[field].ofTypes {
            let isOther = EventCondition.not(.value(path: ["__typename"], .isAny(of: [MatchKey(type.utf8)])))
            for rule in others { rules.append((rule.kind, .any([isOther] + [condition(of: rule, claims)].compactMap(\.self)))) }
        }
        return EventRights(rules)
    }

    /// What a subscriber may see of the objects that rules protect; perhaps none.
    func rights(by rules: [EventRule], _ claims: Claims?) -> EventRights {
        EventRights(rules.map { ($0.kind, condition(of: $0, claims) ?? .any([])) })
    }

    /// The tenant whose topic a subscriber's events of a field come from; nil where the claims do not name exactly one.
    func tenant(of rules: [EventRule], _ claims: Claims?) -> MatchKey? {
        for case .tenant(_, let claim) in rules {
            let keys = tenants(claim, claims)
            return keys.count == 1 ? keys[0] : nil
        }
        return nil
    }

    /// The rules of the objects of a type, in a payload field.
    func rules(ofField name: String, on parent: TypeID, showing type: TypeID) -> [EventRule] {
        if fields.isEmpty, types.isEmpty { return [] }
        let own = fields[Field(type: parent, name: name)] ?? []
        return own + (types[type] ?? []).filter { !own.contains($0) }
    }

    // MARK: One rule

    /// What a rule demands of what it protects; nil where nothing can satisfy it, since the subscriber lacks the claim.
    private func condition(of rule: EventRule, _ claims: Claims?) -> EventCondition? {
        switch rule {
        case .row(let path, let claim): return Self.equality(path, claims?.keys(of: claim) ?? [])
        case .tenant(let path, let claim):
            guard let equality = Self.equality(path, tenants(claim, claims)) else { return nil }
            return singleTenant == nil ? equality : .any([equality, .not(.isThere(path: path))])
        case .federation(let path, let servicePath):
            let (federation, service) = ("federation_id", "service_name")
            guard let claims, claims.has(federation) || claims.has(service) else {
                return .all([.not(.isThere(path: path)), .not(.isThere(path: servicePath))])
            }
            let pairs = [Self.equality(path, claims.keys(of: federation)), Self.equality(servicePath, claims.keys(of: service))].compactMap(\.self)
            return pairs.isEmpty ? nil : .any(pairs)
        }
    }

    private static func equality(_ path: [String], _ keys: [MatchKey]) -> EventCondition? {
        keys.isEmpty ? nil : .value(path: path, .isAny(of: keys))
    }

    /// The tenants of a subscriber.
    private func tenants(_ claim: String, _ claims: Claims?) -> [MatchKey] {
        let keys = claims?.keys(of: claim) ?? []
        guard let singleTenant else { return keys }
        return claims?[claim] == nil || keys.contains(singleTenant) ? [singleTenant] : []
    }
}

extension EventRule {
    var kind: EventRights.Kind {
        switch self {
        case .row: .row
        case .tenant: .tenant
        case .federation: .federation
        }
    }
}

extension Claims {
    /// Whether a claim says anything: a list does that has more than nulls.
    fileprivate func has(_ name: String) -> Bool {
        guard let value = self[name] else { return false }
        return value.kind == .array ? value.elements.contains { !$0.isNull } : true
    }
}
