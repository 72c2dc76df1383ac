import SDLParser

/// What the configuration says of rules, beside the schema.
public struct SecuritySettings: Sendable {
    /// The claims that the application's authentication gives; nil where nobody says.
    public var claims: Set<String>?
    /// Whether subscription fields without a rule of access are for authenticated subscribers only.
    public var isAuthenticatedByDefault: Bool

    public init(claims: Set<String>? = nil, isAuthenticatedByDefault: Bool = false) {
        self.claims = claims
        self.isAuthenticatedByDefault = isAuthenticatedByDefault
    }

    /// The directives that a schema has by default: to be added when it is built again.
    public func defaults(for schema: Schema) -> [AddedDirectives] {
        guard isAuthenticatedByDefault, let root = schema.subscriptionType.map({ schema[$0] }) else { return [] }
        let source = Source(name: "default-access", text: "@authenticated")
        let text = Quotation("@authenticated", in: source, at: SourceSpan(start: 0, end: 14))
        var rules = RuleDerivation(schema: schema)
        return root.fields.compactMap { field in
            guard rules.rules(ofRoot: field).access.isEmpty else { return nil }
            return AddedDirectives.parse(text, for: Quotation("\(root.name).\(field.name)", in: source, at: SourceSpan(start: 0, end: 0))).directives
        }
    }
}
