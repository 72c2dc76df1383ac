/// What feeds a topic.
enum TopicFeed: Sendable {
    case bus
    /// A field's own generator.
    case source(SourceFeed)
    /// What the bus has kept, for one subscription.
    case replay(Replay)

    /// Whether every event is for who listens: a source gives what it gives for their arguments.
    var isChosen: Bool {
        switch self {
        case .source: true
        case .bus, .replay: false
        }
    }

    /// The last subscriber has left.
    func cancel() {
        switch self {
        case .bus: break
        case .source(let feed): feed.cancel()
        case .replay(let replay): replay.cancel()
        }
    }
}

/// One call of a field's `source`, for as long as its topic has subscribers.
final class SourceFeed: Sendable {
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
