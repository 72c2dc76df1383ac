/// How a subscription begins that goes on where an earlier one of its client was cut off.
extension SubscriptionExecutor {
    /// Why a client cannot go on after a cursor with these events; nil where it can, as far as can be seen.
    func refusal(of resumption: Resumption, _ request: SubscriptionRequest) -> GraphQLError? {
        guard resumption.after != nil, context.resolvers.functions(of: request.fieldIndex).declared.source != nil else { return nil }
        return BusHistoryError.notKept.told
    }

    /// Begins to give a subscription that has been counted and admitted what came after a cursor. It is read when its host takes what waits for it,
    /// which has to be woken for that: `wake` when no lock is held.
    func replay(
        _ request: SubscriptionRequest, _ subscription: Subscription, _ functions: ResolverTable.Functions, _ claims: Claims?, after cursor: Cursor,
        standing: Int
    ) {
        let own = prepare(request, subscription, functions, claims)
        let topic = BusTopic(name: request.topic, template: publishable.template(of: request.topic) ?? request.topic)
        let replay = Replay(topic, to: subscription, request, claims, standing: standing, after: cursor, self)
        let name = "\(nextHandle())"
        // It is alone in its topic: nobody leaves for it.
        _ = replays.add(subscription, request, to: name, own) { Topic(name: name, feed: .replay(replay)) }
        subscription.outbox.add(replay)
    }

    /// Lets a successor join the topic whose history a subscription has been given, its messages held back until that one has left. Called under
    /// the owner's lock.
    func join(_ successor: Subscription, after replay: Replay) {
        let subscription = replay.subscription
        quota.pass(from: subscription, to: successor)
        stand(successor, for: subscription)
        context.metrics.add(.subscriptions)
        let functions = context.resolvers.subscribed(to: replay.request.fieldIndex)
        admit(successor, replay.request, replay.claims, isHeld: true, succeeding: subscription, after: replay.mark)
        // It is alone in its place: nobody leaves for it yet.
        _ = join(replay.request, successor, functions, replay.claims)
    }

    /// The same as `move` for one that is still being given its history, from where that was: what its `current` successor has got since is in the
    /// history. Nil where it has just been given all of it, or has ended.
    func moveOn(
        _ replay: Replay, current: Subscription, to successor: Subscription, _ request: SubscriptionRequest, _ claims: Claims?, standing: Int
    ) -> Move? {
        let subscription = replay.subscription
        guard let home = subscription.place.withLock({ $0.home }), let cursor = replay.cancel() else { return nil }
        quota.pass(from: current, to: successor)
        if current !== subscription {
            let predecessors = current.takePredecessors().filter { $0 !== subscription }
            subscription.place.withLock { $0.predecessors = predecessors }
            stop(current)
        }
        stand(successor, for: subscription)
        context.metrics.add(.subscriptions)
        let functions = context.resolvers.subscribed(to: request.fieldIndex)
        admit(successor, request, claims, isHeld: true, succeeding: subscription)
        self.replay(request, successor, functions, claims, after: cursor, standing: standing)
        return Move(aftermath: home.topic.leave(subscription, context), left: home.topic, fed: successor.outbox)
    }
}

extension Subscription {
    /// The history that it, or one in whose place it stands, is still being given.
    var replaying: Replay? {
        for subscription in withPredecessors.reversed() {
            if case .replay(let replay)? = subscription.place.withLock({ $0.home?.topic.feed }) { return replay }
        }
        return nil
    }
}
