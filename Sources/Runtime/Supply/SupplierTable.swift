/// Which functions hosts have for payload fields.
final class SupplierTable: Sendable {
    /// A function that supplies a field, and who runs it.
    struct Supplier: Sendable {
        let sharing: FieldFunctions.Sharing
        let host: any ResolverHost
    }

    private struct Entry: Sendable {
        var supplier: Supplier?
        /// How many subscriptions select the field.
        var subscriptions = 0
    }

    /// Guards the entries, one for each supplied field of the dispatch table. A leaf: no other lock is taken under it.
    private let entries: Guarded<[Entry]>

    /// Where the calls of each field's function wait for a place.
    let gates: [CallGate]
    private let inFlight: Int

    init(fieldCount: Int, inFlight: Int, _ metrics: Metrics) {
        entries = Guarded([Entry](repeating: Entry(), count: fieldCount))
        self.inFlight = inFlight
        gates = (0..<fieldCount).map { _ in CallGate(limit: inFlight, isBatched: true, metrics) }
    }

    subscript(field: Int) -> Supplier? { entries.withLock { $0[field].supplier } }

    /// Counts a subscription that selects these fields; says whether its claims set it apart from others.
    func subscribed(to fields: [Int]) -> Bool {
        if fields.isEmpty { return false }
        return entries.withLock { entries in
            var tellsApart = false
            for field in fields {
                entries[field].subscriptions += 1
                if entries[field].supplier?.sharing == .perClaims { tellsApart = true }
            }
            return tellsApart
        }
    }

    /// Whether claims set those apart who select these fields.
    func tellApart(_ fields: [Int]) -> Bool {
        if fields.isEmpty { return false }
        return entries.withLock { entries in fields.contains { entries[$0].supplier?.sharing == .perClaims } }
    }

    func unsubscribed(from fields: [Int]) {
        if fields.isEmpty { return }
        entries.withLock { entries in
            for field in fields { entries[field].subscriptions -= 1 }
        }
    }

    /// Sets a field's function, and how many calls of it may be with its host where that is another number than usual. False where subscribers are running who would have to be told apart by claims and are not, or the
    /// reverse.
    func set(_ supplier: Supplier, inFlight: Int?, for field: Int) -> Bool {
        let isSet = entries.withLock { entries in
            let tellsApart = entries[field].supplier?.sharing == .perClaims
            guard entries[field].subscriptions == 0 || tellsApart == (supplier.sharing == .perClaims) else { return false }
            entries[field].supplier = supplier
            return true
        }
        if isSet { gates[field].set(limit: inFlight ?? self.inFlight, isBatched: true) }
        return isSet
    }
}
