/// Which resolver answers each subscription field.
final class ResolverTable: Sendable {
    struct Resolver: Sendable {
        let host: any ResolverHost
        /// Whether a call serves subscribers of equal claims only.
        let perClaims: Bool
    }

    private struct Entry: Sendable {
        var resolver: Resolver?
        var subscriptions = 0
    }

    /// Guards the entries, one for each field of the dispatch table. A leaf: no other lock is taken under it.
    private let entries: Guarded<[Entry]>

    init(fieldCount: Int) {
        entries = Guarded([Entry](repeating: Entry(), count: fieldCount))
    }

    subscript(field: Int) -> Resolver? { entries.withLock { $0[field].resolver } }

    /// Counts a subscription; says whether its claims set it apart from others.
    func subscribed(to field: Int) -> Bool {
        entries.withLock { entries in
            entries[field].subscriptions += 1
            return entries[field].resolver?.perClaims ?? false
        }
    }

    func unsubscribed(from field: Int) {
        entries.withLock { $0[field].subscriptions -= 1 }
    }

    /// Sets a field's resolver. False where subscribers are running whom the resolver would have to be told apart by claims and who
    /// are not, or the reverse.
    func set(_ resolver: Resolver, for field: Int) -> Bool {
        entries.withLock { entries in
            let tellsApart = entries[field].resolver?.perClaims ?? false
            guard entries[field].subscriptions == 0 || tellsApart == resolver.perClaims else { return false }
            entries[field].resolver = resolver
            return true
        }
    }
}
