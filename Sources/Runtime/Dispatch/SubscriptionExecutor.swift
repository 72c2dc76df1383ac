import GraphQLSchema
import SDLParser
import Synchronization

/// The runtime of one schema: takes operations and events, and puts what clients asked for into their outboxes.
///
/// Every method may be called from any thread.
public final class SubscriptionExecutor: Sendable {
    let compiler: OperationCompiler
    let context: DispatchContext
    /// The topics of the bus.
    let topics: TopicRegistry
    /// What sources feed: for each source that runs a topic, of a name that no publisher knows.
    let sources: TopicRegistry
    /// What histories feed, likewise.
    let replays: TopicRegistry
    /// How many subscriptions connections and users have.
    let quota: SubscriptionQuota
    /// Who executes queries and mutations.
    let execution = ExecutionHost()
    /// Who decides policies.
    let policies: PolicyHook
    /// Whether the schema has rules that hold for some subscribers and not for others.
    let isSecured: Bool
    /// Whose claims can be revoked.
    let revocables = Revocables()
    let publishable: PublishableTopics
    /// Who handles events for groups of processes.
    let handlers = EventHandlers()
    let bus: any EventBus
    /// The bus where it is one of this process, which answers at once; nil where answers come later.
    let localBus: (any LocalEventBus)?
    /// Tells this runtime from the others on the bus.
    let identity = UInt64.random(in: .min ... .max)
    /// The threads that take what the bus delivers to its topics; nil where the thread does that brings it.
    let dispatcher: Dispatcher?
    /// Guards who is told the ways of events that are traced; asked only for events that have attributes. A leaf.
    let traceLog = Guarded<(any EventTraceLog)?>(nil)
    /// The last handle that was given out.
    let lastHandle = Atomic<UInt64>(0)
    /// The same for connections.
    let lastConnection = Atomic<UInt64>(0)

    /// Builds the runtime of a schema in SDL and starts the bus. Throws what is wrong with the schema.
    public convenience init(sdl: String, bus: any EventBus, limits: RuntimeLimits = RuntimeLimits()) throws(SchemaErrors) {
        let (schema, table) = try SchemaLoader.load(sdl: sdl)
        self.init(schema: schema, table: table, bus: bus, limits: limits)
    }

    init(schema: Schema, table: DispatchTable, bus: any EventBus, limits: RuntimeLimits, clock: MonotonicClock = .system) {
        dispatchTable = table
        isSecured = table.isSecured
        compiler = OperationCompiler(schema: schema, table: table, limits: limits.operation, persisted: limits.persistedOperations)
        var limits = limits
        if let manual = limits.manualClock { limits.wallClock = manual.wall }
        let metrics = Metrics(clock: limits.manualClock?.monotonic ?? clock)
        context = DispatchContext(
            fields: table.fields, suppliedFields: table.suppliedFields,
            resolvers: ResolverTable(fieldCount: table.fields.count, inFlight: limits.resolversInFlight, metrics),
            suppliers: SupplierTable(fieldCount: table.suppliedFields.count, inFlight: limits.resolversInFlight, metrics),
            limits: limits, metrics: metrics, rates: RateLimits(metrics, limits, sharing: bus as? any RateSharingBus),
            crew: limits.fanOutThreads > 0 ? Crew(name: "subsgen fan-out", size: limits.fanOutThreads) : nil)
        policies = PolicyHook(inFlight: limits.resolversInFlight, metrics)
        topics = TopicRegistry(context: context, gauge: .topics)
        sources = TopicRegistry(context: context, gauge: .sources)
        replays = TopicRegistry(context: context, gauge: .replays)
        quota = SubscriptionQuota(connectionLimit: limits.subscriptionsPerConnection, userLimit: limits.subscriptionsPerUser)
        publishable = PublishableTopics(table)
        self.bus = bus
        localBus = bus as? any LocalEventBus
        dispatcher = limits.workers > 0 ? Dispatcher(threads: limits.workers, limits: limits.workerQueue, metrics: context.metrics) : nil
        dispatcher?.start { [weak self] item in self?.dispatch(item) }
        bus.start(RuntimeReceiver(self))
    }

