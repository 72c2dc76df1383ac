/// A subscription without a connection: its host pulls the results.
public final class PulledSubscription: Sendable, SubscriptionOwner, Revocable {
    /// What has become of a subscription.
    public enum State: Sendable, Hashable {
        /// The field's `authorize`, or who decides policies, has not answered yet.
        case opening
        /// It gets results.
        case running
        /// No result will come any more but those that wait.
        case ended
        /// It may not begin: why, for the client.
        case refused(GraphQLErrors)
    }

    let rates = RateCells()
    let subscriber: LogRecord.Subscriber
    let executor: SubscriptionExecutor
    let outbox: Outbox
    private let resumption: Resumption?
    /// Guards the subscription, which is there until `complete`, and what has become of it. Subscriptions start under it, so that
    /// none can that was completed.
    let content: Guarded<Content>

    struct Content: Sendable {
        var subscription: Subscription?
        var state = State.opening
        let claims: Claims?
        /// Counts how often the claims were revoked to be looked at again.
        var standing = 0
        /// What the hook is asked anew about one that runs.
        var questions = PolicyQuestions()

        /// Ends what has not ended.
        mutating func end() {
            state.end()
            questions.cancel()
        }
    }

    /// Throws where the user has as many subscriptions as may be.
    init(executor: SubscriptionExecutor, id: String, claims: Claims?, resuming resumption: Resumption? = nil, waker: @escaping @Sendable () -> Void) throws(GraphQLErrors) {
        self.executor = executor
        subscriber = LogRecord.Subscriber(user: claims?.userID)
        outbox = Outbox(limits: executor.limits.outbox, waker: waker)
        self.resumption = resumption
        content = Guarded(Content(claims: claims))
        let subscription = Subscription(handle: executor.nextHandle(), id: id, prefix: [], outbox: outbox, owner: self, tellsCursors: resumption != nil)
        if let refusal = executor.quota.take(for: subscription, user: claims?.userID) {
            executor.counters.add(.operationsRejected)
            throw GraphQLErrors(refusal)
        }
        content.withLock { $0.subscription = subscription }
        executor.revocables.add(self)
    }

    deinit {
        complete()
    }

    /// Asks about policies first, then lets it begin if it may. Called once.
    func ask(about policies: [String], _ draft: SubscriptionDraft, _ subscriber: Subscriber) {
        guard let subscription = content.withLock({ $0.subscription }) else { return }
        let call = executor.ask(about: policies, claims: subscriber.claims, connection: nil) { [weak self] granted in
            var subscriber = subscriber
            for policy in policies { subscriber.policies[policy] = granted?.contains(policy) ?? false }
            self?.decide(draft, subscriber)
        }
        subscription.place.withLock { $0.call = call }
        executor.begin([call])
    }

    private func decide(_ draft: SubscriptionDraft, _ subscriber: Subscriber) {
        do throws(GraphQLErrors) {
            switch try executor.request(try executor.compiler.decide(draft, for: subscriber), for: subscriber) {
            case .success(let request):
                if let refusal = resumption.flatMap({ executor.refusal(of: $0, request) }) { throw GraphQLErrors(refusal) }
                open(request, claims: subscriber.claims, isAwaited: true)
            case .failure(let denial): refuse(denial.errors)
            }
        } catch {
            executor.counters.add(.operationsRejected)
            refuse(error)
        }
    }

    /// Lets the subscription begin, or asks first whether it may. `isAwaited` says whether somebody waits to be woken for it. Called once.
    func open(_ request: SubscriptionRequest, claims: Claims?, isAwaited: Bool = false) {
        guard let subscription = content.withLock({ $0.subscription }) else { return }
        guard executor.mustAuthorize(request) else {
            start(request, claims: claims)
            if isAwaited { _ = outbox.append(.started(SubscriptionInfo(subscription, request))) }
            return
        }
        let call = executor.authorize(subscription, request, connection: nil, claims: claims) { [weak self] decision in
            switch decision {
            case .allowed:
                self?.start(request, claims: claims)
                _ = self?.outbox.append(.started(SubscriptionInfo(subscription, request)))
            case .denied(let errors):
                self?.refuse(errors)
            }
        }
        executor.begin([call])
    }

