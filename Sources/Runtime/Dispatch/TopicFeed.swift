/// What feeds a topic in place of the bus: one call of a field's `source`, for as long as the topic has subscribers.
final class TopicFeed: Sendable {
    private struct State: Sendable {
        /// Weak: the host holds the call, and one that it throws away has failed.
        weak var call: ResolverCall?
        var isOver = false
    }

    /// Guards the call. A leaf: no other lock is taken under it.
    private let state = Guarded(State())

    /// Keeps the call, which is to be started. False where the subscribers have left already.
    func keep(_ call: ResolverCall) -> Bool {
        state.withLock { state in
            state.call = call
            return !state.isOver
        }
    }

    /// The last subscriber has left.
    func cancel() {
        let call = state.withLock { state in
            state.isOver = true
            return state.call
        }
        call?.cancel()
    }

    /// There is room for events again.
    func goOn() {
        guard let call = state.withLock({ $0.call }) else { return }
        call.host?.changed(call)
    }
}
