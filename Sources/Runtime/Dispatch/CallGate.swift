/// Bounds how many calls of one function are with its host. Those beyond wait here, and are handed over in the order in which they came.
///
/// What waits is bounded by those who ask: the lanes hold so many events, and a connection so many subscriptions.
final class CallGate: Sendable {
    private struct State: Sendable {
        var limit: Int
        /// Whether the host answers many calls at once: then all that wait are handed over together, in one place.
        var isBatched: Bool
        var inFlight = 0
        var waiting = WaitingCalls()
        /// Whether a thread hands calls over. Others leave it to that one, so that calls do not overtake each other.
        var isHandingOver = false
    }

    /// Guards the calls that wait and the number of those that do not. A leaf: no other lock is taken under it.
    private let state: Guarded<State>
    private let metrics: Metrics

    init(limit: Int, isBatched: Bool = false, _ metrics: Metrics) {
        state = Guarded(State(limit: max(limit, 1), isBatched: isBatched))
        self.metrics = metrics
    }

    /// Hands a call to its host: at once, or when there is a place for it. Called with no lock of a topic held.
    func admit(_ call: ResolverCall) {
        let isAdmitted = state.withLock { state in
            guard state.waiting.isEmpty, !state.isHandingOver, state.inFlight < state.limit else {
                state.waiting.append(call)
                return false
            }
            state.inFlight += 1
            return true
        }
        guard isAdmitted else { return metrics.add(.resolversWaiting) }
        metrics.add(.resolversInFlight)
        start(call, in: Place(self))
    }

    /// Sets how many calls may be with the host, one at least, and whether it answers many at once.
    func set(limit: Int, isBatched: Bool) {
        state.withLock { state in
            state.limit = max(limit, 1)
            state.isBatched = isBatched
        }
        handOver()
    }

    /// One of its calls was cancelled. Those that wait are let go before they are most of what waits.
    func noteCancelled() {
        let forgotten = state.withLock { $0.waiting.noteCancelled() }
        metrics.add(.resolversWaiting, -forgotten.count)
    }

    private func leave() {
        metrics.add(.resolversInFlight, -1)
        state.withLock { $0.inFlight -= 1 }
        handOver()
    }

    private func handOver() {
        var calls = next(isMine: false)
        while let taken = calls {
            metrics.add(.resolversWaiting, -taken.count)
            metrics.add(.resolversInFlight)
            let place = Place(self)
            for call in taken { start(call, in: place) }
            calls = next(isMine: true)
        }
    }

    /// What is to be handed over now, by a thread that hands over already or would begin to. Nil where there is nothing or no room, and
    /// where another thread does it: that one looks again before it ends, also for what answers make room for while it calls a host.
    private func next(isMine: Bool) -> [ResolverCall]? {
        state.withLock { state in
            guard isMine || !state.isHandingOver else { return nil }
            state.isHandingOver = !state.waiting.isEmpty && state.inFlight < state.limit
            guard state.isHandingOver else { return nil }
            state.inFlight += 1
            return state.isBatched ? state.waiting.takeAll() : state.waiting.takeFirst()
        }
    }

    private func start(_ call: ResolverCall, in place: Place) {
        if call.start(in: place) { metrics.add(.resolverCalls) }
    }

    /// What one call takes up, or several that were handed over together, until the last of them lets go of it.
    final class Place: Sendable {
        private let gate: CallGate

        fileprivate init(_ gate: CallGate) { self.gate = gate }

        deinit { gate.leave() }
    }
}

/// Calls in the order in which they came.
private struct WaitingCalls: Sendable {
    /// Nil where one was taken: who lets go of it does so under no lock.
    private var calls: [ResolverCall?] = []
    /// How many of them were taken.
    private var head = 0
    /// How many calls were cancelled since the last time that those were let go.
    private var cancelled = 0

    /// So few are not worth moving the others.
    private static let few = 32

    var isEmpty: Bool { head == calls.count }

    mutating func append(_ call: ResolverCall) { calls.append(call) }

    mutating func takeAll() -> [ResolverCall] {
        defer { self = WaitingCalls() }
        return calls[head...].compactMap { $0 }
    }

    /// The first, if there is one.
    mutating func takeFirst() -> [ResolverCall] {
        guard !isEmpty, let first = calls[head] else { return [] }
        calls[head] = nil
        head += 1
        if head == calls.count || head > max(Self.few, calls.count / 2) {
            calls.removeFirst(head)
            head = 0
        }
        return [first]
    }

    /// Notes that a call was cancelled, one of these perhaps; returns those that are let go for it.
    mutating func noteCancelled() -> [ResolverCall] {
        cancelled += 1
        guard cancelled > max(Self.few, (calls.count - head) / 2) else { return [] }
        let all = takeAll()
        calls = all.filter { !$0.isCancelled }
        return all.filter(\.isCancelled)
    }
}
