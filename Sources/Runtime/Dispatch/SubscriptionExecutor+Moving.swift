import GraphQLSchema

/// What happens to a running subscription when what its subscriber may have has changed: it goes on among those who get the same, without
/// losing an event or getting one twice.
///
/// Another `Subscription` takes its place, with the same name: each joins one topic and one group in its life. Both change under the lock of
/// the topic where that is the same. What is still owed to the one that leaves, since functions have not answered, comes first; the messages of its
/// successor are held back until then.
extension SubscriptionExecutor {
    /// What is left to do when the lock of the subscriptions' owner is released.
    struct Move: Sendable {
        var calls: [ResolverCall] = []
        var aftermath = Aftermath()
        var left: Topic?
        /// Whose host is to be woken, since there is a history to read.
        var fed: Outbox?
    }

    /// Lets `successor` go on in the place of a subscription, by a request that was decided anew. Nil where it gets the same as before, and
    /// stays, or has just ended. Called under the owner's lock; pass what it returns to `finish`.
    func move(
        _ subscription: Subscription, to successor: Subscription, _ request: SubscriptionRequest, connection: UInt64?, claims: Claims?, standing: Int
    ) -> Move? {
        if let replay = subscription.replaying,
            let move = moveOn(replay, current: subscription, to: successor, request, claims, standing: standing)
        {
            return move
        }
        let (home, mustWait) = subscription.place.withLock { ($0.home, $0.isHeld) }
        guard let home else { return nil }
        let functions = context.resolvers.functions(of: request.fieldIndex)
        let own = tellingClaims(functions, isToldApart: context.suppliers.tellApart(request.projection.suppliers), claims?.json)
        if home.topic.name == feedName(request, functions, claims?.json), home.topic.holds(subscription, request, own) { return nil }

        quota.pass(from: subscription, to: successor)
        if !mustWait, subscription.mailbox.load()?.isHolding == true {
            // It has got nothing yet: who stands in its place begins as if it were the first.
            stop(subscription)
            return Move(calls: start(request, successor, connection: connection, claims: claims))
        }
        stand(successor, for: subscription)
        context.metrics.add(.subscriptions)
        let counted = context.resolvers.subscribed(to: request.fieldIndex)
        admit(successor, request, claims, isHeld: true, succeeding: subscription)
        var (calls, aftermath) = join(request, successor, counted, claims, succeeding: subscription)
        if subscription.place.withLock({ $0.home }) != nil, successor.place.withLock({ $0.home?.topic }) !== home.topic {
            aftermath = home.topic.leave(subscription, context)
        }
        return Move(calls: calls, aftermath: aftermath, left: home.topic)
    }

    /// Lets a subscription go on in the place of another one, when that has left.
    func stand(_ successor: Subscription, for subscription: Subscription) {
        subscription.place.withLock { $0.successor = successor }
        // All of them in one list, and in no other: whoever stops one stops each of them once, and none holds a chain of those that have gone.
        let predecessors = subscription.takePredecessors().filter(\.isOwed) + [subscription]
        successor.place.withLock { place in
            place.predecessors = predecessors
            place.isHeld = true
        }
    }

    /// Does what was left to do. Called with no lock held.
    func finish(_ move: Move) {
        if let left = move.left { perform(move.aftermath, in: left) }
        begin(move.calls)
        move.fed?.wake()
    }

    /// Subscriptions that have got everything that they were to get: who stands in their place goes on.
    func letGo(_ departures: [Subscription], of topic: Topic) {
        if departures.isEmpty { return }
        for departed in departures { forgetHome(of: departed) }
        if registry(of: topic).forgetIfEmpty(topic) { topic.feed.cancel() }
        for departed in departures {
            let successor = departed.place.withLock { place in
                place.hasLeft = true
                return place.isHeld ? nil : place.successor
            }
            if let successor { letFlow(successor, after: departed) }
        }
    }

    private func letFlow(_ subscription: Subscription, after departed: Subscription) {
        let inheritance = subscription.outbox.bequeath(to: subscription, from: departed)
        context.metrics.add(.eventsHeld, -inheritance.lost.count)
        context.metrics.add(inheritance.isClosed ? .abandoned : .droppedRateLimit, inheritance.lost.count)
        Self.release(subscription, after: nil, context.metrics)
        let next = subscription.place.withLock { place in
            place.isHeld = false
            return place.hasLeft ? place.successor : nil
        }
        if let next { letFlow(next, after: subscription) }
    }
}

extension Subscription {
    /// The subscription and those in whose place it stands.
    var withPredecessors: [Subscription] { place.withLock { $0.predecessors } + [self] }

    /// Gives away those in whose place it stands.
    func takePredecessors() -> [Subscription] {
        place.withLock { place in
            defer { place.predecessors = [] }
            return place.predecessors
        }
    }

    /// Whether anything may still come of it: messages that wait, others that its topic owes to it, or its place in the order of those that follow.
    fileprivate var isOwed: Bool {
        // First, since it leaves when it has got everything.
        if place.withLock({ $0.home != nil || $0.isHeld }) { return true }
        return waiting.load(ordering: .relaxed) > 0 || mailbox.load().map { $0.count > 0 } ?? false
    }

    /// Nothing that waits is wanted any more.
    func cancel() {
        for subscription in withPredecessors { subscription.isCancelled.store(true, ordering: .relaxed) }
    }

    /// Whether it stands in the place of another one.
    func succeeds(_ other: Subscription) -> Bool { place.withLock { $0.predecessors.contains { $0 === other } } }
}

extension DispatchTable {
    /// Whether it depends on who a subscriber is what it may have.
    var isSecured: Bool {
        security.types.contains { !$0.rules.isEmpty } || security.fields.contains { !$0.rules.isEmpty } || !security.ownInputFields.isEmpty
            || fields.contains { field in
                !field.rules.isEmpty || field.arguments.contains { $0.ownClaim != nil || !$0.access.isEmpty }
            } || inputFilters.contains { filter in filter.fields.contains { !$0.access.isEmpty } }
    }
}
