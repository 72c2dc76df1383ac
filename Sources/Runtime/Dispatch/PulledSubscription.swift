/// A subscription without a connection: its host pulls the results.
public final class PulledSubscription: Sendable, SubscriptionOwner {
    private let executor: SubscriptionExecutor
    private let outbox: Outbox
    /// Guards the subscription, which is there until `complete`, and whether it has ended.
    private let state = Guarded(State())

    private struct State: Sendable {
        var subscription: Subscription?
        var hasEnded = false
    }

    init(executor: SubscriptionExecutor, request: SubscriptionRequest, claims: [UInt8]?, waker: @escaping @Sendable () -> Void) {
        self.executor = executor
        outbox = Outbox(limits: executor.limits.outbox, waker: waker)
        let info = SubscriptionInfo(handle: executor.nextHandle(), id: "", field: request.field, arguments: request.arguments)
        let subscription = Subscription(info: info, prefix: [], outbox: outbox, owner: self)
        // Known before it starts: an event may end it on another thread at once.
        state.withLock { $0.subscription = subscription }
        executor.start(request, subscription, claims: claims)
    }

    deinit {
        complete()
    }

    /// The next result, the JSON of an execution result; nil while there is none.
    public func next() -> [UInt8]? {
        while let output = outbox.take(1).first {
            switch output {
            case .frame(_, let body?): return body.bytes
            case .frame, .authenticate, .started, .ended, .close: continue
            }
        }
        return nil
    }

    /// Whether no result will come any more but those that wait.
    public var ended: Bool { state.withLock { $0.hasEnded } }

    /// Ends the subscription and forgets what waits. Does nothing where it was called before.
    public func complete() {
        let subscription = state.withLock { state in
            state.hasEnded = true
            defer { state.subscription = nil }
            return state.subscription
        }
        guard let subscription else { return }
        executor.stop(subscription)
        subscription.isCancelled.store(true, ordering: .relaxed)
        // What waits holds the subscription, which holds the outbox.
        outbox.discardFrames()
    }

    func subscriptionEnded(_ subscription: Subscription, _ ending: SubscriptionEnding) {
        state.withLock { $0.hasEnded = true }
        var result: SharedBody?
        if let error = ending.error {
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("errors")
            GraphQLErrors(error).write(into: &writer)
            writer.endObject()
            result = SharedBody(writer.bytes)
        }
        if let result, outbox.append(.frame(prefix: [], body: result)) { return }
        _ = outbox.append(.ended(handle: subscription.info.handle))
    }

    func outboxOverflowed() {
        guard let subscription = state.withLock({ $0.subscription }) else { return }
        executor.stop(subscription)
        state.withLock { $0.hasEnded = true }
        _ = outbox.append(.ended(handle: subscription.info.handle))
    }
}
