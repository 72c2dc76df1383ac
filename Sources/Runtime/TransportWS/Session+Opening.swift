/// How subscriptions begin, and how they go on when what the client may have has changed.
///
/// What a client may have is decided outside of the session's lock, and holds as long as the client's standing is what it was: where its claims
/// change meanwhile it is decided anew.
extension Session {
    /// Who asks, and which of its standings that is.
    struct Asking: Sendable {
        var subscriber: Subscriber
        let standing: Int

        /// Some policies are not granted for now, since the hook failed.
        func denied(_ policies: Set<String>) -> Asking {
            var asking = self
            for policy in policies { asking.subscriber.policies[policy] = false }
            return asking
        }
    }

    /// A subscription about which it is to be decided what the client may have of it.
    struct Candidate: Sendable {
        enum Whose: Sendable {
            /// It is to begin.
            case opening(Ticket)
            /// It is to go on.
            case running(Subscription)
        }

        let draft: SubscriptionDraft
        let whose: Whose
        /// The policies that the hook was asked about and failed.
        var denied: Set<String> = []
    }

    func run(_ payload: SubscribePayload, _ ticket: Ticket, _ asking: Asking) {
        do throws(GraphQLErrors) { try begin(payload, ticket, asking) } catch {
            executor.counters.add(.operationsRejected)
            refuse(error, ticket)
        }
    }

    /// Throws what is wrong with the operation; what becomes of it otherwise the session says by itself.
    func begin(
        _ payload: SubscribePayload, _ ticket: Ticket, _ asking: Asking, queriesOnly: Bool = false, lastEventID: String? = nil
    ) throws(GraphQLErrors) {
        let operation = try executor.compiler.compile(
            query: payload.query, digest: payload.digest, operationName: payload.operationName, variables: payload.variables,
            subscriber: asking.subscriber, hasExecution: executor.hasExecution)
        switch operation {
        case .subscription where format == .http: throw Self.notOverHTTP
        case .execution(let type) where queriesOnly && type != .query:
            guard format == .http else { throw Self.notByGET }
            executor.counters.add(.operationsRejected)
            refuse(Self.notByGET, ticket, as: .notAllowed)
        case .subscription(let decision):
            var ticket = ticket
            ticket.resumption = try Resumption(payload.object["extensions"], lastEventID: lastEventID)
            take(decision, for: .opening(ticket), asking)
        case .response(let response): answer(.response(response), ticket)
        case .execution(let type):
            execute(type, payload.json(with: try executor.compiler.document(payload.query, digest: payload.digest)), ticket)
        }
    }

    private static var notByGET: GraphQLErrors {
        GraphQLErrors(GraphQLError("A request by GET may have queries and subscriptions only."))
    }

    private static var notOverHTTP: GraphQLErrors {
        GraphQLErrors(
            GraphQLError("A subscription has no single response. Send it over a WebSocket, or with the header \"Accept: text/event-stream\"."))
    }

    /// Decides about each, for the client as it is now.
    func decide(_ candidates: [Candidate]) {
        for candidate in candidates {
            let asking = state.withLock { $0.asking }.denied(candidate.denied)
            do throws(GraphQLErrors) {
                let decision = try executor.compiler.decide(candidate.draft, for: asking.subscriber)
                take(decision, for: candidate.whose, asking, denied: candidate.denied)
            } catch {
                executor.counters.add(.operationsRejected)
                deny(error, candidate.whose, asking)
            }
        }
    }

    private func take(_ decision: SubscriptionDecision, for whose: Candidate.Whose, _ asking: Asking, denied: Set<String> = []) {
        if case .undecided(let draft, let policies) = decision, executor.policies.isThere {
            return wait(Candidate(draft: draft, whose: whose, denied: denied), for: policies, asking)
        }
        var subscriber = asking.subscriber
        subscriber.connection = handle
        do throws(GraphQLErrors) {
            switch (try executor.request(decision, for: subscriber), whose) {
            case (.success(let request), .opening(let ticket)): open(request, ticket, asking)
            case (.success(let request), .running(let subscription)): goOn(request, subscription, asking)
            case (.failure(let denial), _): deny(denial.errors, whose, asking)
            }
        } catch {
            executor.counters.add(.operationsRejected)
            deny(error, whose, asking)
        }
    }

