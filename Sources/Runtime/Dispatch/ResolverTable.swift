/// Which functions hosts have for the subscription fields.
final class ResolverTable: Sendable {
    private struct Entry: Sendable {
        var functions = FieldFunctions()
        /// The host where it has a resolver: what every event asks for.
        var resolver: (any ResolverHost)?
        var subscriptions = 0
    }

    /// Guards the entries, one for each field of the dispatch table. A leaf: no other lock is taken under it.
    private let entries: Guarded<[Entry]>

    init(fieldCount: Int) {
        entries = Guarded([Entry](repeating: Entry(), count: fieldCount))
    }

    /// Who resolves the field's events; nil where nobody does.
    func resolver(of field: Int) -> (any ResolverHost)? {
        entries.withLock { $0[field].resolver }
    }

    /// Counts a subscription; says whether its claims set it apart from others.
    func subscribed(to field: Int) -> Bool {
        entries.withLock { entries in
            entries[field].subscriptions += 1
            return entries[field].functions.tellsClaimsApart
        }
    }

    func unsubscribed(from field: Int) {
        entries.withLock { $0[field].subscriptions -= 1 }
    }

    /// Sets a field's functions, in place of those it had. False where subscribers are running who would have to be told apart by
    /// claims and are not, or the reverse.
    func set(_ functions: FieldFunctions, _ host: any ResolverHost, for field: Int) -> Bool {
        entries.withLock { entries in
            let tellsApart = entries[field].functions.tellsClaimsApart
            guard entries[field].subscriptions == 0 || tellsApart == functions.tellsClaimsApart else { return false }
            entries[field].functions = functions
            entries[field].resolver = functions.resolve == nil ? nil : host
            return true
        }
    }
}

extension FieldFunctions {
    /// Whether subscribers of different claims do not share events.
    fileprivate var tellsClaimsApart: Bool { resolve == .perClaims }
}
