/// What happens when a subscription begins and ends: who is asked, what feeds it, and what it gets first.
///
/// The owner of a subscription starts and stops it under a lock of its own. Hosts are called when that lock is released, so what is to
/// be called is returned: pass it to `begin`.
extension SubscriptionExecutor {
    /// A number for a new subscription; unique in the process for this executor.
    func nextHandle() -> UInt64 {
        lastHandle.add(1, ordering: .relaxed).newValue
    }

    /// The same for a new connection.
    func nextConnection() -> UInt64 {
        lastConnection.add(1, ordering: .relaxed).newValue
    }

    /// Hands calls to their hosts. Called with no lock held.
    func begin(_ calls: [ResolverCall]) {
        for call in calls where !call.isCancelled { call.begin(context.metrics) }
    }

    // MARK: May it begin

    /// What came of looking at who subscribes. A denial has been counted. Nobody grants policies that are still open.
    func request(
        _ decision: SubscriptionDecision, for subscriber: Subscriber
    ) throws(GraphQLErrors) -> Result<SubscriptionRequest, SubscriptionDenial> {
        // It would wait for events for ever.
        if limits.role == .publishing { throw GraphQLErrors(GraphQLError("This runtime only publishes; nobody can subscribe to it.")) }
        switch decision {
        case .allowed(let request):
            context.metrics.journal.note(request.projection.plan.masks, subscriber, topic: request.topic)
            return .success(request)
        case .denied(let denial):
            context.metrics.add(denial.rule.subscriptions)
            context.metrics.journal.note(denial, subscriber)
            return .failure(denial)
        case .undecided(let draft, let policies):
            var subscriber = subscriber
            for policy in policies { subscriber.policies[policy] = false }
            return try request(try compiler.decide(draft, for: subscriber), for: subscriber)
        }
    }

    /// Whether somebody must be asked before a subscription begins.
    func mustAuthorize(_ request: SubscriptionRequest) -> Bool {
        context.resolvers.functions(of: request.fieldIndex).declared.authorize
    }

    /// Whether a subscription may begin.
    enum Decision: Sendable {
        case allowed
        /// What the client is told.
        case denied(GraphQLErrors)
    }

    /// Asks whether a subscription may begin. `decide` is called once, on any thread; not for a subscription that is stopped first.
    func authorize(
        _ subscription: Subscription, _ request: SubscriptionRequest, connection: UInt64?, claims: Claims?,
        decide: @escaping @Sendable (Decision) -> Void
    ) -> ResolverCall {
        let call = ResolverCall(
            .authorize, field: request.field, arguments: request.arguments, claims: claims?.json,
            subscriber: ResolverCall.Subscriber(subscription: subscription.id, connection: connection),
            host: context.resolvers.functions(of: request.fieldIndex).host,
            gate: context.resolvers.gate(of: request.fieldIndex, .authorize)
        ) { [metrics = context.metrics] answer in
            switch answer {
            case .event(let value) where value.root.boolean == true: return decide(.allowed)
            case .failed: metrics.add(.resolverErrors)
            case .event, .skipped, .ended, .left: break
            }
            let denial = request.projection.plan.denial(by: .authorize, at: request.projection.layout)
            metrics.add(denial.rule.subscriptions)
            metrics.journal.note(denial, Subscriber(claims: claims, connection: connection), topic: request.topic)
            decide(.denied(denial.errors))
        }
        subscription.place.withLock { $0.call = call }
        return call
    }

    // MARK: Beginning

    /// From now on the subscription's outbox gets its events, perhaps before this returns.
    /// With a cursor it gets first what came after that; then it is given no initial event. `standing` is its owner's, by which it was decided.
    func start(
        _ request: SubscriptionRequest, _ subscription: Subscription, connection: UInt64?, claims: Claims?, after cursor: Cursor? = nil,
        standing: Int = 0
    ) -> [ResolverCall] {
        context.metrics.add(.subscriptions)
        context.metrics.add(.fieldsMasked, request.projection.plan.masks.count)
        let functions = context.resolvers.subscribed(to: request.fieldIndex)
        if let cursor {
            admit(subscription, request, claims, isHeld: false)
            replay(request, subscription, functions, claims, after: cursor, standing: standing)
            return []
        }
        // Before it joins: no event may overtake the initial one.
        admit(subscription, request, claims, isHeld: functions.declared.initial)
        var (calls, _) = join(request, subscription, functions, claims)
        if functions.declared.initial {
            calls.append(initialCall(request, subscription, connection: connection, claims: claims?.json, functions.host))
        }
        return calls
    }