    private func start(_ request: SubscriptionRequest, claims: Claims?) {
        let calls = content.withLock { content -> [ResolverCall] in
            guard content.state == .opening, let subscription = content.subscription else { return [] }
            // An event may end it on another thread at once, which waits for the lock.
            content.state = .running
            return executor.start(
                request, subscription, connection: nil, claims: claims, after: resumption?.after, standing: content.standing)
        }
        executor.begin(calls)
        // `next` reads the history.
        if resumption?.after != nil { outbox.wake() }
    }

    private func refuse(_ errors: GraphQLErrors) {
        let refused = content.withLock { content -> Subscription? in
            guard content.state == .opening else { return nil }
            content.state = .refused(errors)
            defer { content.subscription = nil }
            return content.subscription
        }
        guard let refused else { return }
        executor.quota.giveBack(by: refused)
        _ = outbox.append(.ended(handle: refused.handle))
    }

    /// Whether `next` may have to read events that the client missed, which takes its time.
    public var isFed: Bool { outbox.isFed }

    /// The next result, the JSON of an execution result; nil while there is none. Once its subscriber's claims have expired, none is handed
    /// out but the error that says so.
    public func next() -> [UInt8]? {
        expire()
        if let result = take() { return result }
        guard outbox.isFed else { return nil }
        outbox.feed()
        return take()
    }

    private func take() -> [UInt8]? {
        while let output = outbox.take(1).first {
            if let result = output.result { return result }
        }
        return nil
    }

    private func expire() {
        let expired = content.withLock { content -> Subscription? in
            guard content.claims?.haveExpired(by: executor.limits.wallClock) == true, content.state == .opening || content.state == .running
            else { return nil }
            return content.subscription
        }
        guard let expired else { return }
        executor.stop(expired)
        expired.cancel()
        subscriptionEnded(expired, .expired)
    }

    /// When its subscriber's claims expire, in seconds since 1970; nil where they do not. Nobody is woken for that: from then on `next` gives
    /// the error that says so.
    public var expiry: Double? { content.withLock { $0.claims?.expiry } }

    /// What has become of it. The waker is called when somebody who was asked has decided, and when it ends.
    public var state: State { content.withLock { $0.state } }

    /// Whether no result will come any more but those that wait.
    public var ended: Bool {
        switch state {
        case .opening, .running: false
        case .ended, .refused: true
        }
    }

    /// Ends the subscription and forgets what waits. Does nothing where it was called before.
    public func complete() {
        let subscription = content.withLock { content in
            content.end()
            defer { content.subscription = nil }
            return content.subscription
        }
        guard let subscription else { return }
        executor.revocables.remove(self)
        executor.stop(subscription)
        subscription.cancel()
        // What waits holds the subscription, which holds the outbox.
        outbox.discardFrames()
    }

    func subscriptionEnded(_ subscription: Subscription, _ ending: SubscriptionEnding) {
        let current = content.withLock { content in
            content.end()
            return content.subscription
        }
        if let current, current.succeeds(subscription) { executor.stop(current) }
        ended(subscription, ending.error.map { GraphQLErrors($0) })
    }

    /// Ends what waits with errors, if there are any.
    func ended(_ subscription: Subscription, _ errors: GraphQLErrors?) {
        content.withLock { $0.end() }
        var result: SharedBody?
        if let errors {
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("errors")
            errors.write(into: &writer)
            writer.endObject()
            result = SharedBody(writer.bytes)
        }
        if let result, outbox.append(.frame(prefix: [], body: result)) { return }
        _ = outbox.append(.ended(handle: subscription.handle))
    }

    func caughtUp(_ subscription: Subscription, standing: Int, join: (Subscription) -> Void) -> Bool {
        content.withLock { content in
            guard content.subscription === subscription, content.state == .running,
                content.standing == standing || subscription.place.withLock({ $0.draft == nil })
            else { return false }
            let successor = successor(of: subscription)
            join(successor)
            content.subscription = successor
            return true
        }
    }

    /// One that may go on in the place of a subscription.
    func successor(of subscription: Subscription) -> Subscription {
        Subscription(
            handle: subscription.handle, id: subscription.id, prefix: [], outbox: outbox, owner: self, tellsCursors: subscription.tellsCursors)
    }

    func outboxOverflowed() {
        guard let subscription = content.withLock({ $0.subscription }) else { return }
        executor.stop(subscription)
        content.withLock { $0.end() }
        _ = outbox.append(.ended(handle: subscription.handle))
    }
}

extension PulledSubscription.State {
    /// Ends what has not ended.
    fileprivate mutating func end() {
        switch self {
        case .opening, .running: self = .ended
        case .ended, .refused: break
        }
    }
}
