import GraphQLSchema

/// The rates of a runtime: the `@rateLimit`s of fields, what users have taken of them, and what is held back until they allow it; and
/// how fast clients may talk. They hold for this process; those of users for all processes of a bus that shares them.
final class RateLimits: Sendable {
    let metrics: Metrics
    /// Of the messages of a client.
    let messages: RateRule
    /// What is held back.
    let timer: RateTimer
    private let users = RateCells()
    /// Nil where processes share nothing.
    private let exchange: RateExchange?

    init(_ metrics: Metrics, _ limits: RuntimeLimits = RuntimeLimits(), sharing bus: (any RateSharingBus)? = nil) {
        self.metrics = metrics
        exchange = bus.map { RateExchange($0, metrics.clock) }
        messages = RateRule(limit: limits.clientMessagesPerSecond, window: 1_000_000_000, burst: limits.clientMessageBurst)
        timer = RateTimer(metrics)
    }

    /// What bounds a new subscription to a field, whose `name` is the same in all processes; nil where nothing does. `connection` is of who asks,
    /// `predecessor` of the subscription to the field whose place it takes.
    func gate(
        _ field: Int, _ name: String, _ limits: [RateLimit], of claims: Claims?, on connection: @autoclosure () -> RateCells, after predecessor: RateGate? = nil
    ) -> RateGate? {
        let now = limits.isEmpty ? 0 : metrics.clock.now()
        let cells = limits.enumerated().map { position, limit in
            let rule = RateRule(limit)
            switch (limit.scope, claims?.userID) {
            case (.subscription, _): return predecessor?.cell(position) ?? RateCell(rule)
            case (.user, let user?):
                return users.cell(RateCells.Key(field: field, limit: position, user: user), rule, exchange, field: name, at: now)
            case (.connection, _), (.user, nil):
                return connection().cell(RateCells.Key(field: field, limit: position, user: nil), rule, at: now)
            }
        }
        return cells.first.map { RateGate($0, Array(cells.dropFirst()), of: self) }
    }

    /// How many limits of users are kept.
    var userCount: Int { users.count }
}

/// The limits that several subscriptions share, for as long as one has them or they are not idle: who leaves and comes again has no new one.
final class RateCells: Sendable {
    struct Key: Hashable, Sendable {
        /// The field's position in the dispatch table, and the limit's in the field.
        let field: Int
        let limit: Int
        let user: String?
    }

    private struct State: Sendable {
        var cells: [Key: RateCell] = [:]
        /// With so many, those that nobody needs are forgotten.
        var sweep = 64
    }

    /// Guards the cells. A leaf.
    private let state = Guarded(State())

    var count: Int { state.withLock { $0.cells.count } }

    /// The cell that all who ask with this key share; with an exchange, those in other processes too.
    func cell(_ key: Key, _ rule: RateRule, _ exchange: RateExchange? = nil, field: String = "", at now: UInt64) -> RateCell {
        let (cell, isNew) = state.withLock { state -> (RateCell, Bool) in
            if let known = state.cells[key] { return (known, false) }
            if state.cells.count >= state.sweep {
                for key in Array(state.cells.keys) {
                    guard let index = state.cells.index(forKey: key), state.cells.values[index].isIdle(at: now) else { continue }
                    if isKnownUniquelyReferenced(&state.cells.values[index]) { state.cells.remove(at: index) }
                }
                state.sweep = max(64, 2 * state.cells.count)
            }
            let shared = exchange.map { SharedRate($0, key: "\(field):\(key.limit):\(key.user ?? "")") }
            let cell = RateCell(rule, shared)
            state.cells[key] = cell
            return (cell, true)
        }
        // Elsewhere something may have been taken of it already.
        if isNew { cell.shared?.took(0, of: cell) }
        return cell
    }
}
