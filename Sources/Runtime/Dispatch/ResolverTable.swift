import Synchronization

/// Which functions hosts have for the subscription fields.
final class ResolverTable: Sendable {
    /// A field's functions and who runs them.
    struct Functions: Sendable {
        var declared = FieldFunctions()
        var host: any ResolverHost = Nobody()
    }

    private struct Entry: Sendable {
        var functions = Functions()
        /// The host where it has a resolver: what every event asks for.
        var resolver: (any ResolverHost)?
        var subscriptions = 0
    }

    /// Guards the entries, one for each field of the dispatch table. A leaf: no other lock is taken under it.
    private let entries: Guarded<[Entry]>
    /// Whether a field was ever given a source. Spares those who publish to topics without subscribers a look at the entries.
    let hasSources = Atomic<Bool>(false)
    /// Whether a field was ever given a resolver. Spares publishers the question whether there is room for what those have to do.
    let hasResolvers = Atomic<Bool>(false)

    /// Where the calls of each field's functions wait for a place.
    private let gates: [[ResolverCall.Kind: CallGate]]
    private let inFlight: Int

    /// The functions whose calls are bounded.
    private static let bounded: [ResolverCall.Kind] = [.resolve, .authorize, .initial]

    init(fieldCount: Int, inFlight: Int, _ metrics: Metrics) {
        entries = Guarded([Entry](repeating: Entry(), count: fieldCount))
        self.inFlight = inFlight
        gates = (0..<fieldCount).map { _ in
            Dictionary(uniqueKeysWithValues: Self.bounded.map { ($0, CallGate(limit: inFlight, metrics)) })
        }
    }

    /// Where a function's calls wait for a place; nil where they are not bounded.
    func gate(of field: Int, _ kind: ResolverCall.Kind) -> CallGate? { gates[field][kind] }

    /// Who resolves the field's events; nil where nobody does.
    func resolver(of field: Int) -> (any ResolverHost)? {
        entries.withLock { $0[field].resolver }
    }

    func functions(of field: Int) -> Functions {
        entries.withLock { $0[field].functions }
    }

    /// Counts a subscription; says which functions it meets.
    func subscribed(to field: Int) -> Functions {
        entries.withLock { entries in
            entries[field].subscriptions += 1
            return entries[field].functions
        }
    }

    func unsubscribed(from field: Int) {
        entries.withLock { $0[field].subscriptions -= 1 }
    }

    /// Sets a field's functions, in place of those it had. False where subscribers are running whose grouping that would change: by
    /// claims, or by what feeds them.
    func set(_ functions: FieldFunctions, _ host: (any ResolverHost)?, for field: Int) -> Bool {
        if functions.source != nil { hasSources.store(true, ordering: .relaxed) }
        if functions.resolve != nil { hasResolvers.store(true, ordering: .relaxed) }
        let isSet = entries.withLock { entries in
            let before = entries[field].functions.declared
            let isRegrouped = before.tellsClaimsApart != functions.tellsClaimsApart || before.source != functions.source
            if isRegrouped, entries[field].subscriptions > 0 { return false }
            let host = host ?? Nobody()
            entries[field].functions = Functions(declared: functions, host: host)
            entries[field].resolver = functions.resolve == nil ? nil : host
            return true
        }
        guard isSet else { return false }
        for (kind, gate) in gates[field] {
            gate.set(limit: functions.inFlight[kind] ?? inFlight, isBatched: kind == .resolve && functions.resolvesBatches)
        }
        return true
    }

    /// Runs nothing: each call is thrown away, and so has failed.
    final class Nobody: ResolverHost {
        func start(_ call: ResolverCall) {}
    }
}