    private func deny(_ errors: GraphQLErrors, _ whose: Candidate.Whose, _ asking: Asking) {
        switch whose {
        case .opening(let ticket): refuse(errors, ticket)
        case .running(let subscription): end(subscription, errors, asking)
        }
    }

    // MARK: Policies

    private func wait(_ candidate: Candidate, for policies: [String], _ asking: Asking) {
        enum Next {
            case nothing, decide
            case refuse(GraphQLError)
            case ask(ResolverCall)
        }
        let next = state.withLock { state -> Next in
            guard isWanted(candidate.whose, state.machine) else { return .nothing }
            guard state.standing == asking.standing else { return .decide }
            if case .opening = candidate.whose, let refusal = executor.quota.refusal(of: outbox, waiting: state.policies.waitingCount) {
                return .refuse(refusal)
            }
            switch state.policies.wait(candidate, for: policies) {
            case .isKnown: return .decide
            case .waits: return .nothing
            case .ask(let question):
                let call = executor.ask(about: question.policies, claims: state.claims, connection: handle) { [weak self] granted in
                    self?.decided(question, granted)
                }
                state.questions.add(call)
                return .ask(call)
            }
        }
        switch next {
        case .nothing: break
        case .decide: decide([candidate])
        case .refuse(let refusal):
            executor.counters.add(.operationsRejected)
            deny(GraphQLErrors(refusal), candidate.whose, asking)
        case .ask(let call): executor.begin([call])
        }
    }

    private func isWanted(_ whose: Candidate.Whose, _ machine: borrowing Machine) -> Bool {
        switch whose {
        case .opening(let ticket): machine.isWaiting(for: ticket)
        case .running(let subscription): machine.runs(subscription, OperationID(text: subscription.id))
        }
    }

    private func decided(_ question: PolicyDecisions<Candidate>.Question, _ granted: Set<String>?) {
        decide(
            state.withLock { $0.policies.answer(question, granted: granted) }.map { candidate, denied in
                Candidate(draft: candidate.draft, whose: candidate.whose, denied: candidate.denied.union(denied))
            })
    }

    // MARK: Beginning

    private func open(_ request: SubscriptionRequest, _ ticket: Ticket, _ asking: Asking) {
        let subscription = Subscription(
            handle: executor.nextHandle(), id: ticket.id.text, prefix: ServerMessage(format).nextPrefix(ticket.id), outbox: outbox, owner: self,
            tellsCursors: ticket.resumption != nil)
        if let refusal = ticket.resumption.flatMap({ executor.refusal(of: $0, request) }) {
            executor.counters.add(.operationsRejected)
            return refuse(GraphQLErrors(refusal), ticket)
        }
        if let refusal = executor.quota.take(for: subscription, user: asking.subscriber.claims?.userID) {
            executor.counters.add(.operationsRejected)
            return refuse(GraphQLErrors(refusal), ticket)
        }
        guard executor.mustAuthorize(request) else { return start(request, subscription, ticket, asking) }
        let calls = state.withLock { state -> [ResolverCall] in
            switch state.machine.authorize(subscription, for: ticket) {
            case .discard:
                executor.quota.giveBack(by: subscription)
                return []
            case .ask:
                let call = executor.authorize(subscription, request, connection: handle, claims: asking.subscriber.claims) {
                    [weak self] decision in
                    switch decision {
                    case .allowed: self?.start(request, subscription, ticket, asking)
                    case .denied(let errors):
                        self?.executor.quota.giveBack(by: subscription)
                        self?.denied(errors, request, ticket, asking)
                    }
                }
                return [call]
            }
        }
        executor.begin(calls)
    }

