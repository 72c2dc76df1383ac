import GraphQLSchema
import SDLParser
import Synchronization

/// The runtime of one schema: takes operations and events, and puts what clients asked for into their outboxes.
///
/// Every method may be called from any thread.
public final class SubscriptionExecutor: Sendable {
    let compiler: OperationCompiler
    private let context: DispatchContext
    private let registry: TopicRegistry
    private let publishable: PublishableTopics
    private let bus: any EventBus
    /// The last handle that was given out.
    private let lastHandle = Atomic<UInt64>(0)

    /// Builds the runtime of a schema in SDL and starts the bus. Throws what is wrong with the schema.
    public convenience init(sdl: String, bus: any EventBus, limits: RuntimeLimits = RuntimeLimits()) throws(SchemaErrors) {
        let (schema, table) = try SchemaLoader.load(sdl: sdl)
        self.init(schema: schema, table: table, bus: bus, limits: limits)
    }

    init(schema: Schema, table: DispatchTable, bus: any EventBus, limits: RuntimeLimits) {
        compiler = OperationCompiler(schema: schema, table: table, limits: limits.operation)
        context = DispatchContext(
            fields: table.fields, resolvers: ResolverTable(fieldCount: table.fields.count), limits: limits, metrics: Metrics())
        registry = TopicRegistry(context: context)
        publishable = PublishableTopics(table)
        self.bus = bus
        bus.start { [weak self] delivery in self?.deliver(delivery) }
    }

    /// The names of the subscription fields, in the order of the schema.
    public var fields: [String] { context.fields.map(\.name) }

    /// What the runtime knows of each subscription field: what generated Swift has as `DispatchTable.generated`.
    public var dispatchTable: DispatchTable { DispatchTable(fields: context.fields) }

    /// What the runtime has done and holds.
    public var metrics: MetricsSnapshot { context.metrics.snapshot }

    var limits: RuntimeLimits { context.limits }
    var counters: Metrics { context.metrics }

    // MARK: Events

    /// Publishes an event: the JSON of the subscription field's own value, UTF-8. Throws where the topic is unknown, the payload or
    /// the attributes are no JSON, or the bus does not take it; then nothing was published.
    @discardableResult
    public func publish(topic: String, payload: [UInt8], attributes: [UInt8]? = nil) throws(PublishError) -> Cursor {
        do throws(PublishError) {
            let event = try event(topic, payload, attributes)
            let cursor = try bus.publish(event)
            context.metrics.eventsPublished.add()
            return cursor
        } catch {
            context.metrics.eventsRejected.add()
            throw error
        }
    }

    /// Ends a topic: its subscriptions get what was published before, then complete.
    public func complete(topic: String) throws(PublishError) {
        try checkTopic(topic)
        try bus.complete(topic: topic)
    }

    private func event(_ topic: String, _ payload: [UInt8], _ attributes: [UInt8]?) throws(PublishError) -> BusEvent {
        try checkTopic(topic)
        let document: JSONDocument
        do { document = try JSONDocument.parse(payload) } catch { throw .invalidPayload(error) }
        guard let attributes else { return BusEvent(topic: topic, payload: document) }
        let object: JSONDocument
        do { object = try JSONDocument.parse(attributes) } catch { throw .invalidAttributes("are not valid JSON: \(error)") }
        guard object.root.kind == .object else { throw .invalidAttributes("are not a JSON object.") }
        return BusEvent(topic: topic, payload: document, attributes: object)
    }

    private func checkTopic(_ name: String) throws(PublishError) {
        // A topic that somebody listens to is one that a field reads.
        if registry.topic(named: name) == nil, !publishable.contains(name) { throw .unknownTopic(name) }
    }

    private func deliver(_ delivery: BusDelivery) {
        switch delivery {
        case .event(let event, _):
            guard let topic = registry.topic(named: event.topic) else { return }
            perform(topic.dispatch(event.payload, context), in: topic)
        case .completed(let name):
            guard let topic = registry.topic(named: name) else { return }
            perform(topic.complete(context), in: topic)
        }
    }