    deinit { bus.stop() }

    /// The names of the subscription fields, in the order of the schema.
    public var fields: [String] { context.fields.map(\.name) }

    /// The names of the fields that a resolver answers, in the order of the schema.
    public var resolvedFields: [String] {
        context.fields.indices.filter { context.resolvers.resolver(of: $0) != nil }.map { context.fields[$0].name }
    }

    /// What the runtime knows of each subscription field: what generated Swift has as `DispatchTable.generated`.
    public let dispatchTable: DispatchTable

    /// What the runtime has done and holds.
    public var metrics: MetricsSnapshot {
        context.metrics.snapshot([.outboxBytes: revocables.all.reduce(0) { $0 + $1.outbox.waitingBytes }])
    }

    var limits: RuntimeLimits { context.limits }
    var counters: Metrics { context.metrics }

    // MARK: Events

    func dispatch(_ item: Dispatcher.Item) {
        switch item.work {
        case .event(let event):
            let payload = event.attributes == nil ? event.payload : payload(of: event)
            perform(item.topic.dispatch(payload, event.cursor, context), in: item.topic)
            if let start = event.publishedAt { context.metrics.lag.observe(context.metrics.clock.nanoseconds(since: start)) }
        case .end: perform(item.topic.end(.completed, context), in: item.topic)
        }
    }

    /// Tells of an end that is worth it; before the subscription forgets its home.
    private func journal(_ ending: SubscriptionEnding, of subscription: Subscription) {
        switch ending {
        case .messageLimit: journal(.messageLimit, of: subscription)
        case .resolverLimit: journal(.resolverLimit, of: subscription)
        case .rateLimit: journal(LogRecord.Kind.rateLimit, of: subscription)
        // The host tells of sources that fail: they are its own functions.
        case .completed, .sourceFailed, .revoked, .expired, .noHistory: break
        }
    }

    private func journal(_ kind: LogRecord.Kind, of subscription: Subscription) {
        // One that left meanwhile is not worth it.
        guard let home = subscription.place.withLock({ $0.home }), let field = home.projection.fieldIndex else { return }
        context.metrics.journal.note(
            kind, context.fields[field].name, rule: kind.rule, of: { subscription.owner?.subscriber }, topic: home.topic.publicName)
    }

    /// Does what a topic left to do when its lock was released.
    func perform(_ aftermath: Aftermath, in topic: Topic) {
        for outbox in aftermath.wakes { outbox.wake() }
        if let denied = aftermath.denied {
            context.metrics.journal.note(denied.pairs, context.fields[denied.field].name, topic: topic.publicName)
        }
        for masked in aftermath.masked { context.metrics.journal.note(masked, topic: topic.publicName) }
        if let limited = aftermath.limited { journal(LogRecord.Kind.rateLimit, of: limited) }
        for (subscription, ending) in aftermath.endings {
            journal(ending, of: subscription)
            forgetHome(of: subscription)
            // One that waits for its initial event ends after it.
            if subscription.outbox.postpone(ending, of: subscription) { continue }
            subscription.owner?.subscriptionEnded(subscription, ending)
        }
        letGo(aftermath.departures, of: topic)
        if !aftermath.endings.isEmpty, registry(of: topic).forgetIfEmpty(topic) { topic.feed.cancel() }
        for subscription in aftermath.overflows {
            journal(.connectionLimit, of: subscription)
            subscription.owner?.outboxOverflowed()
        }
        for call in aftermath.calls { start(call, in: topic) }
        for supply in aftermath.supplies { begin(supply, in: topic) }
        settle(topic)
    }

    // MARK: Resolvers

    /// Lets a host's functions serve a field, in place of those that it had. Where there is no host, as before a server's loop runs,
    /// every call of theirs fails: events are not shown, and who would have to be authorised is refused.
    ///
    /// Throws for a field that the schema does not have, and where it changes while the field has subscribers whether they are told
    /// apart by their claims or what feeds them: they are grouped already.
    public func setResolver(field name: String, _ functions: FieldFunctions, host: (any ResolverHost)?) throws(ResolverError) {
        guard let field = context.fields.firstIndex(where: { $0.name == name }) else {
            throw ResolverError("The schema has no subscription field \"\(name)\".")
        }
        guard context.resolvers.set(functions, host, for: field) else {
            throw ResolverError(
                "The field \"\(name)\" has subscribers; whether it has a source and whether its functions read claims cannot change meanwhile.")
        }
    }

