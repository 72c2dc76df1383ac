/// How events get in: at once, or when there is room for them.
extension SubscriptionExecutor {
    /// Publishes an event: the JSON of the subscription field's own value, UTF-8. Throws where the topic is unknown, the payload or
    /// the attributes are no JSON, or the bus does not take it; then nothing was published.
    ///
    /// Throws also where as many events as may wait are waiting, for resolvers of the topic's fields or for workers: `isOverloaded`. Who can
    /// wait calls the other `publish`.
    @discardableResult
    public func publish(topic: String, payload: [UInt8], attributes: [UInt8]? = nil) throws(PublishError) -> Cursor {
        try counted { () throws(PublishError) in
            var (event, gates) = try event(topic, payload, attributes)
            if !gates.isEmpty {
                let permit = Permit(through: gates, size: payload.count)
                try permit.enter(for: topic)
                event.permit = permit
            }
            return try bus.publish(event)
        }
    }

    /// Publishes an event when there is room for it, and throws as the other `publish` does where it is refused for another reason. Where its
    /// task is cancelled while it waits, it throws `CancellationError`, and nothing was published.
    @discardableResult
    public func publish(topic: String, payload: [UInt8], attributes: [UInt8]? = nil) async throws -> Cursor {
        let turn = PublisherTurn()
        let event = try awaitRoom(topic: topic, payload: payload, attributes: attributes) { turn.come() }
        while true {
            if let cursor = try event.publish() { return cursor }
            try await turn.wait()
        }
    }

    /// An event of a publisher who waits until there is room for it. `waker` is called when it is time to try again, on any thread, once
    /// for each try that failed. It is called under no lock of the runtime but perhaps the bus's or a connection's: it neither waits nor calls
    /// back.
    public func awaitRoom(
        topic: String, payload: [UInt8], attributes: [UInt8]? = nil, waker: @escaping @Sendable () -> Void
    ) throws(PublishError) -> WaitingEvent {
        do throws(PublishError) {
            let (event, gates) = try event(topic, payload, attributes)
            return WaitingEvent(event, Permit(through: gates, size: payload.count), self, waker: waker)
        } catch {
            context.metrics.add(.eventsRejected)
            throw error
        }
    }

    /// Ends a topic: its subscriptions get what was published before, then complete.
    public func complete(topic: String) throws(PublishError) {
        _ = try checkTopic(topic)
        try bus.complete(topic: topic)
    }

    /// Returns when what was published before has been dispatched; some of it by this thread. Not for a `ResolverHost` to call, nor a waker.
    public func flush() { dispatcher?.flush() }

    func counted(_ publish: () throws(PublishError) -> Cursor) throws(PublishError) -> Cursor {
        do throws(PublishError) {
            let cursor = try publish()
            context.metrics.add(.eventsPublished)
            return cursor
        } catch {
            context.metrics.add(.eventsRejected)
            throw error
        }
    }

    /// Whether events may have to wait for what hosts do.
    var mayWaitForFunctions: Bool {
        context.resolvers.hasResolvers.load(ordering: .relaxed) || !context.suppliedFields.isEmpty
    }

    /// Checks an event. Returns it with the gates at which there must be room for it; none where nobody listens, or nothing waits.
    private func event(
        _ name: String, _ payload: [UInt8], _ attributes: [UInt8]?
    ) throws(PublishError) -> (event: BusEvent, gates: [any Gate]) {
        let topic = try checkTopic(name)
        let size = payload.count + (attributes?.count ?? 0)
        if size > limits.eventBytes { throw .tooLarge(name, size: size, limit: limits.eventBytes) }
        let document: JSONDocument
        do { document = try JSONDocument.parse(payload) } catch { throw .invalidPayload(error) }
        var event = BusEvent(topic: name, payload: document)
        if let attributes {
            let object: JSONDocument
            do { object = try JSONDocument.parse(attributes) } catch { throw .invalidAttributes("are not valid JSON: \(error)") }
            guard object.root.kind == .object else { throw .invalidAttributes("are not a JSON object.") }
            event = BusEvent(topic: name, payload: document, attributes: object)
        }
        event.publishedAt = context.metrics.clock.now()
        var gates: [any Gate] = []
        if let topic {
            if mayWaitForFunctions { gates.append(Topic.Lanes(topic: topic, limit: limits.resolverQueue)) }
            if let dispatcher {
                if dispatcher.isForked { throw .unavailable(Self.forked) }
                gates.append(dispatcher.partition(of: name))
            }
        }
        return (event, gates)
    }

    private static let forked =
        "The process was forked after this runtime was made, and its workers are threads of the parent: make the runtime after the fork."

    /// The topic, nil where nobody listens to it.
    private func checkTopic(_ name: String) throws(PublishError) -> Topic? {
        // A topic that somebody listens to is one that a field reads.
        if let topic = topics.topic(named: name) { return topic }
        guard publishable.contains(name) else { throw .unknownTopic(name) }
        guard context.resolvers.hasSources.load(ordering: .relaxed) else { return nil }
        let readers = context.fields.indices.filter { context.fields[$0].topic.matches(name) }
        if readers.allSatisfy({ context.resolvers.functions(of: $0).declared.source != nil }) { throw .fedBySource(name) }
        return nil
    }
}
