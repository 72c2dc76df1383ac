/// Who may see what a schema's subscriptions give, and by which rules: `subsgen audit`.
public struct AccessAudit: Sendable {
    /// A subscription field, and all that clients can select of its events.
    public struct Entry: Sendable {
        public let coordinate: String
        public let rules: ProtectionRules
        public let rateLimits: [RateLimit]
        /// The arguments that are bound to a claim, or that not everybody may give.
        public let arguments: [Argument]
        public let payload: [PayloadField]
    }

    public struct Argument: Sendable {
        public let name: String
        public let ownClaim: String?
        public let access: [AccessRequirement]
    }

    /// A field of a payload, with the rules of its own and of the types that it returns.
    public struct PayloadField: Sendable {
        public let coordinate: String
        public let rules: ProtectionRules
    }

    /// In the order of the schema.
    public let entries: [Entry]

    public init(_ schema: Schema, _ table: DispatchTable) {
        guard let root = schema.subscriptionType.map({ schema[$0] }) else {
            entries = []
            return
        }
        entries = table.fields.compactMap { entry in
            guard let field = root.field(named: entry.name) else { return nil }
            var rules = RuleDerivation(schema: schema)
            let payload = schema.reachableTypes(from: field).outputs.flatMap { id -> [PayloadField] in
                let type = schema[id]
                guard type.kind == .object, !type.isBuiltIn, !type.isInternal, !schema.isRoot(type) else { return [] }
                return type.fields.filter { !$0.isInternal }.map { field in
                    let (own, returned) = (rules.rules(of: field, of: id), rules.rules(of: field.type.named))
                    let all = ProtectionRules(access: own.access + returned.access, events: own.events + returned.events)
                    return PayloadField(coordinate: "\(type.name).\(field.name)", rules: all.inOrder)
                }
            }
            let arguments = entry.arguments.compactMap { argument in
                argument.ownClaim == nil && argument.access.isEmpty
                    ? nil : Argument(name: argument.name, ownClaim: argument.ownClaim, access: argument.access)
            }
            return Entry(
                coordinate: "\(root.name).\(entry.name)", rules: entry.rules, rateLimits: entry.rateLimits, arguments: arguments,
                payload: payload)
        }
    }
}

extension AccessRequirement {
    /// What it asks, as the schema has it.
    public var text: String {
        switch self {
        case .authenticated: "@authenticated"
        case .scopes(let lists): "@requiresScopes \(Self.text(lists))"
        case .roles(let roles): "@requiresRole \(roles.joined(separator: " or "))"
        case .policies(let lists): "@policy \(Self.text(lists))"
        }
    }

    private static func text(_ lists: [[String]]) -> String {
        lists.map { $0.joined(separator: " and ") }.joined(separator: ", or ")
    }
}

extension EventRule {
    /// What it compares.
    public var text: String {
        switch self {
        case .row(let path, let claim): "@rowFilter \(path.joined(separator: ".")) = claim \(claim)"
        case .tenant(let path, let claim): "@tenant \(path.joined(separator: ".")) = claim \(claim)"
        case .federation(let path, let servicePath):
            "@federation \(path.joined(separator: ".")) = claim federation_id, or \(servicePath.joined(separator: ".")) = claim service_name"
        }
    }
}

extension RateLimit {
    /// How much it lets through to whom.
    public var text: String {
        "@rateLimit \(limit) in \(window) ms, \(burst) at once, for each \(scope.rawValue.lowercased())"
    }
}