    /// Gives a subscription what its messages need, before it joins. One that takes another's place goes on with its rate limits.
    func admit(
        _ subscription: Subscription, _ request: SubscriptionRequest, _ claims: Claims?, isHeld: Bool, succeeding predecessor: Subscription? = nil,
        after replayed: ReplayMark? = nil
    ) {
        let field = context.fields[request.fieldIndex]
        let rates = context.rates.gate(
            request.fieldIndex, field.name, field.rateLimits, of: claims, on: subscription.owner?.rates ?? RateCells(),
            after: predecessor?.mailbox.load()?.rates)
        subscription.outbox.admit(subscription, field.overflow, rates, isHeld: isHeld, after: replayed ?? predecessor?.mailbox.load()?.replayed)
    }

    /// Lets a subscription that has been counted join what feeds it; where that is what feeds `predecessor` too, in its place.
    func join(
        _ request: SubscriptionRequest, _ subscription: Subscription, _ functions: ResolverTable.Functions, _ claims: Claims?,
        succeeding predecessor: Subscription? = nil
    ) -> (calls: [ResolverCall], aftermath: Aftermath) {
        let own = prepare(request, subscription, functions, claims)
        let name = feedName(request, functions, claims?.json)
        var calls: [ResolverCall] = []
        guard let sharing = functions.declared.source else {
            let joined = topics.add(subscription, request, to: name, own, succeeding: predecessor) { Topic(name: name) }
            return (calls, joined.aftermath)
        }
        let feed = SourceFeed()
        let topic = Topic(name: name, feed: .source(feed))
        let joined = sources.add(subscription, request, to: name, own, succeeding: predecessor) { topic }
        if joined.isFirst {
            let call = sourceCall(request, sharing == .perClaims ? claims?.json : nil, topic, functions.host)
            if feed.keep(call) { calls.append(call) } else { call.cancel() }
        }
        return (calls, joined.aftermath)
    }

    /// Notes what a subscription that is about to join needs, and returns its subscriber's claims where they set it apart from others.
    func prepare(
        _ request: SubscriptionRequest, _ subscription: Subscription, _ functions: ResolverTable.Functions, _ claims: Claims?
    ) -> TopicState.TellingClaims {
        let isToldApart = context.suppliers.subscribed(to: request.projection.suppliers)
        if isSecured || isToldApart || functions.declared.authorize || functions.declared.tellsClaimsApart {
            subscription.place.withLock { $0.draft = request.draft }
        }
        return tellingClaims(functions, isToldApart: isToldApart, claims?.json)
    }

    /// A subscriber's claims where functions read them.
    func tellingClaims(_ functions: ResolverTable.Functions, isToldApart: Bool, _ claims: [UInt8]?) -> TopicState.TellingClaims {
        TopicState.TellingClaims(audience: functions.declared.tellsClaimsApart ? claims : nil, group: isToldApart ? claims : nil)
    }

    /// The name of the topic that feeds a subscription.
    func feedName(_ request: SubscriptionRequest, _ functions: ResolverTable.Functions, _ claims: [UInt8]?) -> String {
        guard let sharing = functions.declared.source else { return request.topic }
        return Self.sourceName(request, sharing == .perClaims ? claims : nil)
    }

    /// Names what feeds a field for equal arguments and, where the source reads them, equal claims. JSON holds no zero byte.
    private static func sourceName(_ request: SubscriptionRequest, _ claims: [UInt8]?) -> String {
        let arguments = String(decoding: request.arguments, as: UTF8.self)
        guard let claims else { return "\(request.field)\0\(arguments)" }
        return "\(request.field)\0\(arguments)\0\(String(decoding: claims, as: UTF8.self))"
    }

    private func initialCall(
        _ request: SubscriptionRequest, _ subscription: Subscription, connection: UInt64?, claims: [UInt8]?, _ host: any ResolverHost
    ) -> ResolverCall {
        let gate = EventGate(request.rights)
        let call = ResolverCall(
            .initial, field: request.field, arguments: request.arguments, claims: claims,
            subscriber: ResolverCall.Subscriber(subscription: subscription.id, connection: connection), host: host,
            gate: context.resolvers.gate(of: request.fieldIndex, .initial)
        ) { [weak self, metrics = context.metrics] answer in
            // Not the context: it holds the host, and the host its calls.
            var first: SharedBody?
            switch answer {
            case .event(let event) where gate.denial(of: event.root) != nil:
                metrics.add(.initialEventsDenied)
                metrics.journal.note(
                    .eventDenied, request.field, rule: gate.denial(of: event.root)?.rule.rawValue,
                    of: { LogRecord.Subscriber(connection: connection) }, topic: request.topic)
            case .event(let event) where !request.projection.suppliers.isEmpty:
                guard let self else { return }
                let target = SupplyRound.Target(projection: request.projection, claims: claims) { body in
                    Self.release(subscription, after: body, metrics)
                }
                SupplyRound(event, for: [target], context).begin()
                return
            case .event(let event): first = request.projection.message(of: event.root)
            case .failed(let message):
                metrics.add(.resolverErrors)
                first = SharedBody(request.projection.body(failure: message))
            case .skipped, .ended, .left: break
            }
            Self.release(subscription, after: first, metrics)
        }
        subscription.place.withLock { $0.call = call }
        return call
    }