    private func denied(_ errors: GraphQLErrors, _ request: SubscriptionRequest, _ ticket: Ticket, _ asking: Asking) {
        // It was somebody else who was denied.
        if state.withLock({ $0.standing != asking.standing }) { return decide([Candidate(draft: request.draft, whose: .opening(ticket))]) }
        refuse(errors, ticket)
    }

    private func start(_ request: SubscriptionRequest, _ subscription: Subscription, _ ticket: Ticket, _ asking: Asking) {
        let calls = state.withLock { state -> [ResolverCall]? in
            guard state.standing == asking.standing else {
                executor.quota.giveBack(by: subscription)
                return nil
            }
            switch state.machine.start(subscription, for: ticket) {
            case .discard:
                executor.quota.giveBack(by: subscription)
                return []
            case .refuse(let frame):
                executor.quota.giveBack(by: subscription)
                executor.counters.add(.operationsRejected)
                send(frame, &state.machine)
                settle(&state.machine)
                return []
            case .start:
                // Before it starts: from then on other threads put its events into the outbox, and its end waits for this lock.
                _ = outbox.append(.started(SubscriptionInfo(subscription, request)))
                return executor.start(
                    request, subscription, connection: handle, claims: asking.subscriber.claims, after: ticket.resumption?.after,
                    standing: asking.standing)
            }
        }
        guard let calls else { return decide([Candidate(draft: request.draft, whose: .opening(ticket))]) }
        executor.begin(calls)
        // The host may have taken `started` before there was a history to read.
        if ticket.resumption?.after != nil { outbox.wake() }
    }

    // MARK: Going on

    /// The client may go on with a subscription, if its field's `authorize` says so too.
    private func goOn(_ request: SubscriptionRequest, _ subscription: Subscription, _ asking: Asking) {
        let successor = successor(of: subscription)
        guard executor.mustAuthorize(request) else { return move(subscription, to: successor, request, asking) }
        let call = executor.authorize(successor, request, connection: handle, claims: asking.subscriber.claims) { [weak self] decision in
            switch decision {
            case .allowed: self?.move(subscription, to: successor, request, asking)
            case .denied(let errors): self?.end(subscription, errors, asking)
            }
        }
        executor.begin([call])
    }

    private func move(_ subscription: Subscription, to successor: Subscription, _ request: SubscriptionRequest, _ asking: Asking) {
        let move = state.withLock { state -> SubscriptionExecutor.Move? in
            // Where the standing has changed it is being decided anew already.
            guard state.standing == asking.standing, isWanted(.running(subscription), state.machine) else { return nil }
            guard
                let move = executor.move(
                    subscription, to: successor, request, connection: handle, claims: asking.subscriber.claims, standing: asking.standing)
            else { return nil }
            state.machine.replace(subscription, by: successor, OperationID(text: subscription.id))
            return move
        }
        if let move { executor.finish(move) }
    }

    private func end(_ subscription: Subscription, _ errors: GraphQLErrors, _ asking: Asking) {
        state.withLock { state in
            guard state.standing == asking.standing else { return }
            switch state.machine.ended(subscription, OperationID(text: subscription.id), errors: errors) {
            case .ignore: break
            case .send(let frame):
                executor.stop(subscription)
                _ = outbox.append(.ended(handle: subscription.handle))
                send(frame, &state.machine)
                settle(&state.machine)
            }
        }
    }

    /// What the client may have has changed. Returns about what to decide anew: what is on its way to begin, and what runs.
    func changeStanding(_ state: inout State) -> [Candidate] {
        state.standing += 1
        state.questions.cancel()
        let opening = state.policies.forget().filter { if case .opening = $0.whose { true } else { false } }
        let running = state.machine.running.compactMap { subscription in
            subscription.place.withLock { $0.draft }.map { Candidate(draft: $0, whose: .running(subscription)) }
        }
        return opening.map { Candidate(draft: $0.draft, whose: $0.whose) } + running
    }
}

extension Session.State {
    var asking: Session.Asking { Session.Asking(subscriber: Subscriber(claims: claims, policies: policies.known), standing: standing) }
}
