import Synchronization

/// How far a subscription has been given a topic's history, once that is done: what comes live and is not behind it has been given already.
final class ReplayMark: Sendable {
    private final class End: Sendable {
        let cursor: Cursor

        init(_ cursor: Cursor) { self.cursor = cursor }
    }

    private let end = AtomicLazyReference<End>()

    /// Said once, before what is held back for the subscription may go.
    func set(_ cursor: Cursor) { _ = end.storeIfNil(End(cursor)) }

    func covers(_ cursor: Cursor?) -> Bool {
        guard let end = end.load(), let cursor else { return false }
        return end.cursor.covers(cursor)
    }
}

/// Gives one subscription what it has missed, then lets another one go on in its place with what happens from now on.
///
/// The subscription is alone in a topic of its own, into which pages of the bus's history are dispatched as events are: filters, rules and resolvers
/// hold for them. A page is read when there is room for it, in the lanes and in the outbox; whoever makes room calls `goOn`. When a page was the last
/// one, the successor joins the topic itself, its messages held back, and the history is read once more: what comes live from then on is in the
/// successor's mailbox, what came before is in the history, and what is in both is known by its cursor (`ReplayMark`). Then the subscription leaves,
/// behind what is still owed to it, and its successor's messages flow (`SubscriptionExecutor.letGo`).
final class Replay: Sendable {
    private enum Phase: Sendable {
        /// Waits for room.
        case idle
        /// A thread asks the bus, or dispatches what it has answered.
        case working
        /// The bus will answer later.
        case asked
        /// The bus answered while it was being asked.
        case answered(Result<BusHistory, BusHistoryError>)
        case over
    }

    private struct State: Sendable {
        var phase = Phase.idle
        /// All of the topic up to this place has been dispatched.
        var cursor: Cursor
        /// Whether the successor has joined.
        var isLive = false
        /// Whether there may be room that nobody has seen.
        var mustLook = false
    }

    /// The topic whose history it is.
    let topic: BusTopic
    let subscription: Subscription
    let request: SubscriptionRequest
    let claims: Claims?
    /// The standing of the subscription's owner by which the request was decided.
    let standing: Int
    let mark = ReplayMark()
    private weak let executor: SubscriptionExecutor?
    /// Guards how far it has come. Taken under a session's lock, and held while an event is dispatched: before a topic's.
    private let state: Guarded<State>

    init(
        _ topic: BusTopic, to subscription: Subscription, _ request: SubscriptionRequest, _ claims: Claims?, standing: Int, after cursor: Cursor,
        _ executor: SubscriptionExecutor
    ) {
        self.topic = topic
        self.subscription = subscription
        self.request = request
        self.claims = claims
        self.standing = standing
        self.executor = executor
        state = Guarded(State(cursor: cursor))
    }

    /// Ends it: nothing more is dispatched when this returns. Returns up to where everything was; nil where it had ended before, so that one alone
    /// decides what comes after it.
    @discardableResult
    func cancel() -> Cursor? {
        subscription.outbox.remove(self)
        return state.withLock { state in
            if case .over = state.phase { return nil }
            state.phase = .over
            return state.cursor
        }
    }

    /// Reads on if there is room. Called under no lock but perhaps the bus's.
    func goOn() {
        let mayGo = state.withLock { state in
            if case .idle = state.phase {
                state.phase = .working
                return true
            }
            state.mustLook = true
            return false
        }
        if mayGo { work() }
    }

    private func work() {
        while let executor, let home = subscription.place.withLock({ $0.home }) {
            guard hasRoom(for: home.topic, executor) else {
                let mustLook = state.withLock { state in
                    defer { state.mustLook = false }
                    if case .working = state.phase, !state.mustLook { state.phase = .idle }
                    if case .working = state.phase { return true }
                    return false
                }
                if mustLook { continue }
                return
            }
            let cursor = state.withLock { state in
                state.mustLook = false
                return state.cursor
            }
            executor.bus.history(of: topic, after: cursor, limit: page(executor)) { self.answer($0) }
            let answer = state.withLock { state -> Result<BusHistory, BusHistoryError>? in
                if case .answered(let answer) = state.phase {
                    state.phase = .working
                    return answer
                }
                if case .working = state.phase { state.phase = .asked }
                return nil
            }
            guard let answer, take(answer, home.topic, executor) else { return }
        }
    }