    /// Lets what was held back for a subscription flow.
    static func release(_ subscription: Subscription, after first: SharedBody?, _ metrics: Metrics) {
        if let masked = first?.masked {
            metrics.add(masked)
            metrics.journal.note(masked, topic: nil)
        }
        let (admission, ending) = subscription.outbox.release(subscription, after: first)
        switch admission {
        case .queued, .queuedFirst:
            if first != nil { metrics.add(.initialEvents) }
            if admission == .queuedFirst { subscription.outbox.wake() }
        case .connectionFull:
            metrics.add(.initialEventsDropped)
            subscription.owner?.outboxOverflowed()
        case .dropped, .held, .limited, .replayed, .tooEarly, .subscriptionFull, .refused: break
        }
        if let ending { subscription.owner?.subscriptionEnded(subscription, ending) }
    }

    // MARK: Sources

    private func sourceCall(
        _ request: SubscriptionRequest, _ claims: [UInt8]?, _ topic: Topic, _ host: any ResolverHost
    ) -> ResolverCall {
        ResolverCall(
            .source, field: request.field, arguments: request.arguments, claims: claims, host: host, gate: nil,
            emission: { [weak self] event in
                guard let self else { return true }
                perform(topic.dispatch(event, nil, context), in: topic)
                return topic.hasRoom(context)
            },
            answer: { [weak self] answer in self?.sourceAnswered(answer, topic) })
    }

    private func sourceAnswered(_ answer: ResolverAnswer, _ topic: Topic) {
        // First, so that who subscribes from now on gets a source that runs.
        sources.forget(topic)
        let ending: SubscriptionEnding
        switch answer {
        case .failed(let message):
            context.metrics.add(.resolverErrors)
            ending = .sourceFailed(message)
        case .ended(let reason): ending = reason
        case .event, .skipped, .left: ending = .completed
        }
        perform(topic.end(ending, context), in: topic)
    }

    /// Lets whoever waits for the resolvers of a topic go on, if there is room: its source, or publishers.
    func settle(_ topic: Topic) {
        switch topic.feed {
        case .bus: letPublishersGoOn(topic)
        case .source(let feed): if topic.mayGoOn(context) { feed.goOn() }
        case .replay(let replay): replay.goOn()
        }
    }

    private func letPublishersGoOn(_ topic: Topic) {
        if !mayWaitForFunctions { return }
        for waiter in topic.admit(context) { waiter.wake() }
    }

    // MARK: Ending

    /// Ends a subscription on its owner's behalf, who is not told: when it returns, nothing more comes into the outbox. Does nothing
    /// where it has ended.
    func stop(_ subscription: Subscription) {
        for each in subscription.withPredecessors { stopAlone(each) }
    }

    private func stopAlone(_ subscription: Subscription) {
        let place = subscription.place.withLock { $0 }
        place.call?.cancel()
        quota.giveBack(by: subscription)
        // Also where the initial event has been given, and waits for what functions supply.
        let abandoned = subscription.outbox.forget(subscription)
        if abandoned > 0 {
            context.metrics.add(.eventsHeld, -abandoned)
            context.metrics.add(.abandoned, abandoned)
            context.rates.timer.forget()
        }
        guard let topic = place.home?.topic else { return }
        switch registry(of: topic).remove(subscription, from: topic) {
        case .absent: return
        case .gaveUp:
            topic.feed.cancel()
            letPublishersGoOn(topic)
        // Where the source waits for the resolver of one who left, the answers that are still to come let it go on: not from here,
        // under the owner's lock, since a call that its host has thrown away meanwhile would tell the owner.
        case .left: letPublishersGoOn(topic)
        }
        forgetHome(of: subscription)
    }

    /// Once for each subscription: by whoever took it out of its topic.
    func forgetHome(of subscription: Subscription) {
        quota.giveBack(by: subscription)
        let home = subscription.place.withLock { place in
            defer { place.home = nil }
            return place.home
        }
        guard let home else { return }
        if let field = home.projection.fieldIndex { context.resolvers.unsubscribed(from: field) }
        context.suppliers.unsubscribed(from: home.projection.suppliers)
        context.metrics.add(.subscriptions, -1)
    }

    func registry(of topic: Topic) -> TopicRegistry {
        switch topic.feed {
        case .bus: topics
        case .source: sources
        case .replay: replays
        }
    }
}
