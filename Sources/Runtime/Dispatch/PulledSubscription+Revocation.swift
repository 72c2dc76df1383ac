extension PulledSubscription {
    func revoke(_ revocation: Revocation, recheck: Bool) -> Bool {
        let concerned = content.withLock { content -> (subscription: Subscription, mayStay: Bool, standing: Int)? in
            guard revocation.concerns(content.claims, of: nil), content.state == .opening || content.state == .running else { return nil }
            content.standing += 1
            guard let subscription = content.subscription else { return nil }
            // What is still to be decided was asked before, and nobody knows what about.
            return (subscription, recheck && content.state == .running, content.standing)
        }
        guard let (subscription, mayStay, standing) = concerned else { return false }
        if !mayStay {
            executor.stop(subscription)
            subscriptionEnded(subscription, .revoked)
        } else if let draft = subscription.place.withLock({ $0.draft }) {
            decide(draft, Subscriber(claims: claims), standing)
        }
        return true
    }

    private var claims: Claims? { content.withLock { $0.claims } }

    /// What runs, where it is to be decided anew and nothing else has become of it.
    private func running(_ standing: Int) -> Subscription? {
        content.withLock { $0.state == .running && $0.standing == standing ? $0.subscription : nil }
    }

    private func decide(_ draft: SubscriptionDraft, _ subscriber: Subscriber, _ standing: Int) {
        guard let subscription = running(standing) else { return }
        do throws(GraphQLErrors) {
            let decision = try executor.compiler.decide(draft, for: subscriber)
            if case .undecided(let draft, let policies) = decision, executor.policies.isThere {
                let call = executor.ask(about: policies, claims: subscriber.claims, connection: nil) { [weak self] granted in
                    var subscriber = subscriber
                    for policy in policies { subscriber.policies[policy] = granted?.contains(policy) ?? false }
                    self?.decide(draft, subscriber, standing)
                }
                content.withLock { $0.questions.add(call) }
                // It may have ended meanwhile, when nobody knew of the call.
                if running(standing) == nil { call.cancel() }
                return executor.begin([call])
            }
            switch try executor.request(decision, for: subscriber) {
            case .success(let request): goOn(request, subscription, subscriber, standing)
            case .failure(let denial): end(denial.errors, standing)
            }
        } catch {
            end(error, standing)
        }
    }

    private func goOn(_ request: SubscriptionRequest, _ subscription: Subscription, _ subscriber: Subscriber, _ standing: Int) {
        let successor = successor(of: subscription)
        guard executor.mustAuthorize(request) else { return move(to: successor, request, subscriber, standing) }
        let call = executor.authorize(successor, request, connection: nil, claims: subscriber.claims) { [weak self] decision in
            switch decision {
            case .allowed: self?.move(to: successor, request, subscriber, standing)
            case .denied(let errors): self?.end(errors, standing)
            }
        }
        executor.begin([call])
    }

    private func move(to successor: Subscription, _ request: SubscriptionRequest, _ subscriber: Subscriber, _ standing: Int) {
        let move = content.withLock { content -> SubscriptionExecutor.Move? in
            guard content.state == .running, content.standing == standing, let subscription = content.subscription,
                let move = executor.move(subscription, to: successor, request, connection: nil, claims: subscriber.claims, standing: standing)
            else { return nil }
            content.subscription = successor
            return move
        }
        if let move { executor.finish(move) }
    }

    private func end(_ errors: GraphQLErrors, _ standing: Int) {
        guard let subscription = running(standing) else { return }
        executor.stop(subscription)
        ended(subscription, errors)
    }
}