    private func answer(_ answer: Result<BusHistory, BusHistoryError>) {
        let isLate = state.withLock { state in
            switch state.phase {
            case .working: state.phase = .answered(answer)
            case .asked:
                state.phase = .working
                return true
            case .idle, .answered, .over: break
            }
            return false
        }
        guard isLate, let executor, let home = subscription.place.withLock({ $0.home }) else { return }
        if take(answer, home.topic, executor) { work() }
    }

    /// How many events are read at once: twice as many have room.
    private func page(_ executor: SubscriptionExecutor) -> Int {
        max(1, min(64, subscription.messageLimit / 2, executor.limits.resolverQueue / 2))
    }

    private func hasRoom(for topic: Topic, _ executor: SubscriptionExecutor) -> Bool {
        let (depth, outbox) = (topic.depth, subscription.outbox)
        let waiting = subscription.waiting.load(ordering: .relaxed) + (subscription.mailbox.load()?.count ?? 0)
        if depth + waiting == 0 { return true }
        return depth + waiting + page(executor) <= min(subscription.messageLimit, executor.limits.resolverQueue)
            && outbox.waitingBytes < outbox.limits.connectionBytes / 4
    }

    /// Dispatches a page. False where it is over.
    private func take(_ answer: Result<BusHistory, BusHistoryError>, _ home: Topic, _ executor: SubscriptionExecutor) -> Bool {
        let page: BusHistory
        switch answer {
        case .success(let read): page = read
        case .failure(let error):
            executor.context.metrics.add(.resumesRefused)
            return end(.noHistory(error), home, executor)
        }
        for (position, (entry, cursor)) in page.entries.enumerated() {
            guard case .event(let payload, let attributes) = entry else { return end(.completed, home, executor) }
            let outbox = subscription.outbox
            // Large events fill a connection before they are many: what has no room is read again.
            if position > 0, outbox.waitingBytes + payload.count > outbox.limits.connectionBytes / 2 { return true }
            guard let event = executor.past(payload, attributes) else {
                executor.context.metrics.note(.unreadable("the history of the topic \"\(topic.name)\""))
                continue
            }
            let aftermath = state.withLock { state -> Aftermath? in
                if case .over = state.phase { return nil }
                state.cursor = cursor
                return home.dispatch(event, cursor, executor.context)
            }
            guard let aftermath else { return false }
            executor.context.metrics.add(.eventsReplayed)
            executor.perform(aftermath, in: home)
        }
        let isLive = state.withLock { state -> Bool? in
            if case .over = state.phase { return nil }
            state.cursor = page.end
            return state.isLive
        }
        guard let isLive else { return false }
        if !page.isComplete { return true }
        return isLive ? finish(page.end, home, executor) : join(executor)
    }

    /// Lets the successor join, whose messages are held back. False where there can be none: then the subscription has ended or is about to be moved.
    private func join(_ executor: SubscriptionExecutor) -> Bool {
        let hasJoined = subscription.owner?.caughtUp(subscription, standing: standing) { executor.join($0, after: self) } ?? false
        state.withLock { $0.isLive = hasJoined }
        return hasJoined
    }

    /// There is no more that the successor does not get.
    private func finish(_ cursor: Cursor, _ home: Topic, _ executor: SubscriptionExecutor) -> Bool {
        // Else it has been moved meanwhile, and another one reads on from here, or it has ended.
        guard cancel() != nil else { return false }
        mark.set(cursor)
        executor.perform(home.leave(subscription, executor.context), in: home)
        return false
    }

    private func end(_ ending: SubscriptionEnding, _ home: Topic, _ executor: SubscriptionExecutor) -> Bool {
        guard cancel() != nil else { return false }
        executor.perform(home.end(ending, executor.context), in: home)
        return false
    }
}