    /// Does what a topic left to do when its lock was released.
    private func perform(_ aftermath: Aftermath, in topic: Topic) {
        for outbox in aftermath.wakes { outbox.wake() }
        for (subscription, ending) in aftermath.endings {
            forgetHome(of: subscription)
            subscription.owner?.subscriptionEnded(subscription, ending)
        }
        if !aftermath.endings.isEmpty { registry.forgetIfEmpty(topic) }
        for subscription in aftermath.overflows { subscription.owner?.outboxOverflowed() }
        for call in aftermath.calls { start(call, in: topic) }
    }

    // MARK: Resolvers

    /// Lets a host's functions serve a field, in place of those that it had.
    ///
    /// Throws for a field that the schema does not have, and where it changes while the field has subscribers whether they are told
    /// apart by their claims: they are grouped already.
    public func setResolver(field name: String, _ functions: FieldFunctions, host: any ResolverHost) throws(ResolverError) {
        guard let field = context.fields.firstIndex(where: { $0.name == name }) else {
            throw ResolverError("The schema has no subscription field \"\(name)\".")
        }
        guard context.resolvers.set(functions, host, for: field) else {
            throw ResolverError(
                "The field \"\(name)\" has subscribers, and its resolver cannot change whether it reads their claims meanwhile.")
        }
    }

    private func start(_ call: Aftermath.Call, in topic: Topic) {
        context.metrics.resolverCalls.add()
        let (audience, number) = (call.audience, call.number)
        call.host.start(
            ResolverCall(
                .resolve, field: context.fields[call.fieldIndex].name, event: call.event.bytes, arguments: call.arguments, claims: call.claims
            ) { [weak self] answer in
                // Not held by the call: the executor holds the host, and the host its calls.
                guard let self else { return }
                if case .failed = answer { context.metrics.resolverErrors.add() }
                perform(topic.answer(audience: audience, number: number, answer, context), in: topic)
            })
    }

    // MARK: Subscriptions

    /// A subscription without a connection; `waker` is called when there is something to take from it,
    /// once until it has been emptied. Throws the errors that it is refused with.
    public func subscribe(
        query: String, operationName: String? = nil, variables: [UInt8]? = nil, claims: [UInt8]? = nil,
        waker: @escaping @Sendable () -> Void = {}
    ) throws(GraphQLErrors) -> PulledSubscription {
        try PulledSubscription(
            executor: self, request: request(query, operationName, variables), claims: claims, waker: waker)
    }

    private func request(_ query: String, _ operationName: String?, _ variables: [UInt8]?) throws(GraphQLErrors) -> SubscriptionRequest {
        do throws(GraphQLErrors) {
            var document: JSONDocument?
            if let variables {
                do { document = try JSONDocument.parse(variables) } catch {
                    throw GraphQLErrors(GraphQLError("Variables are not valid JSON: \(error)"))
                }
            }
            switch try compiler.compile(query: query, operationName: operationName, variables: document?.root) {
            case .subscription(let request): return request
            case .response: throw GraphQLErrors(GraphQLError("Only a subscription can be subscribed to."))
            }
        } catch {
            context.metrics.operationsRejected.add()
            throw error
        }
    }

    /// A number for a new subscription; unique in the process for this executor.
    func nextHandle() -> UInt64 {
        lastHandle.add(1, ordering: .relaxed).newValue
    }

    /// From now on the subscription's outbox gets its events, perhaps before this returns.
    func start(_ request: SubscriptionRequest, _ subscription: Subscription, claims: [UInt8]?) {
        context.metrics.subscriptions.add()
        let tellsApart = context.resolvers.subscribed(to: request.fieldIndex)
        registry.add(subscription, request, claims: tellsApart ? claims : nil)
    }

    /// Ends a subscription on its owner's behalf, who is not told: when it returns, nothing more comes into the outbox. Does nothing
    /// where it has ended.
    func stop(_ subscription: Subscription) {
        guard let home = subscription.home.withLock({ $0 }), registry.remove(subscription, from: home.topic) else { return }
        forgetHome(of: subscription)
    }

    /// Once for each subscription: by whoever took it out of its topic.
    private func forgetHome(of subscription: Subscription) {
        let home = subscription.home.withLock { home in
            defer { home = nil }
            return home
        }
        guard let home else { return }
        context.resolvers.unsubscribed(from: home.fieldIndex)
        context.metrics.subscriptions.add(-1)
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
