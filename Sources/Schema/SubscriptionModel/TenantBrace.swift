/// How a typed publish fills the `{tenant}` of a topic.
public struct TenantBrace: Sendable, Hashable {
    /// The type of the tenant, not null.
    public let type: TypeReference
    /// The path to the payload field that names it; nil where the event may be without it, or have several, so that a publisher must give it.
    public let path: [String]?
}

extension SubscriptionField {
    /// Of a field whose topic names the tenant; nil for others.
    public func tenantBrace(in schema: Schema, payload: TypeReference) -> TenantBrace? {
        guard topic.namesTenant else { return nil }
        for case .tenant(let names, _) in rules.events {
            guard case .success(let path) = PayloadPath.find(names, in: payload, schema) else { return nil }
            let isOne = path.isAlwaysThere && !path.crossesList && !path.type.isList
            return TenantBrace(type: TypeReference(path.type.named, wrappers: [.nonNull]), path: isOne ? names : nil)
        }
        return nil
    }
}