    private func start(_ call: Aftermath.Call, in topic: Topic) {
        let (audience, number, origin) = (call.audience, call.number, call.event.origin)
        ResolverCall(
            .resolve, field: context.fields[call.fieldIndex].name, event: call.event.bytes, arguments: call.arguments,
            claims: call.claims, attributes: origin?.attributes.bytes, host: call.host,
            gate: context.resolvers.gate(of: call.fieldIndex, .resolve),
            isWanted: { topic.has(audience: audience) }
        ) { [weak self] answer in
            // Not held by the call: the executor holds the host, and the host its calls.
            guard let self else { return }
            if case .failed = answer { context.metrics.add(.resolverErrors) }
            perform(topic.answer(audience: audience, number: number, answer.carrying(origin), context), in: topic)
        }
        .begin(context.metrics)
    }

    // MARK: Subscriptions

    /// A subscription without a connection; `waker` is called when there is something to take from it,
    /// once until it has been emptied. Throws the errors that it is refused with; where the field's `authorize` or somebody who decides
    /// policies must be asked, `PulledSubscription.state` says later what became of that. `id` is what the field's functions know the subscription by.
    /// `extensions` are those of the request: `{"resume":true}` or `{"after":"CURSOR"}`.
    public func subscribe(
        query: String, operationName: String? = nil, variables: [UInt8]? = nil, claims json: [UInt8]? = nil, id: String = "", extensions: [UInt8]? = nil,
        waker: @escaping @Sendable () -> Void = {}
    ) throws(GraphQLErrors) -> PulledSubscription {
        let claims: Claims?
        do throws(ClaimsError) { claims = try json.map { json throws(ClaimsError) in try Claims(json: json) } } catch {
            throw GraphQLErrors(GraphQLError(error.description))
        }
        if claims?.haveExpired(by: limits.wallClock) == true { throw GraphQLErrors(GraphQLError("The claims have expired.")) }
        let resumption = try Resumption(extensions: extensions)
        let subscriber = Subscriber(claims: claims)
        let decision = try decision(query, operationName, variables, subscriber)
        if case .undecided(let draft, let names) = decision, policies.isThere {
            let subscription = try PulledSubscription(executor: self, id: id, claims: claims, resuming: resumption, waker: waker)
            subscription.ask(about: names, draft, subscriber)
            return subscription
        }
        let request: SubscriptionRequest
        switch try self.request(decision, for: subscriber) {
        case .success(let allowed): request = allowed
        case .failure(let denial): throw denial.errors
        }
        if let refusal = resumption.flatMap({ refusal(of: $0, request) }) {
            context.metrics.add(.operationsRejected)
            throw GraphQLErrors(refusal)
        }
        let subscription = try PulledSubscription(executor: self, id: id, claims: claims, resuming: resumption, waker: waker)
        subscription.open(request, claims: claims)
        return subscription
    }

    private func decision(
        _ query: String, _ operationName: String?, _ variables: [UInt8]?, _ subscriber: Subscriber
    ) throws(GraphQLErrors) -> SubscriptionDecision {
        do throws(GraphQLErrors) {
            var document: JSONDocument?
            if let variables {
                do { document = try JSONDocument.parse(variables) } catch {
                    throw GraphQLErrors(GraphQLError("Variables are not valid JSON: \(error)"))
                }
            }
            switch try compiler.compile(
                query: query, operationName: operationName, variables: document?.root, subscriber: subscriber, hasExecution: true)
            {
            case .subscription(let decision): return decision
            case .response, .execution: throw GraphQLErrors(GraphQLError("Only a subscription can be subscribed to."))
            }
        } catch {
            context.metrics.add(.operationsRejected)
            throw error
        }
    }
}

/// Why a resolver was not set.
public struct ResolverError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence for the developer.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
