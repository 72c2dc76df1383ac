/// How events get in: at once, or when there is room for them.
extension SubscriptionExecutor {
    /// Publishes an event: the JSON of the subscription field's own value, UTF-8. Throws where the topic is unknown, the payload or
    /// the attributes are no JSON, or the bus does not take it; then nothing was published.
    ///
    /// Throws also where as many events as may wait are waiting, for resolvers of the topic's fields or for workers: `isOverloaded`. Who can
    /// wait calls the other `publish`. With a bus that is elsewhere the thread waits for its answer.
    @discardableResult
    public func publish(topic: String, payload: [UInt8], attributes: [UInt8]? = nil) throws(PublishError) -> Cursor {
        try counted { () throws(PublishError) in
            var (event, gates) = try event(topic, payload, attributes)
            guard let localBus else { return try answer { completion in bus.publish(event, completion) } }
            if !gates.isEmpty {
                let permit = Permit(through: gates, size: payload.count)
                try permit.enter(for: topic)
                event.permit = permit
            }
            return try localBus.publish(event)
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
            return WaitingEvent(.event(event, Permit(through: gates, size: payload.count)), self, waker: waker)
        } catch {
            context.metrics.add(.eventsRejected)
            throw error
        }
    }

    /// Ends a topic: its subscriptions get what was published before, then complete. With a bus that is elsewhere the thread waits for its
    /// answer.
    public func complete(topic name: String) throws(PublishError) {
        let topic = try busTopic(name)
        if let localBus {
            _ = try localBus.complete(topic)
        } else {
            _ = try answer { completion in bus.complete(topic, completion) }
        }
    }

    /// The same for who waits without blocking a thread: `waker` is called when the bus has answered, as that of `awaitRoom` is.
    public func awaitCompletion(topic: String, waker: @escaping @Sendable () -> Void) throws(PublishError) -> WaitingEvent {
        WaitingEvent(.completion(try busTopic(topic)), self, waker: waker)
    }

    /// Whether the bus answers publishers later, so that a thread that must not wait calls `awaitRoom`.
    public var answersLater: Bool { localBus == nil }

    /// Whether events flow.
    public var busHealth: BusHealth { bus.health }

    private func answer(_ ask: (@escaping BusCompletion<Cursor, PublishError>) -> Void) throws(PublishError) -> Cursor {
        let isAnswered = Semaphore()
        let result = BusAnswer()
        ask { answer in
            result.set(answer)
            isAnswered.signal()
        }
        isAnswered.wait()
        guard let answer = result.value else { throw .unavailable("The bus gave no answer.") }
        return try answer.get()
    }

    private func busTopic(_ name: String) throws(PublishError) -> BusTopic {
        _ = try checkTopic(name)
        return BusTopic(name: name, template: publishable.template(of: name) ?? name)
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
        if localBus == nil {
            // It finds room where it arrives.
            event.template = publishable.template(of: name) ?? name
            return (event, [])
        }
        guard let topic else { return (event, []) }
        if dispatcher?.isForked == true { throw .unavailable(Self.forked) }
        return (event, gates(to: topic))
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
